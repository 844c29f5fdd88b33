"""What an apply fills, told by names alone: whoever finishes it after its switch can do without its plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kith.metadata.analysis.copies import copies_of
from kith.metadata.model import Field, Model
from kith.runtime.applying.filling import Fill, FillCompanions, FillDefault, FillOption, Renew, RenewRecords
from kith.runtime.applying.filling_types import fills_of_types, types_changed
from kith.runtime.coerce import Reading, coerce
from kith.runtime.context import Context
from kith.runtime.plan.changes import (
    AddEntity,
    AddField,
    Change,
    ChangeFormula,
    ChangeSearch,
    RenameOption,
    RequireField,
)
from kith.runtime.plan.empties import choice_column
from kith.runtime.plan.lineage import Past
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.returning import is_given, returning_bases
from kith.runtime.plan.retyped import followers
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.release import Release
from kith.runtime.schema.names import Names
from kith.runtime.schema.pairing import BY_NAME, ByPlace, Pairing
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import Tables


@dataclass(frozen=True, slots=True)
class Needs:
    """What is filled between two releases; which columns convert into which follows from their names.

    `defaults` are fields whose default goes into records without a value, `renewals` what the write path computes anew,
    `options` the entity, field, old and new key of options that are renamed, `then` the names of the release that is gone
    back to.
    """

    defaults: tuple[tuple[str, str], ...] = ()
    renewals: Mapping[str, tuple[str, ...]] = made(default_factory=dict)
    options: tuple[tuple[str, str, str, str], ...] = ()
    then: Names | None = None

    @property
    def pairing(self) -> Pairing:
        """How the entities and fields of both releases are told to be the same."""
        return BY_NAME if self.then is None else ByPlace(self.then)

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "defaults": [list(one) for one in self.defaults],
            "renewals": {entity: list(fields) for entity, fields in self.renewals.items()},
            "options": [list(one) for one in self.options],
            "then": self.then.as_data() if self.then is not None else None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Needs:
        """What `as_data` gave."""
        return cls(
            tuple((entity, field) for entity, field in data["defaults"]),
            {entity: tuple(fields) for entity, fields in data["renewals"].items()},
            tuple((entity, field, old, new) for entity, field, old, new in data["options"]),
            Names.from_data(data["then"]) if data["then"] is not None else None,
        )


@dataclass(frozen=True)
class Filling:
    """The releases between which is filled, and what that takes; `past` is what is kept aside between their columns."""

    needs: Needs
    base: Release | None
    release: Release
    past: Past
    context: Context
    renew: Renew | None = None

    def fills(self) -> Iterator[Fill]:
        """Everything that records must have before the release is switched to."""
        yield from self._values(None)
        yield from self._renewals(None)

    def late(self, since: datetime) -> Iterator[Fill]:
        """The same once more, where processes on the release before may have saved since an instant."""
        for entity, field, old, new in self.needs.options:
            yield FillOption(choice_column(self.release.tables[entity], field), old, new)
        yield from self._values(since)
        yield from self._renewals(since)

    def defaults(self) -> Iterator[FillDefault]:
        """The defaults of fields, for records without a value."""
        reading = Reading(ZoneInfo(self.release.model.app.time_zone))
        for entity, name in self.needs.defaults:
            field, tables = self.release.model.entities[entity].fields[name], self.release.tables
            yield FillDefault(tables[entity], field, coerce(field, field.default, reading), tables.engine)

    def _values(self, since: datetime | None) -> Iterator[Fill]:
        if self.base is not None:
            yield from fills_of_types(self.base, self.release, self.needs.pairing, self.past, self.context, since)
        yield from self.defaults()
        if self.base is not None:
            yield from _companions(self.base.tables, self.release.tables)

    def _renewals(self, since: datetime | None) -> Iterator[Fill]:
        if self.renew is not None:
            for entity, fields in self.needs.renewals.items():
                yield RenewRecords(self.release.tables[entity], fields, self.release, self.renew, since)


def needs_of(plan: Plan) -> Needs:
    """What a plan wants filled."""
    wanted = (field for change in plan.changes for field in _wanted(change, plan.model))
    return Needs(
        tuple((one.entity, one.name) for one in wanted if one.default is not None and not one.is_computed),
        renewals(plan),
        tuple((one.entity, one.field, one.old, one.option) for one in plan.changes if isinstance(one, RenameOption)),
        plan.pairing.then if isinstance(plan.pairing, ByPlace) else None,
    )


def given_at_once(defaults: Iterable[FillDefault]) -> dict[tuple[str, str], object]:
    """The values of defaults by table and column: where the column is new, PostgreSQL need not go through the records."""
    return {
        (fill.table.stable_name, column): value
        for fill in defaults
        if fill.field.name not in fill.table.links
        for column, value in fill.columns().items()
    }


def _wanted(change: Change, model: Model) -> Iterator[Field]:
    """The fields of which a change wants values in records, those too that are saved between the plan and the switch."""
    if isinstance(change, AddField | RequireField | ChangeFormula):
        field = model.entities[change.entity].fields[change.field]
        if change.rows or (is_stored(field) and (is_given(field) or isinstance(change, ChangeFormula))):
            yield field
    elif isinstance(change, ChangeType):
        field = model.entities[change.entity].fields[change.field]
        if field.is_computed or field.currency_field or (field.required and change.measured.emptied):
            yield field
    elif isinstance(change, AddEntity) and change.returning:
        fields = model.entities[change.entity].fields.values()
        yield from (field for field in fields if is_stored(field) and (field.required or field.is_computed))


def _companions(before: Tables, after: Tables) -> Iterator[Fill]:
    known = before.metadata.tables
    for table in after.entities.values():
        old = set(known[table.stable_name].columns.keys()) if table.stable_name in known else set()
        back = returning_bases(before.names, table.stable_name)
        bases = after.names.entities[table.entity.name].columns
        for name, columns in table.columns.items():
            beside = [column for column in (columns.sort, columns.folded) if column is not None]
            values_were_there = bases[name] in back or (
                bool(old) and all(column.name in old for column in columns.parts.values())
            )
            if values_were_there and any(column.name not in old for column in beside):
                yield FillCompanions(table, columns)


def renewals(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Entities whose records must be computed anew, each with the fields (none: their search rows only)."""
    found: dict[str, dict[str, None]] = {}
    for change in plan.changes:
        if isinstance(change, ChangeSearch | AddEntity) and change.effect == "backfill":
            found.setdefault(change.entity, {})
        for field in _wanted(change, plan.model):
            _made(field, found)
    for entity, fields in followers(plan.model, types_changed(plan)).items():
        found.setdefault(entity, {}).update(fields)
    _follow_copies(plan.model, found)
    return {entity: tuple(fields) for entity, fields in found.items()}


def _made(field: Field, found: dict[str, dict[str, None]]) -> None:
    """Add a field whose values the write path makes."""
    by_gate = field.is_computed or field.type_name == "autonumber" or field.default_from is not None
    if (bool(field.currency_field) or (by_gate and field.default is None)) and is_stored(field):
        found.setdefault(field.entity, {})[field.name] = None


def _follow_copies(model: Model, found: dict[str, dict[str, None]]) -> None:
    """Add the copies of what is computed anew, after what they are copies of."""
    waiting = list(found)
    while waiting:
        entity = waiting.pop(0)
        for copied in copies_of(model, entity):
            known = found.setdefault(copied.entity, {})
            if copied.field not in known and not copied.reads.isdisjoint(found[entity]):
                known[copied.field] = None
                waiting.append(copied.entity)
            elif not known:
                del found[copied.entity]
