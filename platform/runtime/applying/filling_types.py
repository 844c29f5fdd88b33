"""Filling the columns of a field that changes its type from those it had."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kith.rules.sql.values import to_database
from kith.rules.types import DATETIME
from kith.runtime.context import Context
from kith.runtime.converting.conversions import Conversion
from kith.runtime.plan.lineage import Past
from kith.runtime.plan.measuring import Looking, is_untouched
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.places import Place, locked, next_ids
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.retyped import Retyping
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.pairing import Pairing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FillConverted:
    """The values of one field, converted; those that were kept aside and nobody has changed since stay as they were.

    With `since` only records saved from then on are looked at, and of those none whose new field somebody has set: they are
    what processes on the release before have written meanwhile.
    """

    source: Place
    target: Place
    column: str
    conversion: Conversion
    back: Conversion | None
    looking: Callable[[sa.Connection], Looking]
    number: int
    since: datetime | None = None

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"FillConverted {self.target.table.stable_name}.{self.column}"

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The next records with a value to convert."""
        return next_ids(connection, self.source.table, after, self._wanted(), size)

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Convert those of some records."""
        ids = locked(connection, self.source.table, ids, self._wanted())
        looking = self.looking(connection)
        todo = sorted(set(ids) - self._set_since(connection, ids)) if self.since else ids
        self._write(connection, self._changes(looking, todo))

    def _write(self, connection: sa.Connection, changes: dict[str, Any]) -> None:
        if self.since is None:
            self.target.write(connection, changes)
            return
        # Values that differed under the release before may be one and the same now, and the key is there already.
        for id_, value in changes.items():
            try:
                with connection.begin_nested():
                    self.target.write(connection, {id_: value})
            except IntegrityError:
                log.warning("%s %s: the value that was saved last is one that another record has", self.key, id_)

    def _wanted(self) -> sa.ColumnElement[bool]:
        if self.since is not None:
            saved = self.source.table.table.c.updated_at
            later: sa.ColumnElement[bool] = saved >= to_database(self.since, DATETIME, self.source.engine)
            return later
        return sa.true() if self.back is not None else self.source.filled

    def _changes(self, looking: Looking, ids: Sequence[str]) -> dict[str, Any]:
        present = self.source.read(looking.connection, ids)
        there = self.target.read(looking.connection, ids)
        convert = looking.prepared(self.conversion, present.values())
        back = looking.prepared(self.back, there.values()) if self.back is not None else None
        nothing = self.conversion.setting.empty
        made = {
            id_: convert(present.get(id_)).value
            for id_ in sorted(set(ids) - self.source.settled(looking.connection, ids, there))
            if id_ not in there or not is_untouched(back, there[id_], present.get(id_))
        }
        return {id_: value for id_, value in made.items() if value != there.get(id_, nothing)}

    def _set_since(self, connection: sa.Connection, ids: Sequence[str]) -> set[str]:
        """The records whose field somebody has set under the new release."""
        history = system.history.c
        rows = connection.execute(
            sa.select(history.record, history["values"]).where(
                history.entity == self.source.table.stable_name,
                history.record.in_(ids),
                history.release >= self.number,
            )
        )
        return {str(record) for record, values in rows if self.column in (values or {})}


def fills_of_types(
    before: Release, release: Release, pairing: Pairing, past: Past, context: Context, since: datetime | None
) -> Iterator[FillConverted]:
    """What fills the columns of fields that change their types between two releases."""
    pairs = Pairs(before.model, release.model, before.names, release.names, pairing)
    retyping = Retyping(pairs, before, release.tables, past, context)
    # By the names, not the changes: one that goes on with an apply keeps to the names that this began with.
    for field in pairs.moving():
        one = retyping.of(field)
        if one.source is None or one.target is None or not isinstance(one.way, Conversion):
            continue
        yield FillConverted(
            source=one.source,
            target=one.target,
            column=release.names.entities[one.new.entity].columns[one.new.name],
            conversion=one.way,
            back=one.back,
            looking=retyping.looking,
            number=release.number,
            since=since,
        )


def types_changed(plan: Plan) -> set[tuple[str, str]]:
    """The fields whose values are others than before, because they change their types."""
    return {(change.entity, change.field) for change in plan.changes if isinstance(change, ChangeType) and change.rows}
