"""The people of the firm: six with one role each, three with two, and who else owns records."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access.oracle import Person

NORTH, SOUTH, REGION = "north", "south", "region"
TEAMS: Mapping[str, str] = {REGION: "", NORTH: REGION, SOUTH: ""}
"""Each team with the one above it."""
ROLES = ("clerk", "lead", "manager", "keeper", "director", "visitor")


def _person(name: str, *roles: str, team: str = NORTH, manager: str = "") -> Person:
    below = {team, *(one for one, above in TEAMS.items() if above == team)}
    return Person(name, team, frozenset(below), manager, roles)


ACTORS = (
    _person("clerk", "clerk"),
    _person("lead", "lead", team=REGION),
    _person("manager", "manager"),
    _person("keeper", "keeper"),
    _person("director", "director"),
    _person("visitor", "visitor"),
    _person("clerk_visitor", "clerk", "visitor"),
    _person("lead_keeper", "keeper", "lead", team=REGION),
    _person("clerk_director", "clerk", "director"),
)
STRANGER = _person("stranger", team=SOUTH)


def colleague_of(me: Person) -> Person:
    """Somebody of the same team, whose manager one is."""
    return _person(f"colleague_of_{me.name}", team=NORTH, manager=me.name)


EVERYBODY = {one.name: one for me in ACTORS for one in (me, colleague_of(me))} | {STRANGER.name: STRANGER}


def owner_for(me: Person, ownership: str) -> Person:
    """Who owns what is one's own, a colleague's or a stranger's."""
    return {"own": me, "colleague": colleague_of(me), "stranger": STRANGER}[ownership]
