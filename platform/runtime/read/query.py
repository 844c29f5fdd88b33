"""What can be asked of the read gate, and what it answers; doors know nothing below this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from kith.metadata.model import Field
from kith.rules.types import Type

Count = Literal["exact", "capped", "none"]
CAP = 1_000
"""Up to this many records a list is counted exactly; beyond it says "more than"."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order: a path of field names, such as `amount` or `account.name`."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A list of records, asked by an actor and limited by the actor's rights.

    `fields` are paths (`name`, `account.owner.email`); a reference comes with its label. `filter` is a condition of
    the rule
    language as text; `view` and `segment` name documents whose filter is added. `search` is what a person typed.
    `cursor` is
    where the last page ended (or began, with `backwards`). `deleted` asks for the recycle bin.
    """

    entity: str
    fields: tuple[str, ...]
    filter: str = ""
    view: str = ""
    segment: str = ""
    related_to: tuple[str | tuple[str, ...], str] | None = None
    """(reference field, id): only the records whose reference names that record; with `deleted`, that went with it.

    Of several fields any may name it.
    """
    search: str = ""
    sort: tuple[Sort, ...] = ()
    limit: int = 50
    cursor: str = ""
    backwards: bool = False
    count: Count = "capped"
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """How one wanted field stands in a row: its type, where its value is and, for a reference, where its label is.

    `state` is "read" or "mask" (the value arrives masked, as text). Labels of references are made by `label_of(row)`.
    """

    path: str
    type: Type
    index: int
    label_index: int
    state: Literal["read", "mask"]


@dataclass(slots=True, unsafe_hash=True)
class Reference:
    """A reference as a reader sees it; `visible` is false where the record is out of the reader's scope.

    Not frozen, though nobody changes one: a list makes hundreds, and a frozen one takes several times as long to make.
    """

    id: str
    label: str
    visible: bool = True
    entity: str = ""
    """Of a reference to any record, which entity's it is."""


class Amount(Decimal):
    """An amount in its record's own currency; None where the reader may not read that."""

    __slots__ = ("currency",)

    def __new__(cls, amount: Decimal, currency: str | None) -> Amount:
        """An amount of a currency."""
        made = super().__new__(cls, amount)
        made.currency = currency
        return made

    currency: str | None


class Masked(str):
    """What may be seen of a value whose field is only masked to the reader; there is no way back to the value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    `columns` stand in the order of the wanted fields; `rows` hold Python values (Reference for references), each row
    starts with id and version. `next` and `previous` are cursors; `count` is None where it was not asked for, and
    `capped` says that there are more than `count`.
    """

    columns: tuple[Shown, ...]
    rows: list[tuple[object, ...]]
    next: str | None
    previous: str | None
    count: int | None
    capped: bool


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """The same, its rows made for JSON: exact numbers as texts, references as objects of their id and label."""

    rows: list[dict[str, Any]]
    next: str | None
    count: int | None
    capped: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record under the reader's rights: values by field (readable ones only), masked fields, title and bookkeeping.

    `can` says which of update, delete, restore … the reader may do with this record; `writable` which fields.
    """

    entity: str
    id: str
    version: int
    computed: int
    """Rises when a computed value changes without an edit: the second part of the ETag."""
    title: str
    values: Mapping[str, object]
    masked: frozenset[str]
    deleted: bool
    can: frozenset[str]
    writable: frozenset[str]
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    """When the copies of other records' values were taken, by field."""


@dataclass(frozen=True, slots=True)
class Group:
    """One key of an aggregation: an expression, and for instants and dates how it is bucketed."""

    name: str
    expression: str
    bucket: Literal["", "day", "week", "month", "quarter", "year"] = ""


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """Measures such as `sum(amount)` by group, under the actor's rights."""

    entity: str
    group: tuple[Group, ...]
    measures: Mapping[str, str]
    filter: str = ""
    sort: tuple[Sort, ...] = ()
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found by search."""

    entity: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version of a record: who made it, when and how, and what it changed, as far as the reader may read it.

    `changes` maps a field to its value before and after; `erased` says that privacy has taken the values out. `former`
    are the fields among them that were of another type then, as they were: the values are of that type.
    """

    version: int
    op: str
    at: datetime
    actor: Reference | None
    channel: str
    batch: str | None
    changes: Mapping[str, tuple[object, object]]
    erased: bool = False
    save: str = ""
    """The save that made it, which can be explained."""
    former: Mapping[str, Field] = field(default_factory=dict)
    acted_by: Reference | None = None
    """The administrator who acted as the actor, where one did."""


@dataclass(eq=False)
class Denied(Exception):
    """The actor may not: which entity or field, in words of the reader's language. `hidden` asks the door for a 404."""

    message: str
    field: str = ""
    hidden: bool = False


@dataclass(eq=False)
class BadQuery(Exception):
    """What was asked makes no sense: which part, and the message in the reader's language."""

    message: str
    field: str = ""
    code: str = ""
