"""A copy of the database for support: the same tables, records and releases, with every text and personal value disguised.

What is not disguised never gets into the file, so that no byte of it can be left there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.context import Context
from kith.runtime.database import Database, open_database
from kith.runtime.privacy.disguising import Disguise
from kith.runtime.release import Release, make_release
from kith.runtime.schema import system
from kith.runtime.schema.install import install
from kith.runtime.schema.views import make_views
from kith.runtime.write.renewing import renew
from kith.runtime.write.sets import relinking, sets_of
from kith.runtime.write.shelf import Shelf, shelf_of
from kith.runtime.write.storing import SALT, chained, digests

PAGE = 500
Changes = dict[str, tuple[frozenset[Any], frozenset[Any]]]
AS_THEY_ARE = (system.release, system.layer, system.document, system.text, system.reference, system.counter)
"""Tables of ours that hold nothing of people: what was published, and the records that came with it."""


def copy_for_support(source: Database, context: Context, release: Release, file: Path) -> int:
    """Write the copy; how many records it has. The file must not be there yet."""
    target = open_database(f"sqlite:///{file}")
    try:
        install(target)
        copied = make_release(release.number, release.model, release.names, target.facts)
        with _snapshot(source) as reading, target.write() as writing:
            copied.tables.metadata.create_all(writing)
            making = _Copy(reading, writing, release, copied, Disguise())
            making.plainly()
            count = sum(making.records(name) for name in release.model.entities)
            making.history()
            making.saves()
            making.compute(context)
            make_views(writing, copied)
        target.learn()
    finally:
        target.close()
    return count


@contextmanager
def _snapshot(source: Database) -> Iterator[sa.Connection]:
    """All tables as they are at one moment."""
    with source.engine.connect() as connection:
        if source.kind == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@dataclass(frozen=True)
class _Copy:
    reading: sa.Connection
    writing: sa.Connection
    release: Release
    copied: Release
    disguise: Disguise

    def plainly(self) -> None:
        for table in AS_THEY_ARE:
            for rows in self._pages(table):
                self.writing.execute(sa.insert(table), rows)
        name = system.release.c.actor_name
        self.writing.execute(sa.update(system.release).values({name: "…"}))

    def _pages(self, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
        found = self.reading.execution_options(yield_per=PAGE).execute(sa.select(table))
        for some in found.partitions(PAGE):
            yield [{str(name): value for name, value in row._mapping.items()} for row in some]

    def records(self, entity: str) -> int:
        """The records of an entity; texts that are computed are left out, and made anew at the end."""
        here, there = shelf_of(self.release, entity), shelf_of(self.copied, entity)
        declared, ours = self.release.model.entities[entity].fields, self._published(here)
        count = 0
        for ids in self._ids(here):
            found = here.select(self.reading, ids, lock=False)
            sets = sets_of(self.reading, here, ids)
            there.insert(self.writing, [self._disguised(declared, record, record["id"] in ours) for record in found])
            for name in here.table.links:
                changes: Changes = {
                    id_: (frozenset(), self._set(declared[name], some)) for id_ in ids if (some := sets[id_].get(name))
                }
                for write in relinking(self.writing, there, name, changes):
                    write.run(self.writing)
            count += len(found)
        return count

    def _set(self, field: Field, values: frozenset[Any]) -> frozenset[Any]:
        return frozenset(self.disguise.value(field, values) or ())

    def _published(self, shelf: Shelf) -> frozenset[str]:
        """The records that a release has brought along and nobody has touched: what they say stands in its documents."""
        known, own = system.reference.c, shelf.table.table.c
        same = sa.and_(known.record == own.id, known.version == own.version)
        brought = sa.select(known.record).where(known.entity == shelf.table.stable_name, same)
        found = self.reading.scalars(brought)
        return frozenset(str(id_) for id_ in found)

    def _ids(self, shelf: Shelf) -> Iterator[list[str]]:
        found = self.reading.execution_options(yield_per=PAGE).scalars(sa.select(shelf.table.id))
        for some in found.partitions(PAGE):
            yield [str(id_) for id_ in some]

    def _disguised(self, declared: Mapping[str, Field], record: Mapping[str, Any], published: bool) -> dict[str, Any]:
        values = dict(record)
        for name, field in declared.items():
            if name not in values:
                continue
            if field.is_computed and field.type.kind == "text":
                values[name] = None
            elif not field.is_computed and not (published and not field.personal):
                values[name] = self.disguise.value(field, values[name])
        return values

    def history(self) -> None:
        """Versions with disguised values under new salts, and so in chains of their own; nothing of it is sealed."""
        table = system.history
        order = (table.c.entity, table.c.record, table.c.version)
        found = self.reading.execution_options(yield_per=PAGE).execute(sa.select(table).order_by(*order))
        previous: tuple[tuple[str, str], str] = (("", ""), "")
        for some in found.partitions(PAGE):
            rows = []
            for one in some:
                row = {str(name): value for name, value in one._mapping.items()}
                key = row["entity"], row["record"]
                row["values"] = self._versioned(row["entity"], row["values"])
                row["digests"] = {name: digests(entry) for name, entry in (row["values"] or {}).items()}
                row |= {"previous": previous[1] if previous[0] == key else "", "seal": None}
                row["hash"] = chained(row)
                previous = key, row["hash"]
                rows.append(row)
            self.writing.execute(sa.insert(table), rows)

    def _versioned(self, table: str, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
        entity = self.release.names.by_table.get(table)
        if entity is None or values is None:
            return None
        declared = self.release.model.entities[entity].fields
        by_column = {column: name for name, column in self.release.names.entities[entity].columns.items()}
        known = {column: declared[by_column[column]] for column in values if by_column.get(column) in declared}
        return {
            column: {part: self._plain(field, values[column][part]) for part in ("old", "new")}
            | {"salt": [secrets.token_hex(SALT // 2), secrets.token_hex(SALT // 2)]}
            for column, field in known.items()
        }

    def _plain(self, field: Field, value: Any) -> Any:
        made = self.disguise.value(field, frozenset(value) if field.type.kind == "set" and value else value)
        return sorted(made) if isinstance(made, frozenset) else made

    def saves(self) -> None:
        """Who saved when and why, without what explaining kept."""
        for rows in self._pages(system.save):
            bare = [
                row
                | {"considered": [], "read": None, "moved": None, "detail": self.disguise.text(row["detail"])}
                | {"actor_name": self.disguise.text(row["actor_name"])}
                for row in rows
            ]
            self.writing.execute(sa.insert(system.save), bare)

    def compute(self, context: Context) -> None:
        """Texts that are computed, and what search finds, of the disguised values."""
        for name, entity in self.copied.model.entities.items():
            shelf = shelf_of(self.copied, name)
            rollups = [
                one.name for one in entity.fields.values() if one.type_name == "rollup" and one.type.kind == "text"
            ]
            found = [str(id_) for id_ in self.writing.scalars(sa.select(shelf.table.id))]
            for some in _portions(found):
                renew(self.writing, context, self.copied, name, rollups, some)


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), PAGE):
        yield ids[start : start + PAGE]
