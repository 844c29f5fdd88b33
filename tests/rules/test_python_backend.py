"""Generated Python: without builtins, reading each field once, with short circuits and no needless tests."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import scope_of
from kith.rules.python import building as py
from kith.rules.python import compile_condition, compile_python
from kith.rules.scope import Slot
from kith.rules.tree import Node
from kith.rules.values import DoesNotFit, Env

TYPES = {
    "a": "int?", "b": "int", "amount": "decimal(15,2)?", "name": "text?", "ok": "bool?", "flag": "bool",
    "stage": "choice<fresh,open,won>", "due": "date?", "account.name": "text?", "account.size": "int?",
    "lines": {"price": "decimal(10,2)?", "off": "bool"},
}  # fmt: skip


class Counting(Mapping[str, object]):
    """A record that counts how often each field is read."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values_ = dict(values)
        self.reads: list[str] = []

    def __getitem__(self, name: str) -> object:
        self.reads.append(name)
        return self.values_[name]

    def __iter__(self) -> Any:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def tree(text: str) -> Node:
    expression, problems = compile_expression(Excerpt.whole(text), scope_of(TYPES), Slot("when"))
    assert expression is not None, [problem.message() for problem in problems]
    return expression.tree


def env(**values: object) -> Env:
    return Env(this=values, now=datetime(2026, 11, 25, tzinfo=UTC), zone=UTC)


def source(node: Node, monkeypatch: pytest.MonkeyPatch) -> str:
    """The generated function as Python would print it."""
    seen: list[str] = []
    placed = py.placed

    def watched(whole: ast.Module) -> ast.Module:
        seen.append(ast.unparse(ast.fix_missing_locations(whole)))
        return placed(whole)

    monkeypatch.setattr(py, "placed", watched)
    compile_condition(node)
    return seen[0]


SHAPES = [
    ("flag and b > 3", "this['flag'] and this['b'] > 3"),
    ("a > 3", "(v1 := this['a']) is not None and v1 > 3"),
    ("a == 3", "this['a'] == 3"),
    ("ok", "this['ok'] is True"),
    ("not flag", "not this['flag']"),
    ("a is set and a > 3", "(v1 := this['a']) is not None and v1 > 3"),
    ('stage < "won"', "this['stage'] in frozenset({"),
    ("a in [1, 2]", "this['a'] in frozenset({1, 2})"),
    ('contains(name, "x")', "(v1 := this['name']) is not None and 'x' in v1"),
    ("b between 1 and 3", "1 <= this['b'] <= 3"),
    ("(a ?? 0) > 3", "(v1 if (v1 := this['a']) is not None else 0) > 3"),
]


@pytest.mark.parametrize(("text", "shape"), SHAPES, ids=[text for text, _ in SHAPES])
def test_it_is_what_one_would_write_by_hand(text: str, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shape in source(tree(text), monkeypatch)


def test_a_field_is_read_once_and_only_where_it_is_wanted() -> None:
    holds = compile_condition(tree("flag and amount > 1 and amount < 9 and amount != 5"))
    record = Counting({"flag": True, "amount": Decimal(3)})
    assert holds(Env(this=record, now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC)) is True
    assert record.reads == ["flag", "amount"]
    record = Counting({"flag": False, "amount": Decimal(3)})
    assert holds(Env(this=record, now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC)) is False
    assert record.reads == ["flag"]


def test_a_record_is_loaded_once() -> None:
    loads: list[object] = []

    def load(_entity: str, id_: object) -> Mapping[str, object]:
        loads.append(id_)
        return {"id": id_, "name": "x", "size": 3}

    value = compile_python(tree('if account.name == "x" and account.size > 1 then account.size else 0'))
    given = Env(this={"account": "a1"}, now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC, load=load)
    assert value(given) == 3
    assert loads == ["a1"]


def test_a_record_may_lack_a_field() -> None:
    assert compile_python(tree("a ?? b"))(env(b=7)) == 7
    assert compile_condition(tree("amount > 1"))(env()) is False


def test_there_are_no_builtins() -> None:
    function = compile_python(tree("a + 1"))
    assert function.__globals__["__builtins__"] == {}


def test_a_sum_that_does_not_fit_is_refused() -> None:
    largest = Decimal("99999999.99")
    rows = [{"id": str(number), "price": largest, "off": False} for number in range(3)]
    total = compile_python(tree("sum(lines.price)"))
    given = Env(this={}, now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC, related=lambda *_: rows)
    assert total(given) == largest * 3
    huge = [{"id": "1", "price": Decimal(10) ** 16, "off": False}]
    with pytest.raises(DoesNotFit):
        total(Env(this={}, now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC, related=lambda *_: huge))


def test_numbers_have_their_places_and_no_negative_zero() -> None:
    assert str(compile_python(tree("amount * 0"))(env(amount=Decimal("-1.00")))) == "0.00"
    assert str(compile_python(tree("amount ?? 1"))(env(amount=None))) == "1.00"
