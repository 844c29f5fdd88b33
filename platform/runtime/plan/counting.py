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
    AddEntity,
    AddField,
    AddIndex,
    AddKey,
    Change,
    ChangeField,
    ChangeFormula,
    ChangeSearch,
    RemoveEntity,
    RemoveField,
    RemoveOption,
    RenameOption,
    RequireField,
)
from kith.runtime.plan.empties import choice_column, empties
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.returning import Returning, has_default, is_given
from kith.runtime.plan.taking import time_of
from kith.runtime.schema.sortkeys import fold
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import Column, EntityTable, Tables

SLOW_ROWS = 200_000
"""From so many records on, an index on SQLite keeps writers waiting for noticeable time."""


@dataclass
class Counting:
    """Asks the tables of the release before, and those of the candidate about what it takes back."""

    connection: sa.Connection
    pairs: Pairs
    tables: Tables
    returning: Returning
    _rows: dict[str, int] = field(default_factory=dict)

    def counted(self, change: Change) -> Change:
        """The change with what the data says about it."""
        match change:
            case AddEntity():
                return self.returning.entity(change)
            case AddField():
                return self._add_field(change)
            case RemoveEntity() | RemoveField():
                return _lost(change, self._leaving(change))
            case ChangeField() if "personal" in change.aspects:
                return replace(change, rows=self._holding(self.pairs.former_field(change.entity, change.field)))
            case RequireField():
                return self._require_field(change)
            case ChangeFormula() | ChangeSearch():
                stored = isinstance(change, ChangeSearch) or is_stored(self._field(change))
                return _filled(change, self.all_of(change.entity)) if stored else change
            case RenameOption() | RemoveOption():
                return self._option(change)
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
        back = self.returning.field(change, new)
        if back is not None:
            return back
        if is_given(new):
            return _filled(change, self.all_of(change.entity))
        return self._lacking(change, self.all_of(change.entity) if new.required else 0)

    def _require_field(self, change: RequireField) -> Change:
        table = self._table(change.entity)
        empty = empties(table, self.pairs.former_field(change.entity, change.field).name)
        rows = self._count(sa.select(sa.func.count()).select_from(table.table).where(empty))
        if has_default(self._field(change)):
            return _filled(change, rows)
        return self._lacking(change, rows)

    def _lacking(self, change: AddField | RequireField, rows: int) -> Change:
        """Records that would have no value; whoever goes back fills them when he next saves them."""
        back = self.pairs.pairing.is_back
        return replace(change, rows=rows) if back else _refused(change, rows, refusals.needs_default)

    def _leaving(self, change: RemoveEntity | RemoveField) -> int:
        """How many records leave, or have a value that somebody has entered."""
        if isinstance(change, RemoveEntity):
            return self._records(change.entity)
        return self._holding(self.pairs.former(change.entity).fields[change.field])

    def _holding(self, old: Field) -> int:
        """How many records have a value that somebody has entered."""
        if old.is_computed or not is_stored(old):
            return 0
        table = self.tables[old.entity]
        return self._count(sa.select(sa.func.count()).select_from(table.table).where(~empties(table, old.name)))

    def _option(self, change: RenameOption | RemoveOption) -> Change:
        if isinstance(change, RenameOption):
            return _filled(change, self._held(change.entity, change.field, change.old))
        return _refused(change, self._held(change.entity, change.field, change.option), refusals.held_option)

    def _index(self, change: AddIndex | AddKey) -> Change:
        rows = self.all_of(change.entity)
        slow = self.tables.engine == "sqlite" and rows > SLOW_ROWS
        if not slow:
            return change
        took = time_of(self.connection, self._table(change.entity).stable_name, rows)
        return replace(change, effect="slow", rows=rows, seconds=took)

    def _table(self, entity: str) -> EntityTable:
        return self.tables[self.pairs.former(entity).name]

    def _field(self, change: AddField | RequireField | ChangeFormula) -> Field:
        return self.pairs.after.entities[change.entity].fields[change.field]

    def all_of(self, entity: str) -> int:
        """All records of an entity, those in the recycle bin too."""
        if entity not in self._rows:
            self._rows[entity] = self._records(self.pairs.former(entity).name)
        return self._rows[entity]

    def _records(self, entity: str) -> int:
        return self._count(sa.select(sa.func.count()).select_from(self.tables[entity].table))

    def _count(self, statement: sa.Select[Any]) -> int:
        return int(self.connection.scalar(statement) or 0)

    def _held(self, entity: str, name: str, option: str) -> int:
        column = choice_column(self._table(entity), self.pairs.former_field(entity, name).name)
        return self._count(sa.select(sa.func.count()).select_from(column.table).where(column == option))

    def _doubles(self, change: AddKey) -> int:
        """How many values more than one live record would hold."""
        entity = self.pairs.after.entities[change.entity]
        fields = [entity.fields[name] for name in change.over]
        back = {new.name for new in fields if self.returning.is_back(new)}
        # What comes back is known by the names of the candidate only; where a table's columns are is the same in both.
        table = self.returning.after[change.entity] if back else self._table(change.entity)
        columns: list[Column] = []
        folded: list[bool] = []
        for new in fields:
            old = self.pairs.field(new)
            known = new.name if back and (old or new.name in back) else old.name if old else ""
            if known in table.columns:
                columns.append(table.columns[known].value)
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


def _lost(change: Change, rows: int) -> Change:
    return replace(change, effect="loses", rows=rows) if rows else change


def _refused(change: Change, rows: int, why: Callable[[int], Words]) -> Change:
    return replace(change, effect="refused", refusal=why(rows)) if rows else change


def _compared(value: Any, folded: bool) -> Any:
    return fold(value) if folded and isinstance(value, str) else value
