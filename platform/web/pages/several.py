"""A named action on several records of a list: asked for once, carried out for each that may, and told for each that may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import NamedAction
from kith.runtime.ids import new_id
from kith.runtime.read.cursors import ID
from kith.runtime.read.labels import labels_of
from kith.runtime.write.change import Cause, Change, Refused, Verdict
from kith.web import addresses, bulk
from kith.web.answering import action, page
from kith.web.choices import local
from kith.web.forming import maker_of
from kith.web.inputs import FormSection
from kith.web.pages.signing import expired
from kith.web.parts import part
from kith.web.questions import Questions, first_of, found_for
from kith.web.refusing import told
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.saving import all_saved
from kith.web.subject import Subject, entity_of
from kith.web.typed import FIND, Typed, sent, typed_of
from kith.web.view import Link

SEVERAL = "/records/{entity}/several/{name}"


def routes(web: Web) -> Sequence[Route]:
    """The routes of actions on several records."""
    return (
        Route("/records/{entity}/several", page(web, choose), methods=["GET"]),
        Route(SEVERAL, page(web, ask), methods=["GET"]),
        Route(SEVERAL, action(web, perform, expired, long=True), methods=["POST"]),
        Route(SEVERAL + "/choices/{field}", part(page(web, look_up), 401), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """An action, and the records that it is asked for, as far as the reader may see them."""

    subject: Subject
    action: NamedAction
    titles: Mapping[str, str]
    back: str

    @property
    def address(self) -> str:
        """Where it is asked for and done."""
        return f"{addresses.list_of(self.subject.entity.name)}/several/{self.action.name}"


def choose(visit: Visit) -> Response:
    """The list's form sends which records and which action: on to the page of that action."""
    given, entity = visit.request.query_params, parameter(visit.request, "entity")
    what, back, ids = given.get("_action", ""), (bulk.BACK, given.get("_back", "")), given.getlist("select")
    if given.get(bulk.EVERY):
        where = [(name, given.get(name, "")) for name in (bulk.VIEW, bulk.FILTER, bulk.SEARCH, bulk.EVERY)]
        what = what if what.startswith(":") else f"{bulk.DO}.{what}"
        return go(addresses.with_query(bulk.bulk_of(entity), [(bulk.WHAT, what), *where, back]))
    if not ids:
        return go(_back(visit, back[1], entity))
    if what.startswith(":"):
        chosen = [(bulk.SELECT, id_) for id_ in ids]
        return go(addresses.with_query(bulk.bulk_of(entity), [(bulk.WHAT, what), *chosen, back]))
    return go(addresses.with_query(f"{visit.path}/{what}", [*(("select", id_) for id_ in ids), back]))


def _back(visit: Visit, text: str, entity: str) -> str:
    return local(text) if text else addresses.list_of(entity)


def _asked(visit: Visit, ids: Sequence[object], back: str) -> Asked:
    """What the address names; stops where the reader may not do it with any record."""
    subject, name = entity_of(visit), parameter(visit.request, "name")
    found = subject.entity.actions.get(name)
    if found is None or subject.reader.rights[subject.entity.name].named(name).never:
        raise Stop(404)
    known = [one for one in dict.fromkeys(ids) if isinstance(one, str) and ID.fullmatch(one)][: bulk.MOST]
    labels = labels_of(visit.connection, visit.context, subject.reader, subject.entity.name, known)
    titles = {id_: labels[id_].label or id_[:8] for id_ in known if labels[id_].visible}
    if not titles:
        raise Stop(404)
    return Asked(subject, found, titles, _back(visit, back, subject.entity.name))


def ask(visit: Visit) -> Response:
    """What is asked before."""
    given = visit.request.query_params
    asked = _asked(visit, given.getlist("select"), given.get("_back", ""))
    return _page(asked, Typed(raw={one.name: first_of(one) for one in asked.action.inputs.values()}))


def look_up(visit: Visit) -> Response:
    """The records that an input of the action may name."""
    found = entity_of(visit).entity.actions.get(parameter(visit.request, "name"))
    return found_for(visit, [*found.inputs.values()] if found is not None else [])


def perform(visit: Visit) -> Response:
    """Do it for each record, through the same gate as for one; what is refused is told record by record."""
    asked = _asked(visit, visit.form.getlist("select"), visit.sent("_back"))
    inputs = asked.action.inputs
    typed = typed_of(visit.form, [*inputs.values()], {})
    if visit.sent(FIND):
        return _page(asked, typed)
    values, entity = {name: sent(raw) for name, raw in typed.raw.items()}, asked.subject.entity.name
    changes = [Change("update", entity, id_, action=asked.action.name, inputs=values) for id_ in asked.titles]
    verdicts = all_saved(visit, changes, Cause("bulk", new_id(), asked.action.name, typed=True))
    refused = {id_: one for id_, one in zip(asked.titles, verdicts, strict=True) if isinstance(one, Refused)}
    if not refused:
        return go(asked.back, "done")
    first = next(iter(refused.values()))
    if len(refused) == len(verdicts) and any(one.field in inputs and not one.at for one in first.failures):
        return _page(asked, typed, first)
    return _told(asked, verdicts, refused)


def _page(asked: Asked, typed: Typed, refused: Refused | None = None) -> Response:
    visit, found = asked.subject.visit, asked.action
    failures = refused.failures if refused is not None else ()
    maker = maker_of(asked.subject, {})
    questions = Questions(asked.subject, [*found.inputs.values()], maker, f"{asked.address}/choices")
    fields = [*questions.inputs(typed, failures)]
    label = found.label.in_(visit.language)
    title = visit.texts("several.title", action=label, count=len(asked.titles))
    return visit.page(
        "several.html",
        200 if refused is None else 422,
        title=title,
        crumbs=(*asked.subject.crumbs, Link(title, visit.here)),
        label=label,
        text=found.confirm.in_(visit.language) if found.confirm.texts else "",
        help=found.help.in_(visit.language) if found.help.texts else "",
        section=FormSection(fields, columns=1),
        fields=fields,
        messages=[told(one, visit.texts) for one in failures if one.field not in found.inputs or one.at],
        danger=found.danger,
        action=asked.address,
        records=_links(asked, asked.titles),
        back=asked.back,
        refused=(),
        done="",
    )


def _told(asked: Asked, verdicts: Sequence[Verdict], refused: Mapping[str, Refused]) -> Response:
    """For how many it is done, and for which not and why."""
    visit, done = asked.subject.visit, len(verdicts) - len(refused)
    label = asked.action.label.in_(visit.language)
    reasons = [
        (link, list(dict.fromkeys(told(one, visit.texts) for one in verdict.failures)))
        for link, verdict in zip(_links(asked, refused), refused.values(), strict=True)
    ]
    return visit.page(
        "several.html",
        title=label,
        crumbs=(*asked.subject.crumbs, Link(label, visit.here)),
        done=visit.texts("several.done", count=done) if done else "",
        refused=reasons,
        back=asked.back,
    )


def _links(asked: Asked, ids: Mapping[str, object]) -> list[tuple[str, Link]]:
    entity = asked.subject.entity.name
    return [(id_, Link(asked.titles[id_], addresses.record_of(entity, id_))) for id_ in ids]
