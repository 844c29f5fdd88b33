"""What a run must reach: every operation, function, aggregate, way to a field and form of `changed`, with nulls and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from kith.rules import syntax as s
from kith.rules.checking.aggregates import FUNCTIONS as AGGREGATES
from kith.rules.checking.members import ASKED
from kith.rules.operations import OPERATIONS, SHORTHANDS
from kith.rules.operations.dates import FIRST, LAST
from kith.rules.tree import Aggregate, Call, Changed, Constant, Convert, Node, Path, walk
from kith.rules.types import Type

HOPS = {0: "itself", 1: "a field", 2: "through a reference", 3: "through two references"}
MOST_HOPS = "through three references or more"
STORED = "a number as a field stores it"
LONG = timedelta(days=400_000)


def constructs(node: Node) -> Iterator[str]:
    """What a node is called in the report; an aggregate also by how it is narrowed and sorted."""
    match node:
        case Call(op=op):
            yield op
        case Aggregate():
            yield from _aggregate(node)
        case Path(root=root, steps=steps):
            yield f"{root}, {HOPS.get(len(steps), MOST_HOPS)}"
            if steps and steps[-1].part:
                yield "a part of a value"
        case Constant(type=type_):
            yield f"a written {type_.kind}"
        case Changed(before=before, after=after):
            yield f"changed{' from' if before else ''}{' to' if after else ''}"
        case Convert():
            yield STORED
        case _:
            yield type(node).__name__.lower()


def _aggregate(node: Aggregate) -> Iterator[str]:
    yield f"{node.function}(…)"
    yield f"related records of {HOPS.get(len(node.via.steps), MOST_HOPS)}"
    if node.where is not None:
        yield f"{node.function}(… where …)"
    for key in node.by:
        yield f"{node.function}(… by … {'desc' if key.descending else 'asc'})"


def functions(syntax: s.Syntax) -> Iterator[tuple[s.Invoke, str]]:
    """The calls that are gone from the tree because they stand for something else."""
    if isinstance(syntax, s.Invoke) and syntax.function in WRITTEN_OUT:
        yield syntax, syntax.function
    for part in s.parts(syntax):
        yield from functions(part)


def by_node(tree: Node, syntax: s.Syntax) -> dict[int, list[str]]:
    """What each node is called; the outermost one at the place of a call also by the function that it was."""
    found = {id(node): [*constructs(node)] for node in walk(tree)}
    for call, name in functions(syntax):
        at = next((node for node in walk(tree) if (node.start, node.end) == (call.start, call.end)), None)
        if at is not None:
            found[id(at)].append(name)
    return found


WRITTEN_OUT = frozenset({*SHORTHANDS, *ASKED, "case", "last"})
ROOTS = {"this": 4, "me": 2, "old": 2, "row": 3}
"""Roots with the most hops that a run must make from each."""
NEVER_NULL = frozenset(
    {
        "now",
        "today",
        "isnew",
        "related records of itself",
        "count(…)",
        "any(…)",
        "all(…)",
        "this, itself",
        "me, itself",
        "is_new",
        "priced",
    }
    | {f"changed{sides}" for sides in ("", " from", " to", " from to")}
)
"""Constructs that know no null."""
NARROWED = frozenset(AGGREGATES) - {"last", "all", "join", "count_distinct"}
KINDS = ("bool", "int", "decimal", "percent", "text", "choice", "date", "datetime", "duration", "period", "set", "null")


def required() -> Iterator[str]:
    """Everything that a run must reach."""
    yield from OPERATIONS
    yield from WRITTEN_OUT
    yield from (f"{name}(…)" for name in AGGREGATES if name != "last")
    yield from (f"{name}(… where …)" for name in NARROWED)
    yield from (f"first(… by … {way})" for way in ("asc", "desc"))
    yield from (f"related records of {where}" for where in ("itself", "a field", "through a reference"))
    for root, most in ROOTS.items():
        yield from (f"{root}, {HOPS.get(hops, MOST_HOPS)}" for hops in range(1, most + 1))
    yield from (f"changed{sides}" for sides in ("", " from", " to", " from to"))
    yield from ("isnew", "template", "priced", "a part of a value", "this, itself", "me, itself")
    yield from (f"a written {kind}" for kind in KINDS)


def knows_null(name: str) -> bool:
    """Whether a construct is to be reached with a null and without."""
    return name not in NEVER_NULL and not name.startswith("a written ")


def is_border(value: object, type_: Type) -> bool:
    """Whether a value is at the border of what its type may be, or empty."""
    match value:
        case None | bool():
            return False
        case int() | Decimal():
            return not value or abs(value) >= 10 ** (type_.precision - type_.scale) - 1
        case datetime():
            return value.year in (FIRST.year, LAST.year)
        case date():
            return value in (FIRST, LAST)
        case timedelta():
            return not value or abs(value) >= LONG
        case str() | frozenset():
            return not value
        case _:
            return False
