"""The records on which it is tried who may do what: one for each attempt, with all that a scope could read."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kith.runtime.ids import new_id
from kith.runtime.write.change import Change
from tests.access.firm_world import NOW, Firm
from tests.access.oracle import ENTITIES, PARENT, Facts, Person
from tests.access.people import ACTORS, STRANGER, colleague_of, owner_for

OWNERSHIPS = ("own", "colleague", "stranger")
CHANNELS = {
    "REST": ("read", "create", "update", "delete", "transfer"),
    "pages": ("read", "create", "update", "delete", "transfer"),
    "files": ("export", "import"),
}
VALUES = ("name", "note", "remark", "phone", "fee")
"""Fields that every record of the firm has, and that are never empty here."""
PAST, COMING = "2026-11-01", "2026-12-31"


@dataclass(frozen=True)
class Case:
    """Somebody tries something by some channel with a record of his own."""

    number: int
    me: Person
    entity: str
    ownership: str
    channel: str
    action: str
    id: str
    facts: Facts
    parent: str = ""
    """The id of a line's parent."""

    def value(self, name: str) -> str:
        """What stands in a field of the record, and in no other record."""
        if name == "phone":
            return f"+8613{self.number:09}"
        return str(10_000_000 + self.number) if name == "fee" else f"{name}-{self.number:05}-x"

    @property
    def new_owner(self) -> Person:
        """To whom the record is given: one's own to a colleague, everything else to oneself."""
        return colleague_of(self.me) if self.ownership == "own" else self.me


def cases(seed: int, share: float = 1.0) -> Iterator[tuple[Case, list[Change]]]:
    """All attempts, or a share of them drawn by chance, each with what is to be made first."""
    chance, number = random.Random(seed), 0  # noqa: S311 - to be repeated
    for me in ACTORS:
        for entity in ENTITIES:
            for ownership in OWNERSHIPS:
                for channel, actions in CHANNELS.items():
                    for action in actions:
                        if (action == "transfer" and entity in PARENT) or chance.random() >= share:
                            continue
                        number += 1
                        yield _Making(chance, me, ownership).case(number, entity, channel, action)


@dataclass
class _Making:
    """The making of one case."""

    chance: random.Random
    me: Person
    ownership: str

    def case(self, number: int, entity: str, channel: str, action: str) -> tuple[Case, list[Change]]:
        id_, found = new_id(), Maker(self.chance, self.me, owner_for(self.me, self.ownership))
        facts, changes, parent = found.made(entity, id_)
        case = Case(number, self.me, entity, self.ownership, channel, action, id_, facts, parent)
        values = {name: case.value(name) for name in VALUES}
        changes[-1] = replace(changes[-1], values={**changes[-1].values, **values})
        return case, changes


@dataclass
class Maker:
    """Makes records of which somebody is the owner, with those that they hang on."""

    chance: random.Random
    me: Person
    owner: Person

    def made(self, entity: str, id_: str) -> tuple[Facts, list[Change], str]:
        """The facts of a record, the changes that make it, itself the last, and a line's parent."""
        status = self.chance.choice(("open", "closed"))
        values: dict[str, object] = {"name": "beside", "status": status}
        if entity in PARENT:
            above, changes, _ = self.made(PARENT[entity], parent := new_id())
            if entity == "client_share":
                values |= {"user": f"@{STRANGER.name}", "access": "read"}
            values |= {PARENT[entity]: parent}
            return Facts(entity, status, parent=above), [*changes, Change("create", entity, id_, values)], parent
        values["owner"] = f"@{self.owner.name}"
        if entity == "client":
            return self._client(id_, values)
        if entity == "area":
            kept = frozenset(one for one in (self.me.name, STRANGER.name) if self.chance.random() < 0.5)
            values["keepers"] = [f"@{one}" for one in sorted(kept)]
            return Facts(entity, status, self.owner, kept), [Change("create", entity, id_, values)], ""
        facts, changes = Facts(entity, status, self.owner), []
        if entity in ("matter", "invoice"):
            above, changes, _ = self.made("client", client := new_id())
            values["client"], facts = client, replace(facts, parent=above)
        return facts, [*changes, Change("create", entity, id_, values)], ""

    def _client(self, id_: str, values: dict[str, object]) -> tuple[Facts, list[Change], str]:
        about, changes, _ = self.made("area", area := new_id())
        values["area"], shares, lines = area, [], []
        for who in (self.me, STRANGER):
            if self.chance.random() < 0.4:
                access, past = self.chance.choice(("read", "write")), self.chance.random() < 0.3
                until = PAST if past else self.chance.choice((COMING, NOW.date().isoformat(), None))
                shares.append((who.name, access, past))
                line = {"name": "share", "user": f"@{who.name}", "access": access, "until": until}
                lines.append(Change("create", "client_share", new_id(), line))
        facts = Facts("client", str(values["status"]), self.owner, about.keepers, tuple(shares))
        children = {"shares": tuple(lines)} if lines else {}
        return facts, [*changes, Change("create", "client", id_, values, children)], ""


def filled(firm: Firm, changes: Sequence[Change]) -> list[Change]:
    """The same changes with ids for people, who are named `@name`."""

    def id_of(value: object) -> object:
        if isinstance(value, list):
            return [id_of(one) for one in value]
        return firm.users[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    return [
        replace(
            change,
            values={name: id_of(value) for name, value in change.values.items()},
            children={name: tuple(filled(firm, lines)) for name, lines in change.children.items()},
        )
        for change in changes
    ]
