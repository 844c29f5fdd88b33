"""What a search over everything finds: places by their names, and records by kind."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read import search
from kith.runtime.read.query import Hit
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.search.terms import normal
from kith.web import addresses
from kith.web.answering import page
from kith.web.listing import LONGEST_SEARCH, views_of
from kith.web.requests import Visit, Web
from kith.web.shell import flat, icon_of, may_create
from kith.web.showing import inline
from kith.web.view import Empty, Link

MOST = 60
PER_KIND = 8
MOST_PLACES = 8


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
        places=places_of(visit, typed),
        groups=groups_of(visit, hits, typed),
        found=texts("search.found", count=len(hits)) if hits else "",
        empty=empty,
    )


def places_of(visit: Visit, typed: str) -> list[Link]:
    """The lists, views and forms whose names somebody typed: what is called so in his language."""
    wanted, reader = normal(typed), reader_of(visit.context, visit.release)
    if not wanted:
        return []
    found: list[Link] = []
    for name in dict.fromkeys(item.entity for item in flat(visit.model.app.navigation) if item.entity):
        if reader.may_read(name):
            found += [link for link in _around(visit, reader, name) if wanted in normal(link.label)]
    return found[:MOST_PLACES]


def _around(visit: Visit, reader: Reader, name: str) -> list[Link]:
    """The list of an entity, its views, and the form for a new record."""
    entity, language = visit.model.entities[name], visit.language
    found = [Link(entity.plural.in_(language), addresses.list_of(name), icon_of(entity))]
    found += [
        Link(view.label.in_(language), addresses.list_of(name, view=view.name), icon_of(entity))
        for view in views_of(reader, visit.context, name).others
    ]
    if may_create(reader, entity):
        label = visit.texts("list.create", name=inline(entity.label, language))
        found.append(Link(label, addresses.new_of(name), "plus"))
    return found


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
