"""A record as of a moment: what people and rules had entered by then, under that day's release and today's rights.

Formulas and roll-ups are in no history and are left out. A value is what the next change found there; where there was none,
what stands there now: so what a release filled in or converted meanwhile is right as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.runtime.context import Context
from kith.runtime.explaining.asking import release_then
from kith.runtime.past.moments import release_at
from kith.runtime.past.reading import States, readable
from kith.runtime.past.rows import Row, rows_of
from kith.runtime.read.cursors import ID
from kith.runtime.read.histories import Link, restored
from kith.runtime.read.labels import labels_of
from kith.runtime.read.masking import mask
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release
from kith.runtime.schema.pairing import went_on
from kith.runtime.write.change import Cause
from kith.runtime.write.session import Session, Values
from kith.runtime.write.storing import as_json

Labels = Mapping[tuple[str, str], Reference]


@dataclass(frozen=True, slots=True)
class Then:
    """A field as it was: `name` is what it is called today, "" where it is gone; `field` is its declaration of that day.

    `raw` is the value as the history has it, `value` as the reader may see it, `now` the same of what stands there today.
    """

    name: str
    field: Field
    raw: Any
    value: Any
    now: Any
    erased: bool = False

    @property
    def differs(self) -> bool:
        """Whether it is another value today, as far as the reader can tell."""
        return not self.erased and self.value != self.now


@dataclass(frozen=True, slots=True)
class PastRecord:
    """A record as of `at`: `version` 0 says that it was not there yet, `made_at` when it was made."""

    entity: str
    id: str
    at: datetime
    version: int
    deleted: bool
    made_at: datetime
    release: int
    """The release in force then."""
    fields: tuple[Then, ...] = ()
    lines: Mapping[str, tuple[PastRecord, ...]] = field(default_factory=dict)
    """All that have been owned lines of it, by today's name of the relation; see `is_there`."""
    entity_then: Entity | None = None
    deleted_now: bool = False
    version_now: int = 0

    @property
    def is_there(self) -> bool:
        """Whether it was there then, and not in the recycle bin."""
        return bool(self.version) and not self.deleted


def record_as_of(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, at: datetime
) -> PastRecord | None:
    """A record as it was; None where there is none that the reader may see now."""
    number = release_at(connection, at)
    then = (release_then(connection, release, number) if number else None) or release
    looking = _Looking(connection, context, release, then, number, at)
    found = looking.records(entity, [id_]) if ID.fullmatch(id_) else {}
    return looking.with_lines(found[id_]) if id_ in found else None


