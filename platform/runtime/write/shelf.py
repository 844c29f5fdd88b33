"""Where the write gate reads and writes the records of one entity; its statements are made once per release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kith.metadata.model import Field
from kith.rules.sql.values import Converter, Engine, reader, writer
from kith.rules.types import DATETIME, INT, Type, ref
from kith.runtime.driver import Writing, writing
from kith.runtime.read.prepared import Prepared, Row, prepare
from kith.runtime.schema import system
from kith.runtime.schema.soon import whole
from kith.runtime.schema.sortkeys import fold, sort_key
from kith.runtime.schema.storage import VALUE, field_reader, parts_of
from kith.runtime.schema.tables import Column, EntityTable, FieldColumns
from kith.runtime.waiting import Write

if TYPE_CHECKING:
    from kith.runtime.release import Release

SYSTEM: Mapping[str, Type] = {
    "id": ref(""),
    "version": INT,
    "created_at": DATETIME,
    "created_by": ref(""),
    "updated_at": DATETIME,
    "updated_by": ref(""),
    "deleted_at": DATETIME,
    "deletion": ref(""),
    "computed": INT,
}
Record = dict[str, Any]
T = TypeVar("T")
HASH = "$hash"
"""The key of the hash of a locked record's latest history row; no field has such a name."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One column: the key of its value in a record, and how the value gets in and out."""

    key: str
    column: Column
    read: Converter | None
    write: Converter | None
    wanted: sa.ColumnElement[Any]
    """What is selected: the column itself, but for sums to which something may wait to be added."""


