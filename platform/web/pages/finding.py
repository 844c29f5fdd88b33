"""What a search over everything finds, by kind."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read import search
from kith.runtime.read.query import Hit
from kith.web import addresses
from kith.web.listing import LONGEST_SEARCH
from kith.web.requests import Visit, Web, page
from kith.web.shell import flat, icon_of
from kith.web.view import Empty, Link

MOST = 60
PER_KIND = 8


def routes(web: Web) -> Sequence[Route]:
    """The route of the search."""
    return (Route(addresses.SEARCH, page(web, show), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The page of what was found."""
    texts, typed = visit.texts, visit.request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    hits = search(visit.connection, visit.context, visit.release, typed, limit=MOST) if typed else []
    empty = Empty(texts("search.nothing", query=typed), texts("search.nothing_text"), "search")
    if not typed:
        empty = Empty(texts("search.ask"), texts("search.ask_text"), "search")
    return visit.page(
        "search.html",
        title=texts("search.title", query=typed) if typed else texts("search.label"),
        typed=typed,
        groups=groups_of(visit, hits, typed),
        found=texts("search.found", count=len(hits)) if hits else "",
        empty=empty,
    )


def groups_of(visit: Visit, hits: Sequence[Hit], typed: str) -> list[tuple[Link, list[Link]]]:
    """What was found, by kind in the order of the navigation, with the way to all of a kind."""
    found: dict[str, list[Link]] = {}
    for hit in hits:
        entity = visit.model.entities[hit.entity]
        title = hit.title or entity.label.in_(visit.language)
        target = addresses.record_of(hit.entity, hit.id)
        found.setdefault(hit.entity, []).append(Link(title, target, icon_of(entity)))
    places = [item.entity for item in flat(visit.model.app.navigation)]
    order = sorted(found, key=lambda entity: places.index(entity) if entity in places else len(places))
    return [(_all(visit, entity, typed, len(found[entity])), found[entity][:PER_KIND]) for entity in order]


def _all(visit: Visit, name: str, typed: str, count: int) -> Link:
    entity = visit.model.entities[name]
    address = addresses.list_of(name, q=typed)
    return Link(entity.plural.in_(visit.language), address, icon_of(entity), badge=str(count))
