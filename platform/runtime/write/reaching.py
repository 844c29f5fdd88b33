"""What blocks reach from records: ways fetched for several at once, members of a field of several, values given on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as DecimalContext
from typing import TYPE_CHECKING, Any

from kith.rules.types import Type
from kith.rules.values import Record, overlaid

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values

WIDE = DecimalContext(prec=60)
"""Wide enough for every intermediate result of the language."""


def ahead(session: Session, records: Iterable[Record], entity: str, way: tuple[str, ...]) -> None:
    """Have at hand what a way of references, at its end perhaps a relation, ends in from several records."""
    found = list(records)
    for name in way:
        declared = session.release.model.entities[entity].fields.get(name)
        if declared is None:
            session.gather(entity, name, [str(record["id"]) for record in found])
            return
        values = [record.get(name) for record in found]
        ids = dict.fromkeys(str(id_) for value in values for id_ in ids_in(value))
        entity = declared.to
        session.load_many(entity, ids)
        found = [record for id_ in ids if (record := session.records[entity].get(id_)) is not None]


def members(session: Session, entity: str, record: Any, name: str) -> Iterator[Values]:
    """The live records that a field of several references names."""
    target = session.release.model.entities[entity].fields[name].to
    ids = ids_in(record.get(name))
    session.load_many(target, ids)
    known = (session.records[target].get(id_) for id_ in session.rule_time.watched(iter(ids)))
    yield from (one for one in known if one is not None and one.get("deleted_at") is None)


def becoming_within(session: Session, record: Any, name: str, value: object) -> Record:
    """A record inside a block that has given a field another value: what it converts into is worked out anew."""
    entity = getattr(record, "entity", None)
    if entity is None or not session.plan(entity).conversions:
        return overlaid(record, name, value)
    after: Values = record.copy()
    after[name] = value
    for key, one in session.plan(entity).conversions.items():
        if name in one.inputs:
            after.pop(key, None)
    return after


def ids_in(value: object) -> list[str]:
    """The ids of a reference or of a field of several."""
    if value is None:
        return []
    return sorted(value) if isinstance(value, (frozenset, set)) else [str(value)]


def stored_number(value: Any, type_: Type) -> Any:
    """A number rounded half-up to the scale of its column, or None where its digits do not fit."""
    if type_.kind == "int":
        return int(value) if abs(value) < 10**type_.precision else None
    number = value if isinstance(value, Decimal) else Decimal(value)
    rounded = number.quantize(Decimal(1).scaleb(-type_.scale), rounding=ROUND_HALF_UP, context=WIDE)
    return rounded if abs(rounded) < Decimal(10) ** (type_.precision - type_.scale) else None