@dataclass(frozen=True)
class Shelf:
    """The records of one entity."""

    table: EntityTable
    engine: Engine

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every column that holds a value; `field__part` are the keys of a field's further parts."""
        return tuple(self._slots())

    def _slots(self) -> Iterator[Slot]:
        for name, type_ in SYSTEM.items():
            yield self._slot(name, self.table.table.c[name], type_)
        for name, columns in self.table.columns.items():
            for part, type_ in parts_of(columns.field).items():
                read, write = field_reader(columns.field, type_, self.engine), writer(type_, self.engine)
                if columns.entities and part == "entity":
                    read, write = partial(_called, columns.entities), partial(_called, columns.tables)
                column = columns.parts[part]
                wanted = whole(self.table.table, self.table.stable_name, column) if name in self.soon else column
                yield Slot(f"{name}__{part}" if part else name, column, read, write, wanted)
            if columns.fresh_until is not None:
                yield self._slot(f"{name}__until", columns.fresh_until, DATETIME)
            if columns.as_of is not None:
                yield self._slot(f"{name}__as_of", columns.as_of, DATETIME)

    def _slot(self, key: str, column: Column, type_: Type) -> Slot:
        return Slot(key, column, reader(type_, self.engine), writer(type_, self.engine), column)

    @cached_property
    def soon(self) -> tuple[str, ...]:
        """The sums that are moved later, and never written with their record."""
        return tuple(name for name, columns in self.table.columns.items() if columns.field.storage == "soon")

    @cached_property
    def composites(self) -> Mapping[str, tuple[str, ...]]:
        """The fields whose value is a mapping of parts, with their parts."""
        return {
            name: tuple(columns.parts) for name, columns in self.table.columns.items() if VALUE not in columns.parts
        }

    @cached_property
    def _made(self) -> dict[str, Any]:
        """Statements as the driver takes them, made when they are first run."""
        return {}

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """A statement as the driver takes it, made when it is first run."""
        found: T | None = self._made.get(name)
        return found or self._made.setdefault(name, make())

    def _prepared(self, connection: sa.Connection, name: str, make: Callable[[], sa.Select[Any]]) -> Prepared:
        return self.kept(name, lambda: prepare(connection, make()))

    def _writing(self, connection: sa.Connection, name: str, make: Callable[[], sa.Insert | sa.Update]) -> Writing:
        return self.kept(name, lambda: writing(connection, make()))

    def select(self, connection: sa.Connection, ids: Iterable[str], *, lock: bool) -> list[Record]:
        """The records of those ids, live or deleted, in the order of their ids; `lock` keeps others from writing them.

        A locked record also brings the hash of its latest history row, as HASH.
        """
        wanted = sorted(set(ids))
        if not wanted:
            return []
        name = "locked" if lock else "by_id"
        found = [self.record(row) for row in self._of_ids(connection, name, self.table.id, wanted, lock=lock)]
        if lock and self.soon and self.engine == "postgresql":
            # Who has waited for the lock sees the record as it is now, but what waits as it was.
            now = {record["id"]: record for record in self.select(connection, wanted, lock=False)}
            for record in found:
                record.update({name: now[record["id"]][name] for name in self.soon})
        return found

    def children(self, connection: sa.Connection, reference: str, parents: Iterable[str]) -> list[Record]:
        """The live records whose reference names one of the parents, in the order of their ids."""
        wanted = sorted(set(parents))
        if not wanted:
            return []
        column = self.table.columns[reference].tie
        return [self.record(row) for row in self._of_ids(connection, f"of {reference}", column, wanted, live=True)]

    def _of_ids(
        self,
        connection: sa.Connection,
        name: str,
        column: Column,
        ids: list[str],
        *,
        lock: bool = False,
        live: bool = False,
    ) -> list[Row]:
        """Rows whose column holds one of the ids; one id has a statement of its own, any number of others share one."""
        one = len(ids) == 1

        def make() -> sa.Select[Any]:
            columns: list[Any] = [slot.wanted for slot in self.slots]
            select = sa.select(*columns, *([self._last_hash] if lock else []))
            select = select.where(column == sa.bindparam("ids", type_=column.type) if one else self.among(column))
            select = (select.where(self.table.live) if live else select).order_by(self.table.id)
            return select.with_for_update() if lock else select

        prepared = self._prepared(connection, f"{name}{' one' if one else ''}", make)
        given = ids[0] if one else self.several(ids)
        return prepared.run(connection, {"ids": given})

    def among(self, column: Column) -> sa.ColumnElement[bool]:
        """That a column holds one of the ids of the parameter `ids`."""
        if self.engine == "sqlite":
            members = sa.func.json_each(sa.bindparam("ids", type_=sa.Text())).table_valued("value")
            return column.in_(sa.select(members.c.value))
        many = ARRAY(sa.Uuid(as_uuid=False))
        return column == sa.func.any(sa.cast(sa.bindparam("ids", type_=many), many))

    def several(self, ids: list[str]) -> Any:
        """Ids as the parameter `ids`."""
        return ids if self.engine == "postgresql" else orjson.dumps(ids).decode()

    @property
    def _last_hash(self) -> sa.ColumnElement[Any]:
        history, table = system.history.c, self.table.table.c
        return (
            sa.select(history.hash)
            .where(history.entity == sa.literal(self.table.stable_name))
            .where(history.record == table.id, history.version == table.version)
            .scalar_subquery()
        )

    def deleted_with(self, connection: sa.Connection, deletion: str, reference: str, parent: str) -> list[Record]:
        """The records that one deletion put into the recycle bin and whose reference names a parent."""
        columns = (slot.wanted for slot in self.slots)
        own = self.table.table.c
        statement = sa.select(*columns).where(own.deletion == deletion, self.table.columns[reference].tie == parent)
        return [self.record(row) for row in connection.execute(statement)]

    def find(
        self, connection: sa.Connection, names: Sequence[str], keys: Sequence[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], str]:
        """The ids of live records by the values of some fields; keys with an empty part find nothing."""
        wanted = {key: self.comparable(names, key) for key in keys if all(part is not None for part in key)}
        if not wanted:
            return {}
        columns = [self._compared(name) for name in names]
        statement = sa.select(self.table.id, *columns).where(self.table.live)
        distinct = sorted(set(wanted.values()))
        if len(columns) == 1:
            statement = statement.where(columns[0].in_([key[0] for key in distinct]))
        else:
            statement = statement.where(sa.tuple_(*columns).in_(distinct))
        found = {tuple(row[1:]): str(row[0]) for row in connection.execute(statement)}
        found = {tuple(str(part) for part in key): id_ for key, id_ in found.items()}
        return {
            key: found[tuple(str(part) for part in same)]
            for key, same in wanted.items()
            if tuple(str(part) for part in same) in found
        }

    def comparable(self, names: Sequence[str], key: Sequence[Any]) -> tuple[Any, ...]:
        """The parts of a key as the database compares them."""
        return tuple(self._comparable(name, part) for name, part in zip(names, key, strict=True))

    def _comparable(self, name: str, part: Any) -> Any:
        convert = self._comparing.get(name)
        return convert(part) if part is not None and convert is not None else part

    @cached_property
    def _comparing(self) -> Mapping[str, Converter]:
        """For each field whose values are compared in another form, how they get into it."""
        found: dict[str, Converter] = {}
        for name, columns in self.table.columns.items():
            convert = _folded if columns.folded is not None else writer(columns.field.type, self.engine)
            if convert is not None:
                found[name] = convert
        return found

    def _compared(self, name: str) -> Column:
        columns = self.table.columns.get(name)
        if columns is None:
            return self.table.table.c[name]
        return columns.folded if columns.folded is not None else columns.value

    def record(self, row: Sequence[Any]) -> Record:
        """A row as a record; mappings of parts are put together."""
        record = {
            slot.key: value if value is None or slot.read is None else slot.read(value)
            for slot, value in zip(self.slots, row, strict=False)
        }
        if len(row) > len(self.slots):
            record[HASH] = row[-1]
        for name, parts in self.composites.items():
            value = {part: record.pop(f"{name}__{part}") for part in parts}
            record[name] = value if any(item is not None for item in value.values()) else None
        return record

    def row(self, record: Mapping[str, Any]) -> Record:
        """A record as the values of its columns, sort keys and folded keys included."""
        values: Record = {}
        for column, key, name, part, write in self._outward:
            if part:
                whole = record.get(name)
                value = whole.get(part) if whole else None
            else:
                value = record.get(key)
            values[column] = value if value is None or write is None else write(value)
        for name, columns in self._deriving:
            values |= _derived(columns, record.get(name))
        return values

    @cached_property
    def _outward(self) -> tuple[tuple[str, str, str, str, Converter | None], ...]:
        """For each column its name, the key of its value, and field and part where it is one of several."""
        found = []
        for slot in self.slots:
            name, _, part = slot.key.partition("__")
            found.append((slot.column.name, slot.key, name, part if name in self.composites else "", slot.write))
        return tuple(found)

    @cached_property
    def _deriving(self) -> tuple[tuple[str, FieldColumns], ...]:
        """The fields that have a sort key or a folded key beside their value."""
        return tuple(
            (name, columns)
            for name, columns in self.table.columns.items()
            if columns.sort is not None or columns.folded is not None
        )

    def insert(self, connection: sa.Connection, records: Sequence[Mapping[str, Any]]) -> None:
        """Add records in one statement."""
        self.adding(connection, records).run(connection)

    def adding(self, connection: sa.Connection, records: Sequence[Mapping[str, Any]]) -> Write:
        """The statement that adds records; the connection says for which database."""
        insert = self._writing(connection, "insert", lambda: sa.insert(self.table.table))
        return Write(insert, [self.row(record) for record in records])

    def _update(self) -> sa.Update:
        table = self.table.table
        apart = {"id", *(self.table.columns[name].value.name for name in self.soon)}
        columns = {
            column.name: sa.bindparam(column.name, type_=column.type) for column in table.c if column.name not in apart
        }
        return sa.update(table).where(table.c.id == sa.bindparam("id_", type_=table.c.id.type)).values(columns)

    def changing(self, connection: sa.Connection, records: Sequence[Mapping[str, Any]]) -> Write:
        """The statement that writes records which were selected with a lock."""
        update = self._writing(connection, "update", self._update)
        return Write(update, [{"id_": record["id"], **self.row(record)} for record in records])


def _called(names: Mapping[str, str], value: str) -> str:
    # What is away, with a table that is kept aside, goes by that.
    return names.get(value, value)


def _folded(value: Any) -> str:
    return fold(str(value))


def _derived(columns: FieldColumns, value: Any) -> Record:
    found: Record = {}
    if columns.sort is not None:
        found[columns.sort.name] = None if value is None else sort_key(_as_text(columns.field, value))
    if columns.folded is not None:
        found[columns.folded.name] = None if value is None else fold(str(value))
    return found


def _as_text(field: Field, value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values() if part)
    return str(value)


def shelf_of(release: Release, entity: str) -> Shelf:
    """The shelf of an entity, made once per release."""
    return release.cached(("shelf", entity), lambda: Shelf(release.tables[entity], release.tables.engine))
