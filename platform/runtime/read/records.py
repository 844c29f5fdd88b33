"""One record, or the owned lines of one, with what the reader may do with it: nearly always one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.rules.types import DATETIME, ref
from kith.runtime.context import Context
from kith.runtime.read.cells import DELETED_AT, TITLE, Cell, Columns, converted, want_columns, want_flag
from kith.runtime.read.cursors import ID
from kith.runtime.read.linked import fill_links
from kith.runtime.read.messages import no_entity, no_field
from kith.runtime.read.prepared import Prepared, Row, fetch, prepare
from kith.runtime.read.query import Masked, RecordView
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.rows import Values, values_of
from kith.runtime.read.statement import Statement, statement_about
from kith.runtime.release import Release
from kith.runtime.rights import Condition

Flag = Callable[[Row], bool]
Flags = tuple[tuple[Flag, frozenset[str]], ...]
"""What is told where a flag holds; each flag stands there once."""
ACTIONS = ("update", "delete", "transfer", "export")
"""Rights that are told of a live record; of a deleted one only `restore` is, which needs the right to delete."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The statement of a record, and how its tuple is read."""

    entity: str
    prepared: Prepared
    fields: tuple[str, ...]
    columns: Columns
    row: Values
    computed: int
    can: Flags
    writable: Flags
    maskable: tuple[str, ...]
    """The fields of which some values may be masked."""
    as_of: Mapping[str, Cell]
    """When the copies of other records' values were taken."""

    def view(self, raw: Row, row: tuple[Any, ...]) -> RecordView:
        """A record of its tuple and its cells: id, version, title, when it was deleted, and the fields."""
        id_, version, title, deleted, *cells = row
        values = dict(zip(self.fields, cells, strict=True))
        can = held(self.can, raw)
        if deleted is not None:
            can = frozenset({"restore"}) if "delete" in can else frozenset()
        writable = held(self.writable, raw) if "update" in can else frozenset()
        masked = frozenset(name for name in self.maskable if isinstance(values[name], Masked))
        return RecordView(
            entity=self.entity,
            id=id_,
            version=version,
            computed=raw[self.computed],
            title=title,
            values=values,
            masked=masked,
            deleted=deleted is not None,
            can=can,
            writable=writable,
            as_of={name: at for name, cell in self.as_of.items() if (at := cell(raw)) is not None},
        )


def held(flags: Flags, raw: Row) -> frozenset[str]:
    """What the flags tell of a record."""
    found = [names for flag, names in flags if flag(raw)]
    return found[0] if len(found) == 1 else frozenset().union(*found)


def get_record(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, *, deleted: bool = False
) -> RecordView | None:
    """A record, with `deleted` also one in the recycle bin; None where there is none that the actor may see."""
    reader = reader_of(context, release)
    if not reader.may_read(entity):
        raise no_entity(context, entity)
    if not ID.fullmatch(id_):
        return None
    key = ("record", reader.key, entity, context.language, deleted)
    plan = release.cached(key, lambda: _of_id(connection, context, reader, entity, deleted))
    found = _fetch(connection, context, reader, plan, {"id": id_})
    return found[0] if found else None


def lines(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    id_: str,
    relation: str,
    *,
    deleted: bool = False,
) -> list[RecordView]:
    """The owned lines of a record in the order of their positions, else of their making.

    With `deleted`, those that went into the recycle bin with it.
    """
    reader = reader_of(context, release)
    if not reader.may_read(entity):
        raise no_entity(context, entity)
    inverse = reader.entity(entity).inverses.get(relation)
    if inverse is None or not inverse.owned or not reader.may_read(inverse.entity):
        raise no_field(context, relation)
    key = ("lines", reader.key, entity, relation, context.language, deleted)
    plan = release.cached(key, lambda: _of_parent(connection, context, reader, inverse.entity, inverse.field, deleted))
    return _fetch(connection, context, reader, plan, {"parent": id_}) if ID.fullmatch(id_) else []


def _fetch(
    connection: sa.Connection, context: Context, reader: Reader, plan: Plan, given: Mapping[str, Any]
) -> list[RecordView]:
    found = fetch(connection, context, reader.release, plan.prepared, given)
    rows = fill_links(connection, context, reader, plan.columns, plan.row, found)
    return [plan.view(raw, row) for raw, row in zip(found, rows, strict=True)]


