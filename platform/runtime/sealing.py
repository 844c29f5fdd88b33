"""The one chain over all history: every minute the new rows are sealed, and anyone can verify that none has changed or gone.

Whoever can write the database could make all hashes anew. Two things stand against that, neither of them in the database: a
key, with which each seal is signed besides, and the name of a seal that somebody has kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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


LATE = timedelta(days=1)
"""A seal that is made longer after what it covers is worth telling."""
SHORT = 24
"""Hexadecimal digits of a hash that name a seal: too many to be met by trying."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain is sound: up to which seal and when that was made, how many rows, and what is wrong after that."""

    seal: int = 0
    at: datetime | None = None
    rows: int = 0
    broken: str = ""
    """"": nothing; "seal": a seal does not follow the one before; "rows": what it covers has changed or gone; "key": it is not
    signed with the key; "kept": it is not the one that somebody has kept."""
    name: str = ""
    """The name of that seal, to be kept elsewhere."""
    signed_from: datetime | None = None
    """When the first seal with a signature was made."""
    late: int = 0
    """Seals that were made more than a day after what they cover: no worker ran, or rows were sealed again."""


def seal(connection: sa.Connection, now: datetime, key: bytes = b"") -> int:
    """Seal the rows that have no seal yet; how many they are. The caller sees to it that one process does so at a time.

    The first seal with a key is made also where no rows wait for one.
    """
    sealed = 0
    while count := _one(connection, now, key):
        sealed += count
        if count < ROWS:
            break
    return sealed


def _one(connection: sa.Connection, now: datetime, key: bytes) -> int:
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
    if hashes or (key and previous and not _signature(previous)):
        row = {"number": number, "at": now, "rows": len(hashes), "previous": previous}
        connection.execute(sa.insert(_SEAL), {**row, "hash": sealing(row, hashes, key)})
        if last:
            # This one may still be taken back; the one before stands.
            log.info("the history is sealed", extra={"seal": name_of(last.number, last.hash)})
    return len(hashes)


def name_of(number: int, hash_: str) -> str:
    """What to keep of a seal."""
    return f"{number}-{hash_[:SHORT]}" if number else ""


def read_name(text: str) -> tuple[int, str] | None:
    """The number of a seal and the beginning of its hash; None where it is not the name of one."""
    found = re.fullmatch(rf"([1-9][0-9]{{0,17}})-([0-9a-f]{{{SHORT},64}})", text.strip().lower())
    return (int(found[1]), found[2]) if found else None


def sealing(row: dict[str, Any], hashes: Sequence[str], key: bytes = b"") -> str:
    """The hash of a seal: over its number, time and predecessor, and over the hashes of the rows that it covers.

    With a key its signature follows, so that the hash alone can be verified without.
    """
    covered = {**row, "at": row["at"].isoformat(), "hashes": hashes}
    hash_ = hashlib.sha256(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return f"{hash_}:{_signed(hash_, key)}" if key else hash_


def _signed(hash_: str, key: bytes) -> str:
    return hmac.digest(key, hash_.encode(), "sha256").hex()


def _signature(hash_: str) -> str:
    return hash_.partition(":")[2]


def _is_signed(hash_: str, signature: str, key: bytes, before: Verified) -> bool:
    """Whether a seal has the signature that it should have."""
    if not signature:
        return before.signed_from is None
    return not key or hmac.compare_digest(signature, _signed(hash_, key))


def verify(connection: sa.Connection, key: bytes = b"", kept: tuple[int, str] | None = None) -> Verified:
    """Follow the chain from its beginning, with every row's own hash, and say how far it is sound.

    With a key signatures are verified: once there are such, every further seal has one, and with a key the last has. `kept` is
    a seal that the chain must have.
    """
    found = Verified()
    seals = {row.number: dict(row._mapping) for row in connection.execute(sa.select(_SEAL).order_by(_SEAL.c.number))}
    rows = _sealed(connection)
    current = next(rows, None)
    previous = ""
    for position, (number, one) in enumerate(seals.items(), 1):
        if number != position or one["previous"] != previous:
            return replace(found, broken="seal")
        covered: list[str] = []
        oldest: datetime = one["at"]
        while current is not None and current[0] == number:
            covered.append(current[1])
            oldest = min(oldest, current[2])
            current = next(rows, None)
        head = {name: one[name] for name in ("number", "at", "rows", "previous")}
        hash_, _, signature = str(one["hash"]).partition(":")
        if len(covered) != one["rows"] or sealing(head, covered) != hash_:
            return replace(found, broken="rows")
        if not _is_signed(hash_, signature, key, found):
            return replace(found, broken="key")
        if kept is not None and kept[0] == number and not hash_.startswith(kept[1]):
            return replace(found, broken="kept")
        previous = one["hash"]
        found = Verified(
            number,
            one["at"],
            found.rows + len(covered),
            name=name_of(number, hash_),
            signed_from=found.signed_from or (one["at"] if signature else None),
            late=found.late + (one["at"] - oldest > LATE),
        )
    if current is not None:
        return replace(found, broken="rows")
    if key and found.seal and not _signature(previous):
        return replace(found, broken="key")
    return replace(found, broken="kept") if kept is not None and kept[0] > found.seal else found


def _sealed(connection: sa.Connection) -> Iterator[tuple[int, str, datetime]]:
    """The seal, the hash and the time of each sealed row in order: the hash made anew, "" where the row says another."""
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
            yield row["seal"], made if made == row["hash"] else "", row["at"]
        if len(rows) < PAGE:
            return
        after = (rows[-1]["seal"], rows[-1]["id"])