@dataclass(frozen=True)
class _Looking:
    connection: sa.Connection
    context: Context
    release: Release
    then: Release
    number: int
    at: datetime

    @property
    def reader(self) -> Reader:
        """Who looks."""
        return reader_of(self.context, self.release)

    def records(self, entity: str, ids: Sequence[str]) -> dict[str, PastRecord]:
        """Those of some records that the reader may see, as they were."""
        states = readable(self.connection, self.context, self.release, entity, ids)
        rows = rows_of(self.connection, self.release.tables[entity].stable_name, states)
        session = Session(self.connection, self.context, self.release, Cause("system"))
        session.load_many(entity, states)
        now = session.records.get(entity, {})
        found = {id_: self._fields(entity, rows[id_], states[id_], now[id_]) for id_ in states if rows[id_]}
        links = {
            link
            for thens in found.values()
            for one in thens
            for value in (one.value, one.now)
            for link in _links(value)
        }
        labels = self._labels(links)
        return {
            id_: self._record(entity, id_, rows[id_], [_labelled(one, labels) for one in thens], now[id_])
            for id_, thens in found.items()
        }

    def with_lines(self, record: PastRecord) -> PastRecord:
        """The record with all its owned lines, those that came later or had gone by then too."""
        lines: dict[str, tuple[PastRecord, ...]] = {}
        for inverse in self.release.model.entities[record.entity].inverses.values():
            if not inverse.owned or not self.reader.may_read(inverse.entity):
                continue
            table = self.release.tables[inverse.entity]
            mine = sa.select(table.id).where(table.columns[inverse.field].value == record.id).order_by(table.id)
            ids = [str(id_) for id_ in self.connection.scalars(mine)]
            there = self.records(inverse.entity, ids)
            lines[inverse.name] = tuple(self.with_lines(there[id_]) for id_ in ids if id_ in there)
        return replace(record, lines=lines)

    def _record(self, entity: str, id_: str, rows: Sequence[Row], fields: Sequence[Then], now: Values) -> PastRecord:
        before = [row for row in rows if row.at <= self.at]
        cycle = next((row.op for row in reversed(before) if row.is_cycle), "")
        return PastRecord(
            entity=entity,
            id=id_,
            at=self.at,
            version=before[-1].version if before else 0,
            deleted=cycle == "delete",
            made_at=rows[0].at,
            release=self.number,
            fields=tuple(fields) if before else (),
            entity_then=self.then.model.entities.get(self._entity_then(entity)),
            deleted_now=now["deleted_at"] is not None,
            version_now=now["version"],
        )

    def _entity_then(self, entity: str) -> str:
        return self.release.names.called_in(self.then.names).get(entity, "")

    def _fields(self, entity: str, rows: Sequence[Row], states: States, now: Values) -> list[Then]:
        """The input fields of that day which the reader may see, in the order of that day."""
        named = self._entity_then(entity)
        names_then, names_now = self.then.names.entities.get(named), self.release.names.entities[entity]
        if names_then is None:
            return []
        today = went_on(names_now) | {column: name for name, column in names_now.columns.items()}
        present = set(names_now.columns.values())
        wide = bool(self.reader.rights[entity].wide)
        found: list[Then] = []
        for declared in self.then.model.entities[named].fields.values():
            column = names_then.columns[declared.name]
            name = today.get(column, "")
            state = (
                states.get(name, "") if name in self.release.model.entities[entity].fields else "read" if wide else ""
            )
            if declared.is_computed or not state:
                continue
            current = as_json(now[name]) if column in present else None
            raw, erased = _held(rows, self.at, column, current, known=column in present)
            shown, shown_now = (self._shown(value, declared, state) for value in (raw, current))
            found.append(Then(name, declared, raw, shown, shown_now if column in present else None, erased))
        return found

    def _shown(self, raw: Any, declared: Field, state: str) -> Any:
        value = restored(raw, declared.type)
        return mask(value, declared.type_name) if state == "mask" and value is not None else value

    def _labels(self, links: Iterable[Link]) -> Labels:
        """The labels of what is referred to, one statement for each entity; entities by their names of that day."""
        called = self.then.names.called_in(self.release.names)
        wanted: dict[str, set[str]] = {}
        for link in links:
            wanted.setdefault(link.entity, set()).add(link.id)
        found: dict[tuple[str, str], Reference] = {}
        for entity, ids in wanted.items():
            today = called.get(entity, "") or self.release.model.entity_called(entity)
            known = labels_of(self.connection, self.context, self.reader, today, ids) if today else {}
            found |= {(entity, id_): replace(known.get(id_) or Reference(id_, "", False), entity=today) for id_ in ids}
        return found


def _held(rows: Sequence[Row], at: datetime, column: str, current: Any, *, known: bool) -> tuple[Any, bool]:
    """What a column held at a moment, and whether that has been erased; `current` is what it holds now, where that is `known`."""
    cut = next((index for index, row in enumerate(rows) if row.at > at), len(rows))
    last = next((row for row in reversed(rows[:cut]) if column in row.touched), None)
    following = next((row for row in rows[cut:] if column in row.touched), None)
    was, became = _entry(last, column), _entry(following, column)
    if became is not None:
        return became.get("old"), False
    if following is not None or (last is not None and was is None):
        return (was.get("new"), False) if was is not None else (None, True)
    return current if known or was is None else was.get("new"), False


def _entry(row: Row | None, column: str) -> Mapping[str, Any] | None:
    return (row.values or {}).get(column) if row is not None else None


def _links(value: Any) -> Iterator[Link]:
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, Link):
            yield one


def _labelled(then: Then, labels: Labels) -> Then:
    value, now = (_with_labels(one, labels) for one in (then.value, then.now))
    return Then(then.name, then.field, then.raw, value, now, then.erased)


def _with_labels(value: Any, labels: Labels) -> Any:
    if isinstance(value, tuple):
        return tuple(_with_labels(one, labels) for one in value)
    if not isinstance(value, Link):
        return value
    found = labels[value.entity, value.id]
    return found if value.any_entity else replace(found, entity="")
