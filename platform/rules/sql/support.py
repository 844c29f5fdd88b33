"""What has no proven SQL on an engine, with the reason: errors of family E5, found when compiling and never when running."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from kith.problems import Words
from kith.rules.sql.compare import HOLDS
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.functions import PREFIX
from kith.rules.sql.logic import TWO_VALUED
from kith.rules.sql.lower import Lowering
from kith.rules.sql.operations import VALUES
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.sql.tables import Element, Members, Rows
from kith.rules.sql.values import Engine
from kith.rules.tree import Aggregate, Call, Changed, Constant, IsNew, Node, Path, Root, Step, Template, walk

CASE_FOLDING = frozenset({"fold", "lower", "upper"})
RUNNING = frozenset({*VALUES, *HOLDS, *TWO_VALUED})
"""Operations that have SQL on both engines."""

SAVING = Words("nothing is being saved", "没有正在进行的保存")
VARIABLE = Words("a variable of an action block is not known", "无法得知动作块里的变量")
HOLES = Words("a text with holes, which prints for a reader, cannot be made", "无法生成面向读者的带占位文本")
NO_SQL = Words("this operation does not run", "此运算无法执行")
SETS = Words("a list can only be asked with `in` and `is set`", "对列表只能使用“in”与“is set”")
NO_CASE = Words(
    "case cannot be folded, since this PostgreSQL has neither pg_unicode_fast (version 18) nor ICU",
    "因该 PostgreSQL 既无 pg_unicode_fast（18 版起）也无 ICU，无法折叠大小写",
)


def unsupported(tree: Node, dialect: Dialect | None = None) -> list[tuple[Node, Words]]:
    """The parts of a tree that cannot run inside the database, each with the reason; on that engine, or on any."""
    return [(node, reason) for node in walk(tree) if (reason := _reason(node, dialect)) is not None]


def _reason(node: Node, dialect: Dialect | None) -> Words | None:
    match node:
        case Changed() | IsNew() | Path(root="old"):
            return SAVING
        case Path(root="let"):
            return VARIABLE
        case Template(parts=parts) if not all(isinstance(part, str) for part in parts):
            return HOLES
        case Call(op=op) if op not in RUNNING:
            return NO_SQL
        case Call(op=op) if op in CASE_FOLDING and isinstance(dialect, PostgreSQL) and not dialect.collation:
            return NO_CASE
        case Call(op=op, args=args) if _mishandles_sets(op, args):
            return SETS
        case Aggregate(value=value) if value is not None and value.type.kind == "set":
            return SETS
        case _:
            return None


def _mishandles_sets(op: str, args: tuple[Node, ...]) -> bool:
    """Whether a set stands where a table of links cannot: only a field or a written list may be asked for members."""
    asked = {"in": 1, "not_in": 1, "is_set": 0, "is_not_set": 0}.get(op)
    sets = [(index, arg) for index, arg in enumerate(args) if arg.type.kind == "set"]
    if op in ("is_set", "is_not_set") and any(_is_actors(arg) for _, arg in sets):
        return True
    return any(index != asked or not isinstance(arg, Path | Constant) for index, arg in sets)


def _is_actors(node: Node) -> bool:
    """Whether a set is the actor's own: it comes as one parameter for each member."""
    return isinstance(node, Path) and node.root == "me" and len(node.steps) == 1


# --- how each operation runs -----------------------------------------------------------------------------------------

ENGINES: dict[Engine, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def how(node: Node, engine: Engine) -> Literal["own", "registered", "refused"]:
    """Whether an engine runs an operation, on operands of these types, in its own SQL or by a function that Kith registers."""
    dialect = ENGINES[engine]
    if any(part is node for part, _ in unsupported(node, dialect)):
        return "refused"
    element = Lowering(_Columns(), dialect).value(_alone(node)) if isinstance(node, Call | Aggregate) else None
    called = (
        (part.name for part in visitors.iterate(element) if isinstance(part, sa.Function))
        if element is not None
        else ()
    )
    return "registered" if any(name.startswith(PREFIX) for name in called) else "own"


def _alone(node: Call | Aggregate) -> Node:
    """An operation on fields in the place of what it is really applied to."""
    if isinstance(node, Aggregate):
        value = _field(node.value, "row") if node.value is not None else None
        return replace(node, value=value, where=None, test=None, via=replace(node.via, steps=()), by=())
    return replace(node, args=tuple(_field(arg, "this") for arg in node.args))


def _field(node: Node, root: Root) -> Node:
    if isinstance(node, Constant):
        return node
    return Path(node.type, node.start, node.end, root, (Step("", "x", node.type),))


class _Columns:
    """Tables of one column, for looking at what an operation becomes."""

    def __init__(self) -> None:
        self.this = Rows("", sa.table("t", sa.column("id")))

    def column(self, rows: Rows, field: str) -> Element:
        """Any field."""
        return sa.column(field)

    def joined(self, rows: Rows, field: str) -> Rows | None:
        """Nothing."""
        return None

    def found(self, entity: str, id_: Element) -> Rows:
        """Any record."""
        return Rows(entity, sa.table("t", sa.column("id")), sa.true())

    def related(self, rows: Rows, relation: str) -> Rows:
        """Any records."""
        return self.found("", sa.null())

    def members(self, rows: Rows, field: str) -> Members:
        """Any members."""
        return Members(sa.table("m", sa.column("value")), sa.column("value"), sa.true())
