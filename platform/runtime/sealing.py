"""The one chain over all history: every minute the new rows are sealed, and anyone can verify that none has changed or gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.write.storing import chained

ROWS = 10_000
"""Rows that one seal covers at most."""
PAGE = 2_000

_HISTORY, _SEAL = system.history, system.seal
_COLUMNS = tuple(map(str, _HISTORY.c.keys()))


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain is sound: up to which seal and when that was made, how many rows, and what is wrong after that."""

    seal: int
    at: datetime | None
    rows: int
    broken: str = ""
    """"": nothing; "seal": a seal does not follow the one before; "rows": what it covers has changed or gone."""


def seal(connection: sa.Connection, now: datetime) -> int:
    """Seal the rows that have no seal yet; how many they are. The caller sees to it that one process does so at a time."""
    sealed = 0
    while count := _one(connection, now):
        sealed += count
        if count < ROWS:
            break
    return sealed


def _one(connection: sa.Connection, now: datetime) -> int:
    last = connection.execute(sa.select(_SEAL).order_by(_SEAL.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    unsealed = sa.select(_HISTORY.c.id).where(_HISTORY.c.seal.is_(None)).order_by(_HISTORY.c.id).limit(ROWS)
    taken = (
        sa.update(_HISTORY)
        .where(_HISTORY.c.id.in_(unsealed.scalar_subquery()))
        .values(seal=number)
        .returning(_HISTORY.c.id, _HISTORY.c.hash)
    )
    # A row that commits later goes into the next seal, although its id may be lower: within a seal ids give the order.
    hashes = [hash_ for _, hash_ in sorted(tuple(row) for row in connection.execute(taken))]
    if hashes:
        row = {"number": number, "at": now, "rows": len(hashes), "previous": previous}
        connection.execute(sa.insert(_SEAL), {**row, "hash": sealing(row, hashes)})
    return len(hashes)


def sealing(row: dict[str, Any], hashes: Sequence[str]) -> str:
    """The hash of a seal: over its number, time and predecessor, and over the hashes of the rows that it covers."""
    covered = {**row, "at": row["at"].isoformat(), "hashes": hashes}
    return hashlib.sha256(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()


def verify(connection: sa.Connection) -> Verified:
    """Follow the chain from its beginning, with every row's own hash, and say how far it is sound."""
    found = Verified(0, None, 0)
    seals = {row.number: dict(row._mapping) for row in connection.execute(sa.select(_SEAL).order_by(_SEAL.c.number))}
    rows = _sealed(connection)
    current = next(rows, None)
    previous = ""
    for position, (number, one) in enumerate(seals.items(), 1):
        if number != position or one["previous"] != previous:
            return Verified(found.seal, found.at, found.rows, "seal")
        covered: list[str] = []
        while current is not None and current[0] == number:
            covered.append(current[1])
            current = next(rows, None)
        head = {name: one[name] for name in ("number", "at", "rows", "previous")}
        if len(covered) != one["rows"] or sealing(head, covered) != one["hash"]:
            return Verified(found.seal, found.at, found.rows, "rows")
        previous = one["hash"]
        found = Verified(number, one["at"], found.rows + len(covered))
    return Verified(found.seal, found.at, found.rows, "rows") if current is not None else found


def _sealed(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    """The seal and the hash of each sealed row in order: the hash made anew, "" where the row itself says another."""
    after: tuple[int, str] | None = None
    while True:
        asked = sa.select(_HISTORY).where(_HISTORY.c.seal.is_not(None)).order_by(_HISTORY.c.seal, _HISTORY.c.id)
        if after is not None:
            number, id_ = after
            later = (_HISTORY.c.seal == number) & (_HISTORY.c.id > id_)
            asked = asked.where((_HISTORY.c.seal > number) | later)
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in connection.execute(asked.limit(PAGE))]
        for row in rows:
            made = chained(row)
            yield row["seal"], made if made == row["hash"] else ""
        if len(rows) < PAGE:
            return
        after = (rows[-1]["seal"], rows[-1]["id"])
