"""Certificates of erasures: what, how much, by whom and when, without a word of what it was; and whether it still is so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.privacy import ledger
from kith.runtime.privacy.needles import personal_fields
from kith.runtime.privacy.ties import chunks
from kith.runtime.schema import system
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.privacy.erasing import Asked
    from kith.runtime.privacy.fates import Fates
    from kith.runtime.release import Release

_ERASURE, _ERASED, _HISTORY = system.erasure, system.erased, system.history


def certify(
    connection: sa.Connection,
    context: Context,
    release: Release,
    id_: str,
    asked: Asked,
    fates: Fates,
    counts: Mapping[str, Any],
) -> dict[str, Any]:
    """Note what was erased."""
    tables = {name: release.tables[name].stable_name for name in fates.all}
    keys = sorted((tables[name], one) for name, ids in fates.all.items() for one in ids)
    _note(connection, fates, tables, id_)
    row = {
        "id": id_,
        "at": context.now,
        "actor": context.actor.id,
        "cause": asked.cause,
        "entity": release.tables[asked.entity].stable_name,
        "record": asked.ids[0] if len(asked.ids) == 1 else None,
        "counts": dict(counts),
        "records": _digest(keys),
        "compacted_at": None,
    }
    return ledger.append(connection, _ERASURE, row)


def _note(connection: sa.Connection, fates: Fates, tables: Mapping[str, str], id_: str) -> None:
    """Note each record with the version that its erasure has left it at."""
    for name, ids in fates.all.items():
        for some in chunks(ids):
            mine = sa.and_(_HISTORY.c.entity == tables[name], _HISTORY.c.record.in_(some))
            versions = sa.select(_HISTORY.c.record, sa.func.max(_HISTORY.c.version)).where(mine)
            last = {
                str(record): version for record, version in connection.execute(versions.group_by(_HISTORY.c.record))
            }
            known = sa.and_(_ERASED.c.entity == tables[name], _ERASED.c.record.in_(some))
            connection.execute(sa.delete(_ERASED).where(known))
            rows = [
                {"entity": tables[name], "record": one, "erasure": id_, "version": last.get(one, 0)} for one in some
            ]
            connection.execute(sa.insert(_ERASED), rows)


def _digest(keys: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256("\n".join(f"{table}/{id_}" for table, id_ in keys).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, and what is wrong with it: chain, records (others than it speaks of), values (some are back)."""

    row: Mapping[str, Any]
    flaws: tuple[str, ...]


def certificates(connection: sa.Connection, release: Release, *, verify: bool = False) -> Iterator[Certificate]:
    """Every certificate, the first first; with `verify` the records themselves are looked at."""
    for row, sound in ledger.rows(connection, _ERASURE):
        flaws = [] if sound else ["chain"]
        if verify:
            flaws += _flaws(connection, release, row)
        yield Certificate(row, tuple(flaws))


def _flaws(connection: sa.Connection, release: Release, row: Mapping[str, Any]) -> Iterator[str]:
    mine = sa.select(_ERASED.c.entity, _ERASED.c.record, _ERASED.c.version).where(_ERASED.c.erasure == row["id"])
    found = {(table, str(id_)): version for table, id_, version in connection.execute(mine)}
    later = _later(connection, row)
    if not later and _digest(sorted(found)) != row["records"]:
        yield "records"
    by_table: dict[str, dict[str, int]] = {}
    for (table, id_), version in found.items():
        by_table.setdefault(table, {})[id_] = version
    entities = release.names.by_table
    for table, versions in by_table.items():
        if table in entities and _are_back(connection, release, entities[table], versions):
            yield "values"


def _later(connection: sa.Connection, row: Mapping[str, Any]) -> bool:
    """Whether a later erasure came, which may have taken over some of the records."""
    after = sa.select(sa.func.count()).select_from(_ERASURE).where(_ERASURE.c.number > row["number"])
    return bool(connection.scalar(after))


def _are_back(connection: sa.Connection, release: Release, entity: str, versions: Mapping[str, int]) -> bool:
    """Whether a version up to the erasure has a personal value, in the record or in its history."""
    shelf, fields = shelf_of(release, entity), personal_fields(release, entity)
    columns = {release.names.entities[entity].columns[one.name] for one in fields}
    plain = [one for one in fields if one.type.kind != "set" and not one.required]
    for some in chunks(versions):
        for record in shelf.select(connection, some, lock=False):
            untouched = record["version"] == versions[record["id"]]
            if untouched and any(record.get(one.name) is not None for one in plain):
                return True
        asked = sa.select(_HISTORY.c.record, _HISTORY.c.version, _HISTORY.c["values"])
        asked = asked.where(_HISTORY.c.entity == shelf.table.stable_name, _HISTORY.c.record.in_(some))
        for id_, version, values in connection.execute(asked):
            if version <= versions[str(id_)] and values and columns & values.keys():
                return True
    return False
