"""What cannot run inside a database is told with its reason; everything else has SQL on both engines."""

from __future__ import annotations

import pytest

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.operations import OPERATIONS
from kith.rules.scope import Slot
from kith.rules.sql import support
from kith.rules.sql.lower import UnsupportedError, value
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.sql.tabled import TABLED
from kith.rules.sql.ways import ENGINES, ways
from tests.rules.sql.layout import SCOPE, Layout, tree

REFUSED = [
    ("changed(stage)", support.SAVING),
    ("is_new()", support.SAVING),
    ("old.amount > 3", support.SAVING),
    ('"{name}!" == "a!"', support.HOLES),
    ("tags == tags", support.SETS),
    ("me.teams is set", support.SETS),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[text for text, _ in REFUSED])
def test_it_is_refused_with_its_reason(text: str, reason: object) -> None:
    slot = Slot("when", saving=True, actor=True)
    expression, _ = compile_expression(Excerpt.whole(text), SCOPE, slot)
    assert expression is not None
    assert [why for _, why in support.unsupported(expression.tree)] == [reason]


def test_what_was_refused_and_is_lowered_all_the_same_is_our_own_mistake() -> None:
    expression, _ = compile_expression(Excerpt.whole("is_new()"), SCOPE, Slot("when", saving=True))
    assert expression is not None
    with pytest.raises(UnsupportedError):
        value(expression.tree, Layout(SQLite()), SQLite())


def test_case_needs_a_collation_on_postgresql() -> None:
    folded = tree('fold(name) == "a"')
    assert support.unsupported(folded, PostgreSQL(collation="pg_unicode_fast")) == []
    assert support.unsupported(folded, PostgreSQL(collation="und-x-icu")) == []
    assert [why for _, why in support.unsupported(folded, PostgreSQL(collation=""))] == [support.NO_CASE]
    assert support.unsupported(tree('contains(name, "a")'), PostgreSQL(collation="")) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_runs_on_both_engines_or_says_why_not(name: str) -> None:
    found = {engine: ways(OPERATIONS[name], engine) for engine in ENGINES}
    if OPERATIONS[name].no_sql is not None:
        assert set(found.values()) == {frozenset({"refused"})}
    else:
        assert "refused" not in found["sqlite"]
        assert found["postgresql"] == {"own"}


def test_sqlite_registers_only_what_it_cannot_say() -> None:
    # Of compound operands also some others, which would else be computed several times over.
    registered = {name for name, operation in OPERATIONS.items() if "registered" in ways(operation, "sqlite")}
    assert registered - set(TABLED) == {
        "add", "subtract", "multiply", "divide", "negate", "mod", "div", "round", "abs", "floor", "ceil",
        "in", "not_in", "fold", "lower", "upper", "replace", "text", "local_date",
        "date_add_period", "duration_multiply", "duration_divide", "duration_ratio",
    }  # fmt: skip


def test_what_nests_too_deeply_is_refused_before_a_parser_does() -> None:
    text = "due"
    for _ in range(20):
        text = f"({text} + took)"
    assert [why for _, why in support.unsupported(tree(f"{text} is set"))] == [support.TOO_DEEP]
    long_sum = " + ".join(["size"] * 60)
    assert support.unsupported(tree(f"{long_sum} > 3")) == []
