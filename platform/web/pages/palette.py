"""What the palette offers: what one opened last, where one can go, what one can create and choose, and records as one types.

Places come once, with all the ways to type them, and the browser looks through them; only records are asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.dashboards.seeing import own
from kith.runtime.read import search
from kith.runtime.read.cursors import ID
from kith.runtime.read.labels import labels_of_all
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.saved_views import every_saved
from kith.runtime.search.terms import spelled
from kith.web import addresses
from kith.web.answering import page
from kith.web.listing import LONGEST_SEARCH, views_of
from kith.web.look import DENSITIES, THEMES
from kith.web.parts import part
from kith.web.requests import Visit, Web
from kith.web.shell import flat, icon_of, may_create, places_of, user_menu
from kith.web.showing import inline
from kith.web.view import Link

MOST = 8
"""Records that are remembered, and that are shown of a search."""
PRESS = '[data-look] button[name="{}"][value="{}"]'


@dataclass(frozen=True, slots=True)
class Offer:
    """One line: `note` says what it is, `find` how it may be typed, `press` what of the page it presses in place of its link.

    A `quiet` one shows when it is typed.
    """

    label: str
    href: str = ""
    icon: str = ""
    note: str = ""
    find: str = ""
    press: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading; `name` says which words of ours it is."""

    name: str
    offers: Sequence[Offer]


def routes(web: Web) -> Sequence[Route]:
    """The route of the palette."""
    return (Route(addresses.PALETTE, part(page(web, show), 401), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """All that there is to choose from, or the records found for what is typed."""
    sent = visit.request.query_params
    typed = sent.get("q", "").strip()[:LONGEST_SEARCH]
    groups = [Group("records", found(visit, typed))] if typed else [*everything(visit, sent.get("recent", ""))]
    return visit.block("palette.html", "content", groups=[group for group in groups if group.offers])


def found(visit: Visit, typed: str) -> list[Offer]:
    """The records that a search finds, what they are beside them."""
    hits = search(visit.connection, visit.context, visit.release, typed, limit=MOST)
    return [_record(visit, hit.entity, hit.id, hit.title) for hit in hits]


def everything(visit: Visit, recent: str) -> Iterator[Group]:
    """What one opened last and what one has kept, then what is the same for all with the same roles."""
    reader = reader_of(visit.context, visit.release)
    yield Group("recent", opened(visit, reader, recent))
    key = ("palette", reader.key, visit.language, visit.context.actor.roles)
    going, making = visit.release.cached(key, lambda: ([*_places(visit, reader)], [*_creates(visit, reader)]))
    yield Group("go", [*going, *_kept(visit, reader), *_pages(visit, reader)])
    yield Group("create", making)
    yield Group("settings", [*_settings(visit)])


def opened(visit: Visit, reader: Reader, recent: str) -> list[Offer]:
    """The records that the browser remembers as `entity/id`, as far as the reader may still see them."""
    kinds = tuple(name for name in visit.model.entities if reader.may_read(name))
    pairs = [one.partition("/")[::2] for one in recent.split(",")[:MOST]]
    wanted = [(entity, id_) for entity, id_ in dict.fromkeys(pairs) if entity in kinds and ID.fullmatch(id_)]
    ids: dict[str, list[str]] = {}
    for entity, id_ in wanted:
        ids.setdefault(entity, []).append(id_)
    labels = labels_of_all(visit.connection, visit.context, reader, kinds, ids) if ids else {}
    seen = [(entity, labels[entity][id_]) for entity, id_ in wanted]
    return [_record(visit, entity, one.id, one.label) for entity, one in seen if one.visible]


def _record(visit: Visit, name: str, id_: str, title: str) -> Offer:
    entity = visit.model.entities[name]
    label = entity.label.in_(visit.language)
    title = title or label
    return Offer(
        title, addresses.record_of(name, id_), icon_of(entity), "" if title == label else label, spelled(title)
    )


def _offer(link: Link, note: str = "", *, quiet: bool = False, press: str = "") -> Offer:
    return Offer(link.label, link.href, link.icon, note, spelled(f"{link.label} {note}"), press, quiet)


def _places(visit: Visit, reader: Reader) -> Iterator[Offer]:
    """The navigation, and after each list its views; then dashboards."""
    language = visit.language
    lists = {addresses.list_of(one.entity): one.entity for one in flat(visit.model.app.navigation) if one.entity}
    for group in places_of(reader, language, visit.texts).groups:
        for link in group.links:
            yield _offer(link)
            name = lists.get(link.href, "")
            for view in views_of(reader, visit.context, name).others if name else ():
                address, icon = addresses.list_of(name, view=view.name), icon_of(visit.model.entities[name])
                yield _offer(Link(view.label.in_(language), address, icon), link.label, quiet=True)
    for board in own(reader, visit.context.actor.roles):
        address = addresses.dashboard_of(board.name)
        yield _offer(Link(board.label.in_(language), address, board.icon or "layout-dashboard"), quiet=True)


def _kept(visit: Visit, reader: Reader) -> Iterator[Offer]:
    """The views that people keep, one's own and what is shared."""
    for name, view in every_saved(visit.connection, visit.context, visit.release):
        if reader.may_read(name):
            link = Link(view.name, addresses.list_of(name, saved=view.id), icon_of(visit.model.entities[name]))
            yield _offer(link, visit.model.entities[name].plural.in_(visit.language), quiet=True)


def _pages(visit: Visit, reader: Reader) -> Iterator[Offer]:
    """The inbox, and the pages of the reader's own menu."""
    yield _offer(Link(visit.texts("inbox.title"), addresses.INBOX, "bell"), quiet=True)
    profile = addresses.record_of("user", visit.context.actor.id or "") if reader.may_read("user") else ""
    for link in user_menu(profile, visit.texts, administers=reader.administers):
        yield _offer(link, quiet=True, press=f"[data-key-{link.key}]" if link.key else "")


def _creates(visit: Visit, reader: Reader) -> Iterator[Offer]:
    """The forms for new records."""
    for name in dict.fromkeys(item.entity for item in flat(visit.model.app.navigation) if item.entity):
        entity = visit.model.entities[name]
        if may_create(reader, entity):
            label = visit.texts("list.create", name=inline(entity.label, visit.language))
            yield _offer(Link(label, addresses.new_of(name), "plus"))


def _settings(visit: Visit) -> Iterator[Offer]:
    """The look and the language, as the menu of them on the page has them."""
    texts = visit.texts
    for name, options, icon in (("theme", THEMES, "moon"), ("density", DENSITIES, "sliders-horizontal")):
        for option in options:
            kinds = "themes" if name == "theme" else "densities"
            label = texts("mark.said", what=texts(f"look.{name}"), said=texts(f"look.{kinds}.{option}"))
            yield _offer(Link(label, "", icon), quiet=True, press=PRESS.format(name, option))
    for choice in visit.shell.languages:
        label = texts("mark.said", what=texts("look.language"), said=choice.label)
        yield _offer(Link(label, "", "languages"), quiet=True, press=PRESS.format("language", choice.value))
