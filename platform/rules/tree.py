"""The typed tree: what the checker makes of an expression, and all back ends read.

Every node carries its type and its stretch of the expression's text. Sugar is gone: operators and functions are both `Call`s of
an operation of the table (`operations.py`), implicit conversions are `Convert`s, names are resolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal, TypeGuard

from kith.rules.types import NULL, TEXT, Type

Root = Literal["this", "old", "me", "row", "let"]
BASE = "base"
"""The part of an amount in its record's own currency that is the amount in the workspace's: the value that expressions have."""


@dataclass(frozen=True, slots=True)
class Node:
    """A typed expression; `start` and `end` are offsets in the expression's text."""

    type: Type
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A value written down.

    Values are: bool, int, Decimal (decimal, money, percent), str (text, choice, ref), date, aware datetime (UTC), time,
    timedelta, Period, frozenset, None. A datetime without an offset is one of the workspace's wall clock: whoever evaluates
    puts `Env.zone` to it (`values.instant`).
    """

    value: object
    setting: str = ""
    """The setting that it was read from: it is written elsewhere, and may be another in the next release."""


def is_written(node: Node) -> TypeGuard[Constant]:
    """Whether a value stands where it is read; what a setting says stands elsewhere."""
    return isinstance(node, Constant) and not node.setting


@dataclass(frozen=True, slots=True)
class Step:
    """One field on a path: the entity it is read from, its name and type.

    `part` names one part of a value of several (`home.city`); the type is then the part's. `currency` is the field that holds
    the currency of an amount which has one of its own; it is read as its BASE but where it is shown or handed on as it is.
    """

    entity: str
    name: str
    type: Type
    part: str = ""
    currency: str = ""

    @property
    def key(self) -> str:
        """Where a record has it: a part of a value of several stands in that value, a converted amount beside its own."""
        return f"{self.name}__{BASE}" if self.part == BASE else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The field, and its part where it is about one."""
        return (self.name, self.part) if self.part else (self.name,)

    @property
    def path(self) -> str:
        """The field or its part as one name: `home`, `home.city`."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A field, perhaps through references: null where any link is null.

    `root` says whose record it starts at: `this`, `old`, `me`, the `row` of the enclosing aggregate, or a `let` (then the first
    step is the variable). No steps: the record itself, as a ref.
    """

    root: Root
    steps: tuple[Step, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What is written between its dots."""
        return tuple(name for step in self.steps for name in step.names)

    def beside(self, step: Step) -> Path:
        """Another field of the record in which this one ends."""
        return replace(self, type=step.type.or_null(self.type.nullable), steps=(*self.steps[:-1], step))


@dataclass(frozen=True, slots=True)
class Call(Node):
    """An operation of the table applied to arguments; `and or if coalesce` are lazy, all others evaluate every argument.

    `and or coalesce min max` have two or more arguments, `if` has three. Numbers meet as they are: the node's own type says which
    scale the result has, and a value is brought to it half-up. A bool that may be null counts as false in `and or not if`.
    """

    op: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Convert(Node):
    """A number brought to what a place stores: half-up to the scale of `type`; what has too many digits does not fit."""

    arg: Node


@dataclass(frozen=True, slots=True)
class Template(Node):
    """A text with holes: strings and expressions in turn; a hole that is null prints nothing."""

    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True)
class Priced(Node):
    """A hole that shows an amount in its own currency: both as they stand."""

    amount: Path
    currency: Path


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key of `first … by`."""

    value: Node
    descending: bool


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """A value over related records: `sum count any all avg median min max first count_distinct join`.

    `via` is the path to the record whose `relation` is read (no steps: the root record itself); inside `value`, `where`, `test`
    and `by` the root `row` is the related record. The `test` of `join` is the text that stands between.
    """

    function: str
    via: Path
    relation: str
    entity: str
    value: Node | None
    where: Node | None
    test: Node | None
    by: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """Whether a field has changed in this save, from and to the given values where there are any.

    `entity` and `of` are the field's entity and type.
    """

    field: str
    before: Node | None
    after: Node | None
    entity: str = ""
    of: Type = NULL
    part: str = ""

    @property
    def key(self) -> str:
        """Where a record has it."""
        return Step(self.entity, self.field, self.of, self.part).key


@dataclass(frozen=True, slots=True)
class IsNew(Node):
    """Whether the record is being created."""


_PARTS: dict[type[Node], tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind) if item.name not in ("type", "start", "end"))
    for kind in (Constant, Path, Call, Convert, Template, Priced, Aggregate, Changed, IsNew)
}
"""By kind of node, the fields in which its parts may stand."""


def children(node: Node) -> Iterator[Node]:
    """The direct parts of a node, left to right."""
    for name in _PARTS[type(node)]:
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                yield part
            elif isinstance(part, Order):
                yield part.value


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def as_it_is(path: Path) -> Path:
    """An amount in its own currency, as it stands in the record."""
    return replace(path, steps=(*path.steps[:-1], replace(path.steps[-1], part="")))


def priced(path: Path) -> Priced:
    """An amount in its own currency, to be shown with it."""
    last = path.steps[-1]
    return Priced(path.type, path.start, path.end, as_it_is(path), path.beside(Step(last.entity, last.currency, TEXT)))


def is_owned(node: object) -> TypeGuard[Path]:
    """Whether a node is an amount in the currency of its record, converted."""
    return isinstance(node, Path) and bool(node.steps) and node.steps[-1].part == BASE
