"""A change of type between two releases: where the values are, where they go, and how they convert there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.model import Field, Model
from kith.problems import Words
from kith.runtime.context import Context
from kith.runtime.converting.conversions import Conversion, conversion
from kith.runtime.plan import refusals
from kith.runtime.plan.changes import Effect
from kith.runtime.plan.lineage import Hop, Lineage, Past, between
from kith.runtime.plan.measuring import Looking, Measure
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.places import Place
from kith.runtime.plan.retyping import ChangeType, Measured
from kith.runtime.release import Release
from kith.runtime.schema.names import Names
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import Tables

SETTLED = Words("Its values are computed from now on.", "此后由系统计算。")


@dataclass(frozen=True)
class Retype:
    """One field that changes its type; `source` is None where it had no columns, `target` where it will have none.

    `back` is there where the target's columns were kept aside: what is in them converts to what is in the source's.
    """

    old: Field
    new: Field
    source: Place | None
    target: Place | None
    way: Conversion | Words
    back: Conversion | None


@dataclass(frozen=True)
class Retyping:
    """What changes of type need to know."""

    pairs: Pairs
    base: Release
    after: Tables
    past: Past
    context: Context

    @property
    def before(self) -> Tables:
        """The tables of the release before."""
        return self.base.tables

    def of(self, new: Field) -> Retype:
        """Where the values of a field come from and go to."""
        old = self.pairs.former_field(new.entity, new.name)
        engine = self.before.engine
        source = Place(self.before[old.entity], old, engine) if is_stored(old) else None
        target = Place(self.after[new.entity], new, engine) if is_stored(new) else None
        if new.is_computed:
            return Retype(old, new, source, target, SETTLED, None)
        names = self.before.names
        if source is not None and self._is_kept(new):
            source, names = self._through(source, new)
        there = self._convert(source.field if source else old, names, new, self.after.names)
        back = None
        if isinstance(there, Conversion) and self._is_kept(new):
            found = self._convert(new, self.after.names, source.field if source else old, names)
            back = found if isinstance(found, Conversion) else None
        return Retype(old, new, source, target, there, back)

    def _convert(self, old: Field, here: Names, new: Field, there: Names) -> Conversion | Words:
        app = self.pairs.after.app
        return conversion(old, new, ZoneInfo(app.time_zone), app.languages[0], here.called_in(there))

    def _through(self, source: Place, new: Field) -> tuple[Place, Names]:
        """The present columns of a field, or what those say that are kept aside between them and where it goes back to."""
        hops: list[Hop] = []
        last, names = source, self.before.names
        for column in between(new, self.pairs, self.after.names):
            kept = self.past.get((source.table.stable_name, column))
            if kept is None:
                return source, self.before.names
            there = self._convert(last.field, names, kept.place.field, kept.names)
            back = self._convert(kept.place.field, kept.names, last.field, names)
            if not isinstance(there, Conversion) or not isinstance(back, Conversion):
                return source, self.before.names
            hops.append(Hop(kept.place, there, back))
            last, names = kept.place, kept.names
        found = self._convert(source.field, self.before.names, new, self.after.names)
        direct = found if isinstance(found, Conversion) else None
        made = Lineage(source.table, last.field, source.engine, source, tuple(hops), direct, self.looking)
        return (made, names) if hops else (source, names)

    def looking(self, connection: sa.Connection) -> Looking:
        """Where other records are found, whatever their entities were called when."""
        former: dict[str, str] = {}
        for names in (*(kept.names for kept in self.past.values()), self.after.names):
            former |= names.called_in(self.before.names)
        return Looking(connection, self.context, self.base, former)

    def _is_kept(self, new: Field) -> bool:
        """Whether the columns that a field gets were kept aside."""
        base = self.after.names.entities[new.entity].columns[new.name]
        old = self.pairs.former(new.entity).name
        return base in self.before.names.entities[old].kept

    def measured(
        self, change: ChangeType, looking: Looking, count: Callable[[str], int], *, lenient: bool = False
    ) -> ChangeType:
        """The change with what the data says; `count` gives the number of all records of an entity."""
        one = self.of(self.pairs.after.entities[change.entity].fields[change.field])
        if one.new.is_computed or one.source is None:
            return self._made(change, one, looking, count(change.entity), lenient=lenient)
        target = one.target if one.back is not None else None
        if isinstance(one.way, Words):
            values = sum(len(batch) for batch in one.source.scan(looking.connection))
            return _refused(replace(change, rows=values), one.way if values else None)
        found = Measure(one.source, one.way, target, one.back).run(looking)
        lacking = found.emptied if one.new.required and one.new.default is None else 0
        if lacking and not lenient:
            return _refused(replace(change, measured=found, rows=found.values), refusals.needs_default(lacking))
        effect: Effect = "loses" if found.lost else "backfill" if found.values or found.back else "safe"
        return replace(change, measured=found, rows=found.values, effect=effect)

    def _made(self, change: ChangeType, one: Retype, looking: Looking, rows: int, *, lenient: bool) -> ChangeType:
        """A field that is computed from now on, or was until now and kept nothing."""
        if not one.new.is_computed:
            lacking = rows if one.new.required and one.new.default is None and not lenient else 0
            return _refused(replace(change, rows=rows), refusals.needs_default(rows) if lacking else None)
        values = 0
        if one.source is not None and not one.old.is_computed:
            values = sum(len(batch) for batch in one.source.scan(looking.connection))
        if values:
            return replace(change, measured=Measured(values=values, hidden=values), rows=values, effect="loses")
        filled = rows if one.target is not None else 0
        return replace(change, rows=filled, effect="backfill" if filled else "safe")


def _refused(change: ChangeType, why: Words | None) -> ChangeType:
    return change if why is None else replace(change, effect="refused", refusal=why)


def followers(model: Model, changed: set[tuple[str, str]]) -> dict[str, dict[str, None]]:
    """The stored fields that are computed from some fields, or from what is computed from them, by entity in that order."""
    found: dict[str, dict[str, None]] = {}
    waiting = set(changed)
    while waiting:
        reading = [field for field in _computed(model) if not waiting.isdisjoint(_reads(field))]
        waiting = set()
        for field in reading:
            if field.name not in found.get(field.entity, {}):
                waiting.add((field.entity, field.name))
                if is_stored(field):
                    found.setdefault(field.entity, {})[field.name] = None
        if not waiting:
            break
    return found


def _computed(model: Model) -> Iterator[Field]:
    return (field for entity in model.entities.values() for field in entity.fields.values() if field.is_computed)


def _reads(field: Field) -> set[tuple[str, str]]:
    uses = field.value.uses if field.value is not None else ()
    steps = {(step.entity, step.name) for use in uses for step in (*use.through, *use.beyond)}
    return steps | {(use.entity, use.field) for use in uses}
