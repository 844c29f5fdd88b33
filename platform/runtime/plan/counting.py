"""Changes meet the data: how many records each touches, and which the data forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.problems import Words
from kith.runtime.plan import refusals
from kith.runtime.plan.changes import (
    AddField,
    AddIndex,
    AddKey,
    Change,
    ChangeFormula,
    ChangeSearch,
    RemoveOption,
    RenameOption,
    RequireField,
)
from kith.runtime.plan.pairs import Pairs
from kith.runtime.schema.sortkeys import fold
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import Column, EntityTable, Tables

SLOW_ROWS = 200_000
"""From so many records on, an index on SQLite keeps writers waiting for noticeable time."""


@dataclass
class Counting:
    """Asks the tables of the release before."""

    connection: sa.Connection
    pairs: Pairs
    tables: Tables
    _rows: dict[str, int] = field(default_factory=dict)

    def counted(self, change: Change) -> Change:
        """The change with what the data says about it."""
        match change:
            case AddField():
                return self._add_field(change)
            case RequireField():
                return self._require_field(change)
            case ChangeFormula():
                stored = is_stored(self._field(change))
                return _filled(change, self._all(change.entity)) if stored else change
            case ChangeSearch():
                return _filled(change, self._all(change.entity))
            case RenameOption():
                return _filled(change, self._held(change.entity, change.field, change.old))
            case RemoveOption():
                held = self._held(change.entity, change.field, change.option)
                return _refused(change, held, refusals.held_option)
            case AddKey():
                return _refused(self._index(change), self._doubles(change), refusals.doubles)
            case AddIndex():
                return self._index(change)
            case _:
                return change

    def _add_field(self, change: AddField) -> Change:
        new = self._field(change)
        if not is_stored(new):
            return change
        if new.is_computed or new.type_name == "autonumber" or (new.required and _has_default(new)):
            return _filled(change, self._all(change.entity))
        return _refused(change, self._all(change.entity) if new.required else 0, refusals.needs_default)

    def _require_field(self, change: RequireField) -> Change:
        table = self._table(change.entity)
        empty = empties(table, self.pairs.former_field(change.entity, change.field).name)
        rows = self._count(sa.select(sa.func.count()).select_from(table.table).where(empty))
        if _has_default(self._field(change)):
            return _filled(change, rows)
        return _refused(change, rows, refusals.needs_default)

    def _index(self, change: AddIndex | AddKey) -> Change:
        rows = self._all(change.entity)
        slow = self.tables.engine == "sqlite" and rows > SLOW_ROWS
        return replace(change, effect="slow", rows=rows) if slow else change

    def _table(self, entity: str) -> EntityTable:
        return self.tables[self.pairs.former(entity).name]

    def _field(self, change: AddField | RequireField | ChangeFormula) -> Field:
        return self.pairs.after.entities[change.entity].fields[change.field]

    def _all(self, entity: str) -> int:
        """All records of an entity, those in the recycle bin too."""
        if entity not in self._rows:
            self._rows[entity] = self._count(sa.select(sa.func.count()).select_from(self._table(entity).table))
        return self._rows[entity]

    def _count(self, statement: sa.Select[Any]) -> int:
        return int(self.connection.scalar(statement) or 0)

    def _held(self, entity: str, name: str, option: str) -> int:
        column = choice_column(self._table(entity), self.pairs.former_field(entity, name).name)
        return self._count(sa.select(sa.func.count()).select_from(column.table).where(column == option))

    def _doubles(self, change: AddKey) -> int:
        """How many values more than one live record would hold."""
        table = self._table(change.entity)
        entity = self.pairs.after.entities[change.entity]
        columns: list[Column] = []
        folded: list[bool] = []
        for new in (entity.fields[name] for name in change.over):
            old = self.pairs.field(new)
            if old is not None and old.name in table.columns:
                columns.append(table.columns[old.name].value)
                folded.append(new.unique == "folded")
            elif not (new.required and new.default is not None):
                # Nothing stands in it yet, and what is empty is not compared.
                return 0
        if not columns:
            live = self._count(sa.select(sa.func.count()).select_from(table.table).where(table.live))
            return 1 if live > 1 else 0
        return self._double_groups(table, columns, folded)

    def _double_groups(self, table: EntityTable, columns: list[Column], folded: list[bool]) -> int:
        filled = [column.is_not(None) for column in columns]
        if any(folded):
            rows = self.connection.execute(sa.select(*columns).where(table.live, *filled))
            values = Counter(hash(tuple(map(_compared, row, folded))) for row in rows)
            return sum(1 for count in values.values() if count > 1)
        groups = sa.select(sa.literal(1)).where(table.live, *filled).group_by(*columns).having(sa.func.count() > 1)
        return self._count(sa.select(sa.func.count()).select_from(groups.subquery()))


def _filled(change: Change, rows: int) -> Change:
    return replace(change, effect="backfill", rows=rows) if rows else replace(change, effect="safe")


def _refused(change: Change, rows: int, why: Callable[[int], Words]) -> Change:
    return replace(change, effect="refused", refusal=why(rows)) if rows else change


def _has_default(new: Field) -> bool:
    return new.default is not None or new.default_from is not None


def _compared(value: Any, folded: bool) -> Any:
    return fold(value) if folded else value


def empties(table: EntityTable, name: str) -> sa.ColumnElement[bool]:
    """The condition that a record has no value in a field."""
    if name in table.links:
        link = table.links[name]
        return ~sa.exists().where(link.record == table.id)
    return sa.and_(*(column.is_(None) for column in table.columns[name].parts.values()))


def choice_column(table: EntityTable, name: str) -> Column:
    """Where a choice's or a set's options stand."""
    return table.links[name].value if name in table.links else table.columns[name].value
