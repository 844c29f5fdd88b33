"""Keys over fields that change their types: how many values more than one record would hold once they are converted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.runtime.converting.conversions import Conversion
from kith.runtime.plan import refusals
from kith.runtime.plan.changes import AddKey
from kith.runtime.plan.measuring import Looking
from kith.runtime.plan.places import SCANNED, Place
from kith.runtime.plan.retyped import Retyping
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.schema.sortkeys import fold
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import EntityTable

Values = Callable[[Sequence[str]], dict[str, Any]]


@dataclass(frozen=True)
class Doubling:
    """Counts over what the values will be."""

    retyping: Retyping
    looking: Looking
    changes: Sequence[ChangeType]

    def key(self, change: AddKey) -> AddKey | None:
        """A new key with what forbids it, or None where none of its fields changes its type."""
        if not any(one.entity == change.entity and one.field in change.over for one in self.changes):
            return None
        found = self._count(change.entity, change.over)
        return replace(change, effect="refused", refusal=refusals.doubles(found)) if found else change

    def type(self, change: ChangeType) -> ChangeType:
        """A change of type with what a key of the field forbids."""
        entity = self.retyping.pairs.after.entities[change.entity]
        for over in _keys_of(entity):
            found = self._count(entity.name, over) if change.field in over and change.refusal is None else 0
            if found:
                return replace(change, effect="refused", refusal=refusals.doubles(found))
        return change

    def _count(self, entity: str, over: Sequence[str]) -> int:
        fields = [self.retyping.pairs.after.entities[entity].fields[name] for name in over]
        sources = [self._source(field) for field in fields]
        known = [source for source in sources if source is not None]
        if len(known) < len(sources):
            # Nothing stands in a field that is new, and what is empty is not compared.
            return 0
        seen: Counter[int] = Counter()
        for ids in self._live(self.retyping.before[self.retyping.pairs.former(entity).name]):
            columns = [values(ids) for values in known]
            for id_ in ids:
                row = [column.get(id_) for column in columns]
                if all(value is not None for value in row):
                    seen[hash(tuple(map(_compared, row, fields)))] += 1
        return sum(1 for count in seen.values() if count > 1)

    def _source(self, field: Field) -> Values | None:
        """What gives the values that records will have in a field."""
        changed = next((one for one in self.changes if (one.entity, one.field) == (field.entity, field.name)), None)
        connection = self.looking.connection
        if changed is None:
            old = self.retyping.pairs.field(field)
            if old is None or not is_stored(old):
                return None
            place = Place(self.retyping.before[old.entity], old, self.retyping.before.engine)
            return lambda ids: place.read(connection, ids)
        retype = self.retyping.of(field)
        source, way = retype.source, retype.way
        if source is None or not isinstance(way, Conversion):
            return None

        def converted(ids: Sequence[str]) -> dict[str, Any]:
            present = source.read(connection, ids)
            convert = self.looking.prepared(way, present.values())
            return {id_: convert(value).value for id_, value in present.items()}

        return converted

    def _live(self, table: EntityTable) -> Iterator[list[str]]:
        after = "00000000-0000-0000-0000-000000000000"
        statement = sa.select(table.id).where(table.live).order_by(table.id).limit(SCANNED)
        while ids := list(self.looking.connection.scalars(statement.where(table.id > after))):
            yield ids
            after = ids[-1]


def _keys_of(entity: Entity) -> Iterator[tuple[str, ...]]:
    yield from (key.fields for key in entity.keys.values())
    yield from ((field.name,) for field in entity.fields.values() if field.unique)


def _compared(value: Any, field: Field) -> Any:
    return fold(str(value)) if field.unique == "folded" else value
