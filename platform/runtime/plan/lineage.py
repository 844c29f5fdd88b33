"""Values that went through several columns, one type after the other: on the way back each step is undone by itself.

What was kept aside counts wherever nobody has changed it since, also in the columns between the present ones and those that a
field goes back to: a value that one of the steps could not carry on has not gone lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime import releases
from kith.runtime.converting.conversions import Conversion
from kith.runtime.plan.measuring import Looking, is_untouched
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.places import Place
from kith.runtime.release import Release
from kith.runtime.schema.names import EntityNames, Names
from kith.runtime.schema.pairing import line
from kith.runtime.schema.tables import Tables


@dataclass(frozen=True)
class Kept:
    """Columns that are kept aside, as the last release that used them knew them."""

    place: Place
    names: Names


Past = Mapping[tuple[str, str], Kept]
"""What is kept aside between other columns, by table and base name."""


@dataclass(frozen=True)
class Hop:
    """One step back: what later columns hold becomes what these hold, and the other way round."""

    place: Place
    there: Conversion
    back: Conversion


@dataclass(frozen=True)
class Lineage(Place):
    """A field as the last of some steps back has it; `table` and `last` are the present ones."""

    last: Place
    hops: tuple[Hop, ...]
    direct: Conversion | None
    """From the present columns to those at the end."""
    looking: Callable[[sa.Connection], Looking]

    @property
    def filled(self) -> sa.ColumnElement[bool]:
        """Any record may have a value, if not in the present columns."""
        return sa.true()

    def read(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Any]:
        """The values of some records, each step undone."""
        looking, found = self.looking(connection), self.last.read(connection, ids)
        for hop in self.hops:
            kept = hop.place.read(connection, ids)
            there, back = looking.prepared(hop.there, found.values()), looking.prepared(hop.back, kept.values())
            found = {
                id_: kept[id_]
                if id_ in kept and is_untouched(back, kept[id_], found.get(id_))
                else there(found.get(id_)).value
                for id_ in {*found, *kept}
            }
        return {id_: value for id_, value in found.items() if value is not None and value != frozenset()}

    def settled(self, connection: sa.Connection, ids: Sequence[str], kept: Mapping[str, Any]) -> set[str]:
        """Those whose present value says what was kept at the end, so that no step needs to be looked at."""
        if self.direct is None:
            return set()
        present = self.last.read(connection, ids)
        convert = self.looking(connection).prepared(self.direct, present.values())
        nothing = convert.setting.empty
        return {id_ for id_ in ids if convert(present.get(id_)).value == kept.get(id_, nothing)}


def between(field: Field, pairs: Pairs, after: Names) -> list[str]:
    """The base names of the columns between the present ones of a field and those it goes back to, the latest first."""
    old = pairs.former_field(field.entity, field.name)
    known: EntityNames = pairs.names.entities[old.entity]
    present = known.columns[old.name]
    way = [*line(after.entities[field.entity].columns[field.name], known)]
    return way[: way.index(present)][::-1] if present in way else []


def past_of(connection: sa.Connection, pairs: Pairs, base: Release, after: Names) -> Past:
    """What stands between, read from the releases that used it last."""
    # Hardly any plan needs it.
    from kith.metadata.build import build

    @cache
    def tables_of(number: int) -> Tables | None:
        stored = releases.load(connection, number)
        model, _ = build(stored.layers, advice=False)
        return Tables(model, stored.names, base.tables.engine) if model is not None else None

    found: dict[tuple[str, str], Kept] = {}
    for field in pairs.moving():
        names = pairs.names.entities[pairs.former(field.entity).name]
        for column in between(field, pairs, after):
            tables = tables_of(names.kept[column].since - 1)
            place = _place(tables, names.table, column) if tables is not None else None
            if place is not None and tables is not None:
                found[names.table, column] = Kept(place, tables.names)
    return found


def _place(tables: Tables, table: str, column: str) -> Place | None:
    for entity, names in tables.names.entities.items():
        field = next((name for name, base in names.columns.items() if base == column), None)
        if names.table == table and field is not None:
            return Place(tables[entity], tables.model.entities[entity].fields[field], tables.engine)
    return None
