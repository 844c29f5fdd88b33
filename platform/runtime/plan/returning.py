"""What was kept aside and comes back: fields and entities that a release has again, counted on the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.plan import refusals
from kith.runtime.plan.changes import AddEntity, AddField
from kith.runtime.plan.empties import choice_column, empties
from kith.runtime.schema.names import Names
from kith.runtime.schema.storage import is_link, is_stored
from kith.runtime.schema.tables import EntityTable, Tables


def returning_bases(before: Names, table: str) -> set[str]:
    """The base names of what is kept aside in a table, or with it."""
    names = next((names for names in before.entities.values() if names.table == table), None)
    if names is not None:
        return set(names.kept)
    return set(before.kept[table].names.kept) if table in before.kept else set()


@dataclass
class Returning:
    """Asks the tables of the candidate about what the release before has kept aside."""

    connection: sa.Connection
    before: Names
    after: Tables
    lenient: bool = False
    """Whether records may lack values of required fields: those of an older release did not, and later ones cannot tell."""
    _columns: dict[str, set[str]] = field(default_factory=dict)

    def is_back(self, new: Field) -> bool:
        """Whether a field takes back what was kept aside, and that is still there."""
        table = self.after[new.entity]
        base = self.after.names.entities[new.entity].columns[new.name]
        return is_stored(new) and base in returning_bases(self.before, table.stable_name) and self._is_there(table, new)

    def field(self, change: AddField, new: Field) -> AddField | None:
        """The addition of a field with the values that come back, or None where none were kept."""
        if new.is_computed or not self.is_back(new):
            return None
        table = self.after[change.entity]
        empty = empties(table, new.name)
        change = replace(change, returning=self._count(table, ~empty))
        unknown = self._unknown(table, new)
        if unknown:
            return replace(change, effect="refused", refusal=refusals.unknown_options(new.name, unknown))
        lacking = self._count(table, empty) if new.required else 0
        if not lacking or (self.lenient and not has_default(new)):
            return change
        if has_default(new):
            return replace(change, effect="backfill", rows=lacking)
        return replace(change, effect="refused", refusal=refusals.needs_default(lacking))

    def entity(self, change: AddEntity) -> AddEntity:
        """The addition of an entity with the records that come back."""
        table = self.after[change.entity]
        if table.stable_name not in self.before.kept or not self._names_of(table.stable_name):
            return change
        rows = self._count(table, sa.true())
        if not rows:
            return change
        refusal = next(self._refusals(table, rows), None)
        return replace(change, returning=rows, effect="refused" if refusal else "backfill", refusal=refusal)

    def _refusals(self, table: EntityTable, rows: int) -> Iterator[Any]:
        for new in table.entity.fields.values():
            if not is_stored(new) or new.is_computed:
                continue
            there = self.is_back(new)
            unknown = self._unknown(table, new) if there else 0
            if unknown:
                yield refusals.unknown_options(new.name, unknown)
            if new.required and not has_default(new) and not self.lenient:
                lacking = self._count(table, empties(table, new.name)) if there else rows
                if lacking:
                    yield refusals.lacks_default(new.name, lacking)

    def _unknown(self, table: EntityTable, new: Field) -> int:
        if not new.options:
            return 0
        column = choice_column(table, new.name)
        held = column.is_not(None) & column.not_in(list(new.options))
        counted = sa.distinct(column.table.c.record) if is_link(new) else sa.text("*")
        return int(self.connection.scalar(sa.select(sa.func.count(counted)).select_from(column.table).where(held)) or 0)

    def _count(self, table: EntityTable, condition: sa.ColumnElement[bool]) -> int:
        statement = sa.select(sa.func.count()).select_from(table.table).where(condition)
        return int(self.connection.scalar(statement) or 0)

    def _is_there(self, table: EntityTable, new: Field) -> bool:
        if is_link(new):
            return bool(self._names_of(table.links[new.name].table.name))
        parts = table.columns[new.name].parts.values()
        return {column.name for column in parts} <= self._names_of(table.stable_name)

    def _names_of(self, table: str) -> set[str]:
        """The columns that a table really has; none where somebody has dropped it."""
        if table not in self._columns:
            inspector = sa.inspect(self.connection)
            found = inspector.get_columns(table) if inspector.has_table(table) else []
            self._columns[table] = {column["name"] for column in found}
        return self._columns[table]


def has_default(new: Field) -> bool:
    """Whether records that have no value can be given one."""
    return new.default is not None or new.default_from is not None


def is_given(new: Field) -> bool:
    """Whether every record is given a value of a field that is new."""
    return new.is_computed or new.type_name == "autonumber" or (new.required and has_default(new))
