"""Views that people keep of a list: their tabs, what is offered to whoever has changed one, and their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import saved_views
from kith.runtime.read.reader import reader_of
from kith.runtime.saved_views import SavedView
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.inputs import FieldInput
from kith.web.listing import Asked
from kith.web.pages.listed import Listing
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.templating import wanted
from kith.web.view import Link

HERE = "/records/{entity}/views"


def routes(web: Web) -> Sequence[Route]:
    """The routes of views that are kept."""
    return (
        Route(HERE + "/new", page(web, ask), methods=["GET"]),
        Route(HERE + "/new", action(web, keep, expired), methods=["POST"]),
        Route(HERE + "/{view}", page(web, show), methods=["GET"]),
        Route(HERE + "/{view}", action(web, change, expired), methods=["POST"]),
        Route(HERE + "/{view}/state", action(web, update, expired), methods=["POST"]),
    )


# ---- on the list --------------------------------------------------------------------------------------------------


def tabs(listing: Listing) -> Markup:
    """The kept views beside those of the app."""
    if not listing.saved:
        return Markup()
    visit, name = listing.visit, listing.entity.name
    links = [
        Link(
            one.name, addresses.list_of(name, saved=one.id), "" if one.mine else "users", one.id == listing.asked.saved
        )
        for one in listing.saved
    ]
    html: Markup = visit.web.templates.ui(visit.language).tabs(links, visit.texts("saved.views"))
    return html


def keeping(listing: Listing) -> Markup:
    """What may be done with what the list shows now: keep it, change what is kept, go back to that."""
    asked, kept, visit = listing.asked, listing.kept, listing.visit
    if asked.is_kept:
        links = [_settings(visit, asked)] if kept and _may_change(visit, kept) else []
    elif kept is None and not any(value for name, value in asked.own if name != "view"):
        links = []
    else:
        links = [_as_new(visit, asked), *([_back(visit, asked)] if kept else [])]
    if not links:
        return Markup()
    changed = f"{_address(asked.entity, kept.id)}/state" if kept and kept.mine and not asked.is_kept else ""
    html: Markup = visit.web.templates.ui(visit.language).keep_view(links, changed, visit.shell.csrf, asked.own)
    return html


def _settings(visit: Visit, asked: Asked) -> Link:
    return Link(visit.texts("saved.settings"), _address(asked.entity, asked.saved), "settings", dialog=True)


def _as_new(visit: Visit, asked: Asked) -> Link:
    address = addresses.with_query(_address(asked.entity, "new"), asked.own)
    return Link(visit.texts("saved.as_new"), address, "star", dialog=True)


def _back(visit: Visit, asked: Asked) -> Link:
    return Link(visit.texts("saved.back"), addresses.list_of(asked.entity, saved=asked.saved), "undo-2")


def _address(entity: str, view: str) -> str:
    return f"{addresses.list_of(entity)}/views/{view}"


# ---- their pages --------------------------------------------------------------------------------------------------


def ask(visit: Visit) -> Response:
    """What a new view is called."""
    return _asking(visit, "new", Asked.of(_entity(visit), visit.request.query_params))


def keep(visit: Visit) -> Response:
    """Keep what the list shows as a view."""
    entity, asked = _entity(visit), _sent(visit)
    known = saved_views.saved_views(visit.connection, visit.context, visit.release, entity)
    name, shared = visit.sent("name").strip(), _shared(visit)
    mine = [one for one in known if one.mine]
    if wrong := _wrong(visit, name, mine) or (visit.texts("saved.many") if len(mine) >= saved_views.MOST else ""):
        return _asking(visit, "new", asked, wrong)
    state = dict(asked.own)
    id_ = visit.write(
        lambda connection: saved_views.keep(
            connection, visit.context, visit.release, entity, name, state, shared=shared
        )
    )
    return go(addresses.list_of(entity, saved=id_), "view_kept")


def show(visit: Visit) -> Response:
    """What a view is called, for whom it is, and that it may go."""
    known = _known(visit)
    return _asking(visit, known.id, _of(visit, known), known=known)


def change(visit: Visit) -> Response:
    """Call a view otherwise, share it or not, or forget it."""
    known, entity = _known(visit), _entity(visit)
    asked = _of(visit, known)
    if visit.sent("_delete"):
        visit.write(
            lambda connection: saved_views.let_go(connection, visit.context, known.id, anybodys=_administers(visit))
        )
        # What it showed stays in the address, and can be kept again.
        return go(addresses.with_query(addresses.list_of(entity), asked.own), "view_let_go")
    if not known.mine:
        raise Stop(403)
    name, shared = visit.sent("name").strip(), _shared(visit)
    others = [one for one in _all(visit) if one.mine and one.id != known.id]
    if wrong := _wrong(visit, name, others):
        return _asking(visit, known.id, asked, wrong, known)
    visit.write(lambda connection: saved_views.change(connection, visit.context, known.id, name=name, shared=shared))
    return go(addresses.list_of(entity, saved=known.id), "view_changed")


def update(visit: Visit) -> Response:
    """Let a view keep what the list shows now."""
    known, state = _known(visit), dict(_sent(visit).own)
    if not known.mine:
        raise Stop(403)
    visit.write(lambda connection: saved_views.change(connection, visit.context, known.id, state=state))
    return go(addresses.list_of(_entity(visit), saved=known.id), "view_changed")


def _asking(visit: Visit, view: str, asked: Asked, wrong: str = "", known: SavedView | None = None) -> Response:
    """The form of a view."""
    texts, posted = visit.texts, visit.request.method == "POST"
    name = visit.sent("name") if posted else known.name if known else ""
    fields = [
        FieldInput(
            name="name",
            label=texts("saved.name"),
            value=name,
            required=True,
            error=wrong,
            attributes={"maxlength": str(saved_views.LONGEST)},
        )
    ]
    if _administers(visit):
        shared = bool(visit.sent("shared")) if posted else bool(known and known.shared)
        fields.append(
            FieldInput(
                name="shared",
                label=texts("saved.shared"),
                kind="boolean",
                value="true" if shared else "",
                help=texts("saved.shared_help"),
            )
        )
    context: Mapping[str, object] = {
        "title": texts("saved.settings_of", name=known.name) if known else texts("saved.new"),
        "text": texts("saved.what"),
        "action": _address(asked.entity, view),
        "hidden": () if known else [pair for pair in asked.own if pair[1]],
        "fields": fields,
        "cancel": addresses.list_of(asked.entity, saved=known.id) if known else asked.address,
        "delete": known is not None,
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("saved.html", "content", **context)
    return visit.page("saved.html", 422 if wrong else 200, **context)


def _wrong(visit: Visit, name: str, others: Sequence[SavedView]) -> str:
    """What is wrong with a name."""
    if not name:
        return visit.texts("saved.nameless")
    if len(name) > saved_views.LONGEST:
        return visit.texts("saved.long", most=saved_views.LONGEST)
    taken = any(one.name.casefold() == name.casefold() for one in others)
    return visit.texts("saved.taken", name=name) if taken else ""


def _entity(visit: Visit) -> str:
    """The entity whose list it is of. Raises Stop."""
    name = parameter(visit.request, "entity")
    if (
        name not in visit.model.entities
        or not reader_of(visit.context, visit.release).may_read(name)
        or not visit.context.actor.id
    ):
        raise Stop(404)
    return name


def _all(visit: Visit) -> Sequence[SavedView]:
    return saved_views.saved_views(visit.connection, visit.context, visit.release, _entity(visit))


def _known(visit: Visit) -> SavedView:
    """The view of the address, of those that the reader may change. Raises Stop."""
    wanted_ = parameter(visit.request, "view")
    known = next((one for one in _all(visit) if one.id == wanted_), None)
    if known is None or not _may_change(visit, known):
        raise Stop(404, visit.texts("saved.gone"))
    return known


def _of(visit: Visit, known: SavedView) -> Asked:
    return Asked.of(_entity(visit), QueryParams(list(known.state.items())))


def _sent(visit: Visit) -> Asked:
    """What the list showed, as the form says it."""
    names = ("view", "filter", "sort", "columns")
    return Asked.of(_entity(visit), QueryParams([(name, visit.sent(name)) for name in names]))


def _may_change(visit: Visit, known: SavedView) -> bool:
    return known.mine or _administers(visit)


def _shared(visit: Visit) -> bool:
    """Whether it is for everybody: only who administers fills everybody's lists."""
    return bool(visit.sent("shared")) and _administers(visit)


def _administers(visit: Visit) -> bool:
    return reader_of(visit.context, visit.release).administers
