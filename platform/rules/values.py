"""Values of the language that Python has no type for, and what an evaluation is given."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import cast

from kith.rules.calendars import PLAIN, BusinessCalendar
from kith.rules.types import Type

Record = Mapping[str, object]
"""Field name → value; references hold ids; always has `id`."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months; a year is twelve."""

    months: int


class DoesNotFit(Exception):
    """A stored value, a sum or a text is larger than its type allows; the save or the answer is refused on every back end."""

    def __init__(self, type_: Type) -> None:
        super().__init__(f"the value does not fit {type_}")
        self.type = type_


def instant(value: datetime, zone: tzinfo) -> datetime:
    """An instant in UTC; a value without an offset is of that zone's wall clock (the earlier one where it occurs twice)."""
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def overlaid(record: Record, name: str, value: object) -> Record:
    """A record in which a field has another value."""
    if isinstance(record, ChainMap):
        # However often a loop sets it, it stays one layer.
        return ChainMap({**record.maps[0], name: value}, *record.maps[1:])
    return ChainMap({name: value}, cast("dict[str, object]", record))


def no_record(entity: str, id_: object) -> Record | None:
    """Loads nothing."""
    return None


def no_records(entity: str, record: Record, relation: str) -> Iterable[Record]:
    """Relates nothing."""
    return ()


def nothing_ahead(records: Iterable[Record], entity: str, way: tuple[str, ...]) -> None:
    """Fetches nothing ahead."""


def no_rate(currency: str, day: date) -> Decimal | None:
    """Knows no rates."""
    return None


@dataclass(frozen=True, slots=True)
class Env:
    """Everything an evaluation may depend on, so that each can be repeated.

    `now` is one aware UTC instant; `zone` the workspace's time zone. `old` is the record before the save (none where it is being
    created, or nothing is saved). `load` follows a reference (entity, id), `related` lists the live records of a to-many relation
    (entity, record, relation name), `show` prints a value for a reader in a template hole.
    """

    this: Record
    now: datetime
    zone: tzinfo
    old: Record | None = None
    is_new: bool = False
    me: Record = field(default_factory=dict)
    load: Callable[[str, object], Record | None] = no_record
    related: Callable[[str, Record, str], Iterable[Record]] = no_records
    show: Callable[[object, Type], str] | None = None
    let: Mapping[str, object] = field(default_factory=dict)
    row: Record | None = None
    """The related record, inside an aggregate."""
    become: Callable[[Record, str, object], Record] = overlaid
    """What a record is once a block has given a field another value."""
    rate: Callable[[str, date], Decimal | None] = no_rate
    """What a unit of a currency was worth on a day, in the workspace's; none where nobody has said."""
    calendar: BusinessCalendar = PLAIN
    """When people of the workspace work."""
    ahead: Callable[[Iterable[Record], str, tuple[str, ...]], None] = nothing_ahead
    """Fetches together what a way of references, at its end perhaps a relation, ends in from several records of an entity."""
