"""What has no proven SQL on an engine, with the reason: errors of family E5, found when compiling and never when running."""

from __future__ import annotations

from kith.problems import Words
from kith.rules.operations import OPERATIONS
from kith.rules.sql.compare import HOLDS, is_actors_set
from kith.rules.sql.depth import is_too_deep
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.logic import TWO_VALUED
from kith.rules.sql.natives import FOLDING
from kith.rules.sql.operations import VALUES
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.tree import Aggregate, Call, Changed, Constant, IsNew, Node, Path, Template, walk
from kith.rules.types import MAX_STORED, Type

CASE_FOLDING = FOLDING | {"fold", "lower", "upper"}
RUNNING = frozenset({*VALUES, *HOLDS, *TWO_VALUED})
"""Operations that have SQL on both engines."""

ENGINES: tuple[Dialect, ...] = (SQLite(), PostgreSQL())
"""What an expression must be able to run on where nobody says which."""

SAVING = Words("nothing is being saved", "没有正在进行的保存")
VARIABLE = Words("a variable of an action block is not known", "无法得知动作块里的变量")
HOLES = Words("a text with holes, which prints for a reader, cannot be made", "无法生成面向读者的带占位文本")
NO_SQL = Words("this operation does not run", "此运算无法执行")
SETS = Words("a list can only be asked with `in` and `is set`", "对列表只能使用“in”与“is set”")
WHOLES = Words(
    "of a value of several parts only one of them can be asked for, or with `is set` whether there is any",
    "由几部分组成的值只能取其中一部分，或用“is set”询问有无",
)
TOO_DEEP = Words("this is nested too deeply", "此表达式嵌套过深")
NO_CASE = Words(
    "case cannot be folded, since this PostgreSQL has neither pg_unicode_fast (version 18) nor ICU",
    "因该 PostgreSQL 既无 pg_unicode_fast（18 版起）也无 ICU，无法折叠大小写",
)


def unsupported(tree: Node, dialect: Dialect | None = None) -> list[tuple[Node, Words]]:
    """The parts of a tree that cannot run inside the database, each with the reason; on that engine, or on any."""
    found = [(node, reason) for node in walk(tree) if (reason := _reason(node, dialect)) is not None]
    engines = ENGINES if dialect is None else (dialect,)
    if not found and any(is_too_deep(tree, engine) for engine in engines):
        found.append((tree, TOO_DEEP))
    return found


def _reason(node: Node, dialect: Dialect | None) -> Words | None:
    match node:
        case Changed() | IsNew() | Path(root="old"):
            return SAVING
        case Path(root="let"):
            return VARIABLE
        case Template(parts=parts) if not all(isinstance(part, str) for part in parts):
            return HOLES
        case Call(op=op) if op not in RUNNING:
            return OPERATIONS[op].no_sql or NO_SQL
        case Call(op=op) if op in CASE_FOLDING and isinstance(dialect, PostgreSQL) and not dialect.collation:
            return NO_CASE
        case Call(op=op, args=args) if _mishandles_sets(op, args):
            return SETS
        case Call(op=op, args=args) if _mishandles_wholes(op, args):
            return WHOLES
        case Aggregate(value=value) if value is not None and value.type.kind == "set":
            return SETS
        case Aggregate(value=value) if value is not None and value.type.kind == "record":
            return WHOLES
        case _:
            return None


def _mishandles_sets(op: str, args: tuple[Node, ...]) -> bool:
    """Whether a set stands where a table of links cannot: only a field or a written list may be asked for members."""
    asked = {"in": 1, "not_in": 1, "is_set": 0, "is_not_set": 0}.get(op)
    sets = [(index, arg) for index, arg in enumerate(args) if arg.type.kind == "set"]
    if any(is_actors_set(arg) for _, arg in sets):
        return asked != 1 or not _fits_members(args[0].type, sets[0][1].type.item)
    return any(index != asked or not isinstance(arg, Path | Constant) for index, arg in sets)


def _mishandles_wholes(op: str, args: tuple[Node, ...]) -> bool:
    """Whether a value of several columns stands where one column is wanted."""
    asked = op in ("is_set", "is_not_set")
    return any(arg.type.kind == "record" and not (asked and isinstance(arg, Path)) for arg in args)


def _fits_members(value: Type, item: Type | None) -> bool:
    """Whether a value can be brought to the places of a parameter's members, which are as exact as their type says."""
    if not value.is_number or item is None:
        return True
    return value.scale <= item.scale and value.precision - value.scale + item.scale <= MAX_STORED
