"""Whether there is such a record, asked by a few values: of records that the reader may not see, what their rules tell."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import probing
from kith.runtime.ids import new_id
from kith.runtime.likeness.looking import check
from kith.runtime.write.change import Alike, Refused
from kith.web import addresses
from kith.web.alike import asked_by, similar_of
from kith.web.answering import action, page
from kith.web.drawing import Asked, fields_of
from kith.web.fields import FREE
from kith.web.forming import Draft, labels, maker_of
from kith.web.pages.pairs import may_tidy
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web
from kith.web.subject import Subject, entity_of
from kith.web.typed import Typed, sent, typed_of
from kith.web.view import Link

CHECK = "/records/{entity}/check"


def routes(web: Web) -> Sequence[Route]:
    """The routes of asking."""
    return (
        Route(CHECK, page(web, show), methods=["GET"]),
        Route(CHECK, action(web, ask, expired), methods=["POST"]),
    )


def _asked(visit: Visit) -> Subject:
    subject = entity_of(visit)
    if not asked_by(subject.reader, subject.entity):
        raise Stop(404)
    return subject


def show(visit: Visit) -> Response:
    """The empty question."""
    return _page(_asked(visit), Typed(id=new_id()), None)


def ask(visit: Visit) -> Response:
    """The answer; who asks for the unseen again and again has to wait."""
    subject = _asked(visit)
    doors, context = visit.web.doors, visit.context
    if probing.wait(doors, context):
        raise Stop(429)
    fields = [subject.entity.fields[name] for name in asked_by(subject.reader, subject.entity)]
    typed = typed_of(visit.form, fields, {})
    typed.id = new_id()
    values = {name: sent(typed.raw[name]) for name in typed.given()}
    found, unread = check(visit.connection, context, visit.release, subject.entity.name, values)
    probing.count(doors, context, [Refused("invalid", (), alike=tuple(found))])
    return _page(subject, typed, found, unread)


def _page(subject: Subject, typed: Typed, found: Sequence[Alike] | None, unread: Sequence[str] = ()) -> Response:
    visit, entity = subject.visit, subject.entity
    title = visit.texts("alike.check_title", label=subject.label)
    draft = Draft(subject, typed, None)
    drawer = fields_of(visit.release, visit.web.templates, entity.name, visit.language)
    maker = maker_of(subject, labels(draft))
    names = asked_by(subject.reader, entity)
    inputs = [Asked(entity.fields[name], typed.raw.get(name, ""), FREE) for name in names]
    return visit.page(
        "check.html",
        422 if unread else 200,
        title=title,
        crumbs=(*subject.crumbs, Link(title, visit.here)),
        icon_name=subject.icon,
        fields=Markup("".join(one.html for one in drawer.drawn(maker, inputs))),  # noqa: S704 - of components alone
        asked=bool(found) or (found is not None and not unread),
        unread=unread,
        found=[similar_of(one) for one in found or ()],
        action=addresses.check_of(entity.name),
        new=addresses.new_of(entity.name),
        pairs=addresses.pairs_of(entity.name) if may_tidy(subject) else "",
    )