def _of_id(connection: sa.Connection, context: Context, reader: Reader, entity: str, deleted: bool) -> Plan:
    statement = statement_about(reader, entity)
    if deleted:
        statement.limit_to(reader.allowed(statement.tables, statement.this))
    else:
        statement.only()
    source = statement.this.source
    statement.limit_to(source.c.id == statement.tables.dialect.parameter("id", ref(entity)))
    return _plan(connection, context, statement, statement.select)


def _of_parent(
    connection: sa.Connection, context: Context, reader: Reader, entity: str, reference: str, deleted: bool
) -> Plan:
    statement = statement_about(reader, entity)
    statement.only(deleted=deleted)
    table = reader.release.tables[entity]
    parent = statement.tables.dialect.parameter("parent", ref(""))
    statement.limit_to(statement.this.source.c[table.columns[reference].value.name] == parent)
    if deleted:
        statement.gone_with(parent, reader.entity(entity).fields[reference].to)
    position = table.columns.get("position")
    order = [*([position.value.asc().nulls_last()] if position is not None else []), table.id.asc()]
    return _plan(connection, context, statement, lambda: statement.select().order_by(*order))


def _plan(
    connection: sa.Connection, context: Context, statement: Statement, select: Callable[[], sa.Select[Any]]
) -> Plan:
    entity = statement.this.entity
    reader = statement.reader
    fields = tuple(
        name
        for name in reader.entity(entity).fields
        if not (reader.access(entity, name).read.never and reader.access(entity, name).mask.never)
    )
    own = ("created_at", "created_by", "updated_at", "updated_by")
    wanted = (*fields, *(name for name in own if name not in fields))
    columns = want_columns(statement, (TITLE, DELETED_AT, *wanted), context, single=True)
    computed = statement.want(statement.this.source.c.computed)
    flags = _Flags(statement)
    rights = reader.rights[entity]
    can = [(name, flags.of(rights.right(name))) for name in ACTIONS]
    named = sorted({name for grant in rights.grants for name in grant.actions})
    can += [(name, flags.of(rights.named(name))) for name in named]
    writable = [(name, flags.of(rights.writing(name, "update"))) for name in _inputs(statement)]
    as_of = _copied(statement, fields)
    return Plan(
        entity=entity,
        prepared=prepare(connection, select()),
        fields=wanted,
        columns=columns,
        row=values_of(columns),
        computed=computed,
        can=_by_flag(can),
        writable=_by_flag(writable),
        as_of=as_of,
        maskable=tuple(name for name in fields if not reader.access(entity, name).mask.never),
    )


def _copied(statement: Statement, fields: Sequence[str]) -> dict[str, Cell]:
    """When each copy was taken, where the reader may read it."""
    rows, table = statement.this, statement.reader.release.tables[statement.this.entity]
    found: dict[str, Cell] = {}
    for name in fields:
        column = table.columns[name].as_of if name in table.columns else None
        if column is not None:
            readable = statement.tables.where_readable(rows, name, rows.source.c[column.name])
            found[name] = converted(statement, readable, DATETIME)
    return found


def _by_flag(flags: Sequence[tuple[str, Flag]]) -> Flags:
    names: dict[Flag, set[str]] = {}
    for name, flag in flags:
        names.setdefault(flag, set()).add(name)
    return tuple((flag, frozenset(some)) for flag, some in names.items())


def _inputs(statement: Statement) -> list[str]:
    """The fields that somebody may write."""
    fields = statement.reader.entity(statement.this.entity).fields.values()
    return [field.name for field in fields if not field.is_computed and field.type_name != "autonumber"]


def _never(row: Row) -> bool:
    return False


class _Flags:
    """Conditions of the rights as columns, each once."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.known: dict[object, Flag] = {}

    def of(self, condition: Condition) -> Flag:
        """Whether a condition holds; of a line, whether its parent may be updated too."""
        if condition.never:
            return _never
        key = "always" if condition.always else tuple(map(id, condition.scopes))
        if key not in self.known:
            statement = self.statement
            clause = statement.reader.restricted(statement.tables, statement.this, condition, "update")
            self.known[key] = want_flag(statement, clause)
        return self.known[key]
