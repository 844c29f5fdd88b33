"""How each operation runs on each engine: in its own SQL, by a registered function, or not at all; for docs and reports."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from kith.rules.operations.operation import Operation
from kith.rules.sql.depth import Anywhere
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.functions import PREFIX
from kith.rules.sql.lower import Lowering
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.sql.support import unsupported
from kith.rules.sql.values import Engine
from kith.rules.tree import Aggregate, Call, Constant, Node, Path, Root, Step
from kith.rules.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    MAX_DIGITS,
    PERCENT,
    PERIOD,
    TEXT,
    Type,
    set_of,
)  # fmt: skip

Way = Literal["own", "registered", "refused"]
ENGINES: dict[Engine, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def how(node: Node, engine: Engine) -> Way:
    """Whether an engine runs an operation, on operands of these types, in its own SQL or by a function that Kith registers."""
    dialect = ENGINES[engine]
    alone = _alone(node)
    if any(part is alone for part, _ in unsupported(alone, dialect)):
        return "refused"
    element = Lowering(Anywhere(), dialect).value(alone) if isinstance(alone, Call | Aggregate) else None
    called = (
        (part.name for part in visitors.iterate(element) if isinstance(part, sa.Function))
        if element is not None
        else ()
    )
    return "registered" if any(name.startswith(PREFIX) for name in called) else "own"


def _alone(node: Node) -> Node:
    """An operation on fields in the place of what it is really applied to."""
    if not isinstance(node, Call | Aggregate):
        return node
    if isinstance(node, Aggregate):
        value = _field(node.value, "row") if node.value is not None else None
        return replace(node, value=value, where=None, test=None, via=replace(node.via, steps=()), by=())
    return replace(node, args=tuple(_field(arg, "this") for arg in node.args))


def _field(node: Node, root: Root) -> Node:
    if isinstance(node, Constant):
        return node
    return Path(node.type, node.start, node.end, root, (Step("", "x", node.type),))


SMALL, LARGE = Type("int", precision=5), Type("decimal", precision=30, scale=6)
TYPES: dict[str, tuple[Type, ...]] = {
    "number": (SMALL, INT, DECIMAL, LARGE), "plain": (SMALL, INT, DECIMAL, LARGE),
    "int": (INT,), "places": (INT,), "text": (TEXT,), "bool": (BOOL,),
    "date": (DATE,), "datetime": (DATETIME,), "duration": (DURATION,), "period": (PERIOD,),
    "money": (Type("money", precision=15, scale=2, currency="CNY"),), "pattern": (TEXT,), "measured": (SMALL, DECIMAL, LARGE, DATE),
    "set": (set_of(TEXT), set_of(INT)), "ordered": (SMALL, DECIMAL, LARGE, TEXT, DATE),
    "any": (SMALL, DECIMAL, LARGE, TEXT, DATE), "printable": (INT, DECIMAL, LARGE, PERCENT, TEXT, DATE, BOOL),
}  # fmt: skip
"""Types with which an operation is tried, by the family that it takes."""


def ways(operation: Operation, engine: Engine) -> frozenset[Way]:
    """How an engine runs an operation, over operands of all sizes."""
    families = [family.rstrip("?.") for family in operation.takes]
    found: set[Way] = set()
    for types in product(*(TYPES[family] for family in families if family != "same")):
        chosen = iter(types)
        first = types[0] if types else INT
        args = tuple(_operand(first if family == "same" else next(chosen), family) for family in families)
        type_ = operation.result(args)
        if type_.precision <= MAX_DIGITS:
            found.add(how(Call(type_, 0, 0, operation.name, args), engine))
    return frozenset(found)


def _operand(type_: Type, family: str) -> Node:
    if family in ("places", "pattern"):
        return Constant(type_, 0, 0, 1 if family == "places" else "a*")
    return Path(type_, 0, 0, "this", (Step("", "x", type_),))
