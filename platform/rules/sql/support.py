"""What has no proven SQL on an engine, with the reason: errors of family E5, found when compiling and never when running."""

from __future__ import annotations

from kith.problems import Words
from kith.rules.sql.compare import HOLDS
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.logic import TWO_VALUED
from kith.rules.sql.operations import VALUES
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.tree import Aggregate, Call, Changed, Constant, IsNew, Node, Path, Template, walk

CASE_FOLDING = frozenset({"fold", "lower", "upper"})
RUNNING = frozenset({*VALUES, *HOLDS, *TWO_VALUED})
"""Operations that have SQL on both engines."""

SAVING = Words("what changes in a save is not in the database yet", "保存中的变化尚不在数据库里")
VARIABLE = Words("a variable of an action block is not in the database", "动作块里的变量不在数据库里")
HOLES = Words(
    "a text with holes is printed for a reader, which the database cannot do",
    "带占位的文本要按读者格式化，数据库无法完成",
)
NO_SQL = Words("this operation has no SQL", "该运算没有对应的 SQL")
SETS = Words("lists are only asked with `in` and `is set` in the database", "数据库中对列表只支持“in”与“is set”")
NO_CASE = Words(
    "this PostgreSQL has neither pg_unicode_fast (version 18) nor ICU, so it cannot fold case",
    "此 PostgreSQL 既无 pg_unicode_fast（18 版起）也无 ICU，无法折叠大小写",
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
    return any(index != asked or not isinstance(arg, Path | Constant) for index, arg in sets)
