"""The parts of a condition that have one value throughout an evaluation, each known by a number, and what they may be at all."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kith.rules.proving.domains import NOBODY, TRUTH, Domain, Rank
from kith.rules.tree import Aggregate, Call, Constant, Node, Order, Path, Step
from kith.rules.types import Type

ORDERED = frozenset({"int", "decimal", "money", "percent", "date", "datetime", "time", "duration", "choice"})
"""Kinds whose values have ranks here; texts are ordered too, but nobody compares them with `<`."""
MAY_END = frozenset({"date", "datetime", "duration"})
"""Kinds of which a sum may lie beyond the calendar, and is null there."""
DAY = 86_400_000_000
"""Microseconds."""
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
CALENDAR = (date(1900, 1, 1).toordinal(), date(2999, 12, 31).toordinal())
RANGES: dict[str, tuple[int | None, int | None]] = {
    "abs": (0, None), "length": (0, None), "count_of": (0, None), "edit_distance": (0, None), "month": (1, 12),
    "quarter": (1, 4), "day": (1, 31), "iso_week": (1, 53), "hour": (0, 23), "minute": (0, 59), "day_of_year": (1, 366),
    "days_in_month": (28, 31), "year": (1900, 2999), "sign": (-1, 1), "weekday": (1, 7),
}  # fmt: skip
"""What functions give at least and at most."""
Key = int | tuple[Hashable, ...]
"""A term by its number, or what holds between two of them."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A value as a term and what is added to it; without a term it is a rank known beforehand."""

    key: int | None
    plus: Rank
    node: Node
    may_end: bool = False
    """Whether what is added may lead beyond the calendar."""


def rank(value: object, type_: Type) -> Rank | None:
    """The rank of a written value; none where its place hangs on the time zone, or where values have no order."""
    match value:
        case bool() | None:
            return None
        case int():
            return value
        case Decimal():
            return Fraction(value)
        case datetime():
            return micro(value - EPOCH) if value.tzinfo is not None else None
        case date():
            return value.toordinal()
        case time():
            return micro(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)) + value.microsecond
        case timedelta():
            return micro(value)
        case str() if type_.kind == "choice" and value in type_.options:
            return type_.options.index(value)
        case _:
            return None


def micro(span: timedelta) -> int:
    """A span in microseconds."""
    return span // timedelta(microseconds=1)


def step(type_: Type) -> Rank:
    """The distance from one value of a type to the next; 0 where they have no order."""
    if type_.is_number:
        return Fraction(1, 10**type_.scale) if type_.scale else 1
    return 1 if type_.kind in ORDERED else 0


@dataclass
class Terms:
    """The terms of one proof."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    known: dict[int, tuple[Node, int]] = field(default_factory=dict)
    """By the identity of a node, so that none is looked at twice; the node is kept, lest another take its identity."""

    def key(self, node: Node) -> int:
        """The number of a term: the same for what is written twice."""
        found = self.known.get(id(node))
        if found is None:
            number = self.numbers.setdefault(self._shape(node), len(self.numbers))
            found = self.known[id(node)] = (node, number)
        return found[1]

    def prefix(self, path: Path, length: int) -> int:
        """The number of the path through its first references."""
        return self._number(path.root, path.steps[:length])

    def named(self, *name: Hashable) -> int:
        """The number of something that is no node."""
        return self.numbers.setdefault(name, len(self.numbers))

    def linear(self, node: Node) -> Linear | None:
        """A value of an ordered kind as a term and a written number; none where it has no rank."""
        if isinstance(node, Constant):
            found = rank(node.value, node.type)
            return None if found is None else Linear(None, found, node)
        if node.type.kind not in ORDERED:
            return None
        plus: Rank = 0
        may_end = False
        while isinstance(node, Call) and (more := _added(node)) is not None:
            node, plus, may_end = node.args[0], plus + more, may_end or node.type.kind in MAY_END
        if isinstance(node, Constant):
            found = rank(node.value, node.type)
            return None if found is None else Linear(None, found + plus, node, may_end)
        return Linear(self.key(node), plus, node, may_end)

    def _number(self, root: str, steps: tuple[Step, ...]) -> int:
        return self.numbers.setdefault(_of_path(root, steps), len(self.numbers))

    def _shape(self, node: Node) -> Hashable:
        """What makes two nodes the same: not where they stand, and not what was known of null there."""
        if isinstance(node, Path):
            return _of_path(node.root, node.steps)
        parts = [getattr(node, item.name) for item in fields(node) if item.name not in ("type", "start", "end")]
        return (type(node), node.type.kind, node.type.scale, *map(self._part, parts))

    def _part(self, value: Any) -> Hashable:
        if isinstance(value, Node):
            return self.key(value)
        if isinstance(value, Type):
            return (value.kind, value.field)
        if isinstance(value, tuple):
            return tuple(map(self._part, value))
        if isinstance(value, Order):
            return (self.key(value.value), value.descending)
        # True is 1 in Python, and not here.
        return (type(value), value)


def _of_path(root: str, steps: tuple[Step, ...]) -> Hashable:
    return (Path, root, tuple((one.name, one.part) for one in steps))


def _added(node: Call) -> Rank | None:
    """What a sum adds to its first part, where that is written."""
    if len(node.args) != 2 or not isinstance(node.args[1], Constant):
        return None
    value = rank(node.args[1].value, node.args[1].type)
    if value is None:
        return None
    if node.op in ("add", "subtract") and node.type.is_number:
        return value if node.op == "add" else -value
    if node.op == "date_add_duration":
        return value // DAY if value % DAY == 0 else None
    return value if node.op == "instant_add_duration" else None


def usual(node: Node) -> Domain:
    """What a term may be, whatever the record holds."""
    type_ = node.type
    # An empty list is none, whatever its type says of null.
    null = type_.nullable or type_.kind == "set"
    if type_.kind == "bool":
        return Domain(null, among=TRUTH.among)
    if type_.kind == "choice":
        return Domain(null, step=1, among=frozenset(range(len(type_.options))))
    if type_.kind not in ORDERED:
        return Domain(null, among=NOBODY if type_.kind == "null" else None)
    low, high = _ends(node, type_)
    return Domain(null, low, high, step(type_))


def _ends(node: Node, type_: Type) -> tuple[Rank | None, Rank | None]:
    if isinstance(node, Call) and node.op in RANGES:
        return RANGES[node.op]
    if isinstance(node, Aggregate) and node.function in ("count", "count_distinct"):
        return 0, None
    if type_.kind == "date":
        return CALENDAR
    if isinstance(node, Path) and node.root != "let" and type_.is_number and type_.precision:
        most = Fraction(10**type_.precision - 1, 10**type_.scale)
        return -most, most
    return None, None
