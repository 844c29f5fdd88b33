"""Two databases that differ in nothing but what one reader may not read: the same story told twice with the same ids."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from kith.runtime import ids
from kith.runtime.write.change import Change
from tests.access.cases import VALUES, Maker, filled
from tests.access.firm_world import NOW, Firm
from tests.access.oracle import ENTITIES, PARENT, Facts, Oracle, Person, oracle_of
from tests.access.people import owner_for

FEEDS = {"matter": ("client", "matter_fees"), "matter_line": ("matter", "hours"), "invoice": ("invoice", "doubled")}
"""What is computed of the fees of each: whoever may read that knows something of them, as declared."""
WORDS = ("canary", "heron")
"""What stands in every hidden text of the first and of the second database, and nowhere else."""
PHONES = ("7713", "8826")
"""The digits in the middle, which masks leave out."""
FEES = (470_000_000, 830_000_000)


@dataclass(frozen=True)
class Cell:
    """A record of the story, with what differs between the databases by field: first as it is made, then changed to."""

    entity: str
    id: str
    facts: Facts
    visible: bool
    hidden: Mapping[str, str]
    """How the reader has each field that he may not read: mask or none."""
    changes: tuple[Change, ...]
    line_of: str = ""


@contextmanager
def same_ids(since: int) -> Iterator[None]:
    """Ids that are the same in every story: by a clock that stands at a second and chance that always falls alike."""
    maker, before = ids.new_id, (ids.new_id._milliseconds, ids.new_id._last, ids.os)  # type: ignore[attr-defined]
    chance = random.Random(since)  # noqa: S311 - to be repeated
    stamp = int(NOW.timestamp() + since) * 1000
    maker._milliseconds, maker._last = (lambda: stamp), 0
    ids.os = SimpleNamespace(urandom=chance.randbytes)  # type: ignore[assignment, attr-defined]
    try:
        yield
    finally:
        maker._milliseconds, maker._last, ids.os = before  # type: ignore[attr-defined]


def story(me: Person, seed: int) -> list[Cell]:
    """The records for one reader: of each entity some of everybody's."""
    chance, oracle, found = random.Random(seed), oracle_of(me), []  # noqa: S311 - to be repeated
    for entity in ENTITIES:
        for ownership in ("own", "colleague", "stranger", "own", "stranger"):
            id_ = ids.new_id()
            facts, changes, parent = Maker(chance, me, owner_for(me, ownership)).made(entity, id_)
            visible = oracle.allows(entity, "read", facts)
            found.append(
                Cell(entity, id_, facts, visible, _hidden(oracle, entity, facts, visible), tuple(changes), parent)
            )
    return found


def _hidden(oracle: Oracle, entity: str, facts: Facts, visible: bool) -> dict[str, str]:
    names = [*VALUES, *(["code"] if entity == "paper" else [])]
    found = {name: oracle.shows(entity, name, facts) if visible else "none" for name in names}
    holder = FEEDS.get(entity)
    if holder is not None and oracle.reads_some(holder[0]) and oracle.shows_some(*holder):
        found.pop("fee")
    return {name: state for name, state in found.items() if state != "read"}


def told(firm: Firm, cells: Sequence[Cell], world: int) -> None:
    """Tell the story: records are made, what is hidden is changed once, and some go into the recycle bin."""
    made: list[Change] = []
    for number, cell in enumerate(cells):
        values = {name: _value(cell, name, number, world, 0) for name in _names(cell)}
        made += [*cell.changes[:-1], replace(cell.changes[-1], values={**cell.changes[-1].values, **values})]
    firm.put(filled(firm, made))
    changes = [
        Change("update", cell.entity, cell.id, {name: _value(cell, name, number, world, 1) for name in cell.hidden})
        for number, cell in enumerate(cells)
        if cell.hidden
    ]
    firm.put(changes)
    firm.put([Change("delete", cell.entity, cell.id) for cell in cells[3::5] if cell.entity not in PARENT])


def _names(cell: Cell) -> list[str]:
    return [*VALUES, *(["code"] if cell.entity == "paper" else [])]


def _value(cell: Cell, name: str, number: int, world: int, step: int) -> Any:
    """What stands in a field: the same in both worlds where the reader may read it."""
    state = cell.hidden.get(name)
    at = number if state is None or world == 0 else 99 - number
    if name == "phone":
        # A mask shows the last digits, so these are the same in both worlds; elsewhere nothing is.
        return f"+86131{PHONES[world] if state else 1100}{(number if state == 'mask' else at) * 10 + step:04}"
    if name == "fee":
        return str((FEES[world] if state else 1000) + at * 7 + step)
    if state is None:
        return f"{name} {number:03}"
    if world == 1 and state == "none" and name in ("note", "remark") and number % 3 == 0 and step:
        return None
    return f"{name[0] if state == 'mask' else WORDS[world]} {WORDS[world]} {at % 50 if name != 'code' else at} {'x' * world}{step}"
