"""What surrounds every page of a signed-in reader: where he may go, what he may create, and his own menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from kith.metadata.model import Entity, NavItem
from kith.runtime.dashboards.seeing import visible
from kith.runtime.read.reader import Reader
from kith.texts import Texts
from kith.web import addresses
from kith.web.look import ICONS
from kith.web.view import Link, NavGroup, Notice, Shell

MOST_CREATES = 8
NO_RECORDS = "inbox"
GO = "go-"
"""What the key of a link begins with that `g` and a letter lead to."""
IN_BAR = 3
"""Entities that the bar at the bottom of a phone has room for."""


Marks = frozenset[int]
"""Which of the links, counted through all groups, lead to where the reader is."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a reader may go: made once per roles and language; `paths` are those of the links, in their order."""

    groups: tuple[NavGroup, ...]
    create: tuple[Link, ...]
    icon: str
    paths: tuple[str, ...]
    profile: bool
    """Whether he may see his own page."""
    administers: bool

    def marks(self, path: str) -> Marks:
        """The links that lead to an address or to what stands above it."""
        return frozenset(
            number
            for number, here in enumerate(self.paths)
            if path.startswith(here) and (path == here or (here != addresses.HOME and path[len(here)] == "/"))
        )


def places_of(reader: Reader, language: str, texts: Texts) -> Places:
    """Where a reader may go."""
    return reader.release.cached(("places", reader.key, language), lambda: places(reader, language, texts))


def shell_of(reader: Reader, language: str, texts: Texts, marks: Marks) -> Shell:
    """The frame for readers with the same roles; the caller adds what belongs to the person and the request."""
    return reader.release.cached(("shell", reader.key, language, marks), lambda: _shell(reader, language, texts, marks))


def _shell(reader: Reader, language: str, texts: Texts, marks: Marks) -> Shell:
    found, numbers = places_of(reader, language, texts), count()
    groups = tuple(
        NavGroup([replace(link, current=next(numbers) in marks) for link in group.links], group.label)
        for group in found.groups
    )
    # The start page has the first dashboard: the bar of a phone keeps its room for records.
    links = [link for group in groups for link in group.links if link.href != addresses.DASHBOARDS]
    return Shell(
        app=reader.release.model.app.title.in_(language),
        here=addresses.HOME,
        icon=found.icon,
        navigation=groups,
        bar=links[: IN_BAR + 1],
        sign_out=addresses.SIGN_OUT,
        create=found.create,
        search=addresses.SEARCH,
        palette=addresses.PALETTE,
        inbox=Link(texts("inbox.title"), addresses.INBOX),
        events=addresses.EVENTS,
    )


def notices(texts: Texts, said: str) -> tuple[Notice, ...]:
    """What the page before this one did, told once: `said` names one of our own sentences, or nothing."""
    key = f"said.{said}"
    return (Notice(texts(key), "success"),) if said and key in texts else ()


def places(reader: Reader, language: str, texts: Texts) -> Places:
    """The navigation that an app declares, without what the reader may not read."""
    app = reader.release.model.app
    groups = [NavGroup([Link(texts("home.title"), addresses.HOME, "house")])]
    if visible(reader):
        groups[0] = NavGroup(
            [*groups[0].links, Link(texts("dashboard.title"), addresses.DASHBOARDS, "layout-dashboard")]
        )
    loose: list[Link] = []
    for item in app.navigation:
        if item.entity:
            loose += _links(reader, item, language)
        elif links := [link for inner in item.items for link in _links(reader, inner, language)]:
            groups.append(NavGroup(links, item.label.in_(language)))
    groups[0] = NavGroup([*groups[0].links, *loose])
    creates = [
        Link(entity.label.in_(language), addresses.new_of(entity.name), icon_of(entity, item.icon))
        for item in flat(app.navigation)
        if (entity := reader.release.model.entities.get(item.entity)) and may_create(reader, entity)
    ]
    icon = next((item.icon for item in app.navigation if item.icon in ICONS), "layers")
    groups = lettered(groups)
    paths = tuple(link.href.partition("?")[0] for group in groups for link in group.links)
    return Places(
        tuple(groups), tuple(creates[:MOST_CREATES]), icon, paths, reader.may_read("user"), reader.administers
    )


def lettered(groups: Sequence[NavGroup]) -> list[NavGroup]:
    """The navigation with the letter after `g` that leads to each place: the first of its name that is free.

    It is the same in every language; `i` is the inbox.
    """
    taken, found = {"i"}, []
    for group in groups:
        links = []
        for link in group.links:
            name = link.href.partition("?")[0].rpartition("/")[2] or "home"
            letter = next((one for one in name if one.isascii() and one.isalpha() and one not in taken), "")
            taken.add(letter)
            links.append(replace(link, key=f"{GO}{letter}") if letter else link)
        found.append(NavGroup(links, group.label))
    return found


def _links(reader: Reader, item: NavItem, language: str) -> list[Link]:
    if item.items:
        return [link for inner in item.items for link in _links(reader, inner, language)]
    entity = reader.release.model.entities.get(item.entity)
    if entity is None or not reader.may_read(entity.name):
        return []
    return [Link(item.label.in_(language), addresses.list_of(entity.name), icon_of(entity, item.icon))]


def flat(items: tuple[NavItem, ...]) -> Iterator[NavItem]:
    """All entries of a navigation, in their order."""
    for item in items:
        yield item
        yield from flat(item.items)


def may_create(reader: Reader, entity: Entity) -> bool:
    """Whether a reader may create records of an entity by themselves."""
    return not entity.owner_of_lines and not reader.rights[entity.name].right("create").never


def icon_of(entity: Entity, icon: str = "") -> str:
    """The icon of an entity's records."""
    return icon or entity.icon or "folder"


def user_menu(profile: str, texts: Texts, *, administers: bool = False) -> tuple[Link, ...]:
    """The reader's own menu."""
    own = (Link(texts("menu.profile"), profile, "user"),) if profile else ()
    jobs = Link(texts("menu.jobs"), addresses.JOBS, "list-checks")
    releases = Link(texts("menu.releases"), addresses.RELEASES, "layers")
    settings = Link(texts("menu.settings"), addresses.SETTINGS, "settings")
    privacy = Link(texts("menu.privacy"), addresses.PRIVACY, "shield-check")
    accounts = Link(texts("menu.accounts"), addresses.ACCOUNTS, "users-round")
    return (
        *own,
        Link(texts("menu.account"), addresses.ACCOUNT, "key-round"),
        Link(texts("menu.bin"), addresses.BIN, "trash-2"),
        Link(texts("menu.batches"), addresses.BATCHES, "layers"),
        *((accounts, privacy, jobs, releases, settings) if administers else ()),
        Link(texts("menu.keys"), addresses.KEYS, "circle-question-mark", dialog=True, key="help"),
    )
