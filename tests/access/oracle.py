"""What the documents of the firm's roles say, read a second time and simply: plain YAML, and a table of what each scope means.

It shares no line with the software: a scope that is not in the table is an error, so that nothing is believed unread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FIRM = Path(__file__).parent / "firm"
ENTITIES = ("client", "client_share", "area", "matter", "matter_line", "task", "invoice", "paper")
ACTIONS = ("read", "create", "update", "delete", "transfer", "export", "import")
PARENT = {"client_share": "client", "matter_line": "matter"}


@dataclass(frozen=True)
class Person:
    """Who acts or owns: name, team, the teams at and below it, the manager's name, the roles."""

    name: str
    team: str
    below: frozenset[str] = frozenset()
    manager: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the scopes read of a record."""

    entity: str
    status: str = "open"
    owner: Person | None = None
    keepers: frozenset[str] = frozenset()
    """Of an area, or of the area of the client that it is about: who keeps it."""
    shares: tuple[tuple[str, str, bool], ...] = ()
    """Of a client: with whom it is shared, how, and whether that day has passed."""
    parent: Facts | None = None
    """Of a line its parent, of other records the client that they are about."""


Scope = Callable[[Person, Facts], bool]


def _shared(*ways: str) -> Scope:
    return lambda me, facts: any(who == me.name and how in ways and not past for who, how, past in facts.shares)


def _own(me: Person, facts: Facts) -> bool:
    return facts.owner is not None and facts.owner.name == me.name


def _managed(me: Person, facts: Facts) -> bool:
    return facts.owner is not None and facts.owner.manager == me.name


def _below(me: Person, facts: Facts) -> bool:
    return facts.owner is not None and facts.owner.team in me.below


def _kept(me: Person, facts: Facts) -> bool:
    return me.name in facts.keepers


def _of_client(of: Scope) -> Scope:
    return lambda me, facts: facts.parent is not None and of(me, facts.parent)


def _either(*scopes: Scope) -> Scope:
    return lambda me, facts: any(scope(me, facts) for scope in scopes)


def _both(*scopes: Scope) -> Scope:
    return lambda me, facts: all(scope(me, facts) for scope in scopes)


def _is(status: str) -> Scope:
    return lambda me, facts: facts.status == status


UNTIL = "(until is not set or until >= today())"
SCOPES: Mapping[str, Scope] = {
    "owner == me": _own,
    'status == "open"': _is("open"),
    'status == "closed"': _is("closed"),
    'owner == me and status == "open"': _both(_own, _is("open")),
    'owner == me or status == "open"': _either(_own, _is("open")),
    f"owner == me or any(shares where user == me and {UNTIL})": _either(_own, _shared("read", "write")),
    f'owner == me or any(shares where user == me and access == "write" and {UNTIL})': _either(_own, _shared("write")),
    "client.owner == me": _of_client(_own),
    "owner.team in me.teams_below": _below,
    'owner.team in me.teams_below and status == "closed"': _both(_below, _is("closed")),
    "owner.manager == me": _managed,
    "owner == me or owner.manager == me": _either(_own, _managed),
    "me in keepers": _kept,
    "me in area.keepers": _kept,
    "me in client.area.keepers": _of_client(_kept),
    "me in client.area.keepers or owner == me": _either(_of_client(_kept), _own),
    "owner is set": lambda me, facts: facts.owner is not None,
}


@cache
def documents() -> Mapping[str, Mapping[str, Any]]:
    """The documents of the roles by name."""
    found = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((FIRM / "roles").glob("*.yaml")))
    return {document["role"]: document for document in found}


@cache
def fields_of(entity: str) -> frozenset[str]:
    """The fields of an entity with those of its fragments that are compared."""
    document = yaml.safe_load((FIRM / "entities" / f"{entity}.yaml").read_text(encoding="utf-8"))
    found = set(document["fields"])
    for name in document["include"]:
        path = FIRM / "fragments" / f"{name}.yaml"
        if path.exists():
            found |= set(yaml.safe_load(path.read_text(encoding="utf-8"))["fields"])
    return frozenset(found)


@dataclass(frozen=True)
class Oracle:
    """What somebody may do."""

    me: Person
    grants: Mapping[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    reads_all: bool = False

    def allows(self, entity: str, action: str, facts: Facts) -> bool:
        """Whether an action is allowed: of a line with its parent, which is seen and changed with it."""
        if not self.grants_any(entity, action, facts):
            return False
        if entity not in PARENT:
            return True
        above = ("read",) if action in ("read", "export") else ("read", "update")
        return facts.parent is not None and all(self.allows(PARENT[entity], one, facts.parent) for one in above)

    def grants_any(self, entity: str, action: str, facts: Facts) -> bool:
        """Whether a role grants an action on a record, its parent aside."""
        return any(self.says(grant.get(action, False), facts) for grant in self._grants(entity))

    def reads_some(self, entity: str) -> bool:
        """Whether there may be records that are seen."""
        return any(grant.get("read", False) for grant in self._grants(entity))

    def writes_some(self, entity: str, action: str, name: str) -> bool:
        """Whether there may be records of which a field may be written."""
        return any(grant.get(action, False) and self.state(grant, name) == "write" for grant in self._grants(entity))

    def writes(self, entity: str, action: str, names: Iterable[str], facts: Facts) -> bool:
        """Whether each of these fields may be written by a role that grants the action."""
        return all(
            any(
                self.says(grant.get(action, False), facts) and self.state(grant, name) == "write"
                for grant in self._grants(entity)
            )
            for name in names
        )

    def shows(self, entity: str, name: str, facts: Facts) -> str:
        """How a field of a record that is seen reads: read, mask or none."""
        states = {
            self.state(grant, name) for grant in self._grants(entity) if self.says(grant.get("read", False), facts)
        }
        return "read" if states & {"read", "write"} else "mask" if "mask" in states else "none"

    def shows_some(self, entity: str, name: str) -> bool:
        """Whether a field may be read in some record."""
        return any(
            grant.get("read", False) and self.state(grant, name) in ("read", "write") for grant in self._grants(entity)
        )

    def says(self, right: bool | str, facts: Facts) -> bool:
        """What a right says of a record."""
        return right if isinstance(right, bool) else SCOPES[right](self.me, facts)

    def state(self, grant: Mapping[str, Any], name: str) -> str:
        """What a grant says of a field."""
        return str(grant.get("fields", {}).get(name, grant.get("other_fields", "write")))

    def _grants(self, entity: str) -> list[Mapping[str, Any]]:
        everything = {"read": True, "export": True, "other_fields": "read"}
        return [*self.grants.get(entity, []), *([everything] if self.reads_all else [])]


def oracle_of(me: Person) -> Oracle:
    """The oracle of somebody with his roles."""
    grants: dict[str, list[Mapping[str, Any]]] = {}
    held = [documents()[role] for role in me.roles]
    for document in held:
        for entity, grant in document.get("entities", {}).items():
            grants.setdefault(entity, []).append(grant)
    return Oracle(me, grants, any(document.get("all_entities") == "read" for document in held))
