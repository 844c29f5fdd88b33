"""What an act has sent away: rows of the outbox, compared with what a case expects of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.testing.outcome import Mismatch

if TYPE_CHECKING:
    from kith.runtime.testing.given import World

OF_STATEMENTS = ("notify", "email", "webhook", "assign", "submit")
"""The kinds of jobs that statements put down; all others are Kith's own work."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the outbox: by which statement, and what it takes along."""

    kind: str
    payload: Mapping[str, Any]


def outbox(connection: sa.Connection) -> dict[str, Sent]:
    """All that has been sent so far, by id, in the order of the statements."""
    job = system.job.c
    wanted = sa.select(job.id, job.kind, job.payload).where(job.kind.in_(OF_STATEMENTS)).order_by(job.id)
    return {str(id_): Sent(kind, payload) for id_, kind, payload in connection.execute(wanted)}


def sent_otherwise(world: World, expected: object, found: Sequence[Sent]) -> Iterator[Mismatch]:
    """What was not sent as expected: as many, in this order, each with the parts that are named."""
    wanted = [item for item in expected if isinstance(item, Mapping)] if isinstance(expected, (list, tuple)) else []
    if len(wanted) != len(found):
        yield Mismatch("sent", str(len(wanted)), "; ".join(map(_told, found)) or "0")
        return
    for number, (item, one) in enumerate(zip(wanted, found, strict=True), 1):
        ((kind, parts),) = item.items()
        if kind != one.kind:
            yield Mismatch(f"sent {number}", str(kind), _told(one))
            continue
        for name, raw in parts.items():
            value = one.payload.get(name)
            if not _matches(world, name, raw, value):
                yield Mismatch(f"sent {number} {kind}.{name}", str(raw), str(_readable(world, value)))


def _matches(world: World, name: str, raw: object, found: object) -> bool:
    """Whether a part of what was sent is as expected; of maps, only what is named."""
    if isinstance(raw, Mapping) and isinstance(found, Mapping):
        return all(_matches(world, key, one, found.get(key)) for key, one in raw.items())
    if isinstance(found, (list, tuple)):
        # People: written like a reference to a user.
        people = raw if isinstance(raw, (list, tuple)) else [raw]
        return {world.reference("user", one) for one in people} == set(map(str, found))
    if name == "rule" and isinstance(found, str):
        return str(raw) in (found, found.rpartition("/")[2])
    return raw == found or _plain(raw) == _plain(found)


def _plain(value: object) -> object:
    """A value as JSON and documents both may write it."""
    if value is None or isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def _readable(world: World, value: object) -> object:
    if isinstance(value, (list, tuple)):
        known = {id_: str(values.get("name", id_)) for id_, values in world.records.get("user", {}).items()}
        return ", ".join("me" if one == world.me else known.get(str(one), str(one)) for one in value)
    return "–" if value is None else value


def _told(one: Sent) -> str:
    about = next(
        (one.payload[name] for name in ("message", "template", "webhook", "queue", "approval") if name in one.payload),
        "",
    )
    return f"{one.kind} {about}".strip()
