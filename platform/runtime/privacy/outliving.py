"""What outlives a database: which records were erased when, so that who restores an older backup erases them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.database import Database
from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.erasing import Asked, Held, erase
from kith.runtime.privacy.ties import chunks, is_there
from kith.runtime.read.cursors import ID
from kith.runtime.release import Release
from kith.runtime.schema import system

FORMAT = "kith-erasures-1"
_ERASURE, _ERASED = system.erasure, system.erased


class NoLedger(Exception):
    """What was given is no ledger of erasures."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure: the records that it took or emptied, by table; `top` are those that it was about."""

    id: str
    at: str
    table: str
    top: tuple[str, ...]
    asked_for: bool
    """By a person's request, not by retention."""
    gone: frozenset[str]
    """Those of `top` that are no longer there, rather than emptied."""


@dataclass(frozen=True, slots=True)
class Again:
    """What erasing again has come to: how many erasures, and the records that are held by law since before."""

    done: int
    held: tuple[str, ...]


def ledger_of(connection: sa.Connection, release: Release) -> list[Entry]:
    """All erasures of a database, the first first. They name records by keys alone."""
    by_erasure: dict[str, dict[str, list[str]]] = {}
    for table, record, erasure in connection.execute(sa.select(_ERASED.c.entity, _ERASED.c.record, _ERASED.c.erasure)):
        by_erasure.setdefault(str(erasure), {}).setdefault(table, []).append(str(record))
    found = []
    for row in connection.execute(sa.select(_ERASURE).order_by(_ERASURE.c.number)).mappings():
        top = (
            [str(row["record"])] if row["record"] else sorted(by_erasure.get(str(row["id"]), {}).get(row["entity"], ()))
        )
        gone = frozenset(top) - _there(connection, release, row["entity"], top)
        asked_for = row["cause"] == "request"
        found.append(Entry(str(row["id"]), row["at"].isoformat(), row["entity"], tuple(top), asked_for, gone))
    return found


def _there(connection: sa.Connection, release: Release, table: str, ids: Sequence[str]) -> set[str]:
    entity = release.names.by_table.get(table, "")
    if not entity:
        return set()
    id_ = release.tables[entity].id
    asked = (sa.select(id_).where(id_.in_(some)) for some in chunks(ids))
    return {str(one) for statement in asked for one in connection.scalars(statement)}


def written(entries: Sequence[Entry]) -> bytes:
    """A ledger as a file."""
    told = [
        {"id": one.id, "at": one.at, "table": one.table, "records": list(one.top), "request": one.asked_for}
        | {"gone": sorted(one.gone)}
        for one in entries
    ]
    return orjson.dumps({"format": FORMAT, "erasures": told}, option=orjson.OPT_INDENT_2) + b"\n"


def read(data: bytes) -> list[Entry]:
    """A ledger from a file; raises NoLedger."""
    try:
        found = orjson.loads(data)
        if found["format"] != FORMAT:
            raise NoLedger
        return [_entry(one) for one in found["erasures"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as wrong:
        raise NoLedger from wrong


def _entry(one: Mapping[str, Any]) -> Entry:
    ids = (one["id"], *one["records"], *one["gone"])
    if not all(isinstance(id_, str) and ID.fullmatch(id_) for id_ in ids):
        raise NoLedger
    return Entry(
        one["id"],
        str(one["at"]),
        str(one["table"]),
        tuple(one["records"]),
        bool(one["request"]),
        frozenset(one["gone"]),
    )


def erase_again(database: Database, context: Context, release: Release, entries: Sequence[Entry]) -> Again:
    """Erase what a database that was restored from an older backup has again; each erasure makes a certificate anew."""
    with database.read() as connection:
        known = {str(id_) for id_ in connection.scalars(sa.select(_ERASURE.c.id))}
    done, held = 0, list[str]()
    for entry in entries:
        for asked in _asked(release, entry) if entry.id not in known else ():
            try:
                done += database.run(partial(_again, context=context, release=release, asked=asked))
            except Held as found:
                held += [f"{one.entity}/{one.record}" for one in found.holds]
    if done:
        compact(database, context.now)
    return Again(done, tuple(dict.fromkeys(held)))


def _asked(release: Release, entry: Entry) -> Iterator[Asked]:
    entity = release.names.by_table.get(entry.table, "")
    for id_ in entry.top if entity else ():
        do = "" if entry.asked_for else "erase" if id_ in entry.gone else "anonymise"
        yield Asked(entity, (id_,), do)


def _again(connection: sa.Connection, context: Context, release: Release, asked: Asked) -> int:
    if not is_there(connection, release, asked.entity, asked.ids[0]):
        return 0
    erase(connection, context, release, asked)
    return 1
