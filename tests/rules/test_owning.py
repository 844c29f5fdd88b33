"""Amounts in their record's own currency: read converted on every back end, shown and handed on as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt
from kith.rules.backends import Database, evaluator
from kith.rules.compiling import compile_expression, compile_program
from kith.rules.evalscope import DictScope, scope_of
from kith.rules.evaluating import Evaluator
from kith.rules.scope import Slot
from kith.rules.types import TEXT, Type, money
from kith.rules.values import Env, Record
from tests.rules.scopes import ANY, demo

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


@pytest.fixture(params=["reference", "python", "sqlite", "postgresql"])
def run(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    made = evaluator(request.param, url)
    yield made
    if isinstance(made, Database):
        made.close()


def priced() -> DictScope:
    scope = scope_of({"account": "ref<account>?", "lines": {"n": "int?"}, "me.name": "text?", "account.name": "text?"})
    for entity in (scope, *(scope.world[name] for name in ("account", "lines_of_record", "user"))):
        entity.add("paid_in", TEXT.or_null())
        entity.add("price", money("CNY").or_null(), currency="paid_in")
    return scope


def record(id_: str, amount: int, worth: int, **more: object) -> Record:
    return {"id": id_, "price": Decimal(amount), "paid_in": "USD", "price__base": Decimal(worth), **more}


READ = {
    "price": [Decimal(70), Decimal(7)],
    "price > 10": [True, False],
    "price + 1": [Decimal(71), Decimal(8)],
    "price ?? 0": [Decimal(70), Decimal(7)],
    "account.price": [Decimal(21), None],
    "me.price": [Decimal(14), Decimal(14)],
    "sum(lines.price)": [Decimal(28), Decimal(0)],
    "count(lines where price == 28)": [1, 0],
    "first(lines.price by price)": [Decimal(28), None],
}


@pytest.mark.parametrize("text", READ)
def test_an_amount_is_read_by_what_it_is_worth_wherever_the_record_is(run: Evaluator, text: str) -> None:
    found, problems = compile_expression(Excerpt.whole(text), priced(), Slot("eval", actor=True, database=True))
    assert found is not None, [problem.message() for problem in problems]
    envs = [
        Env(
            record(str(number), amount, worth, account=None if number else "a"),
            NOW,
            ZoneInfo("UTC"),
            me=record("me", 2, 14),
            load=lambda entity, id_: record(str(id_), 3, 21),
            related=lambda entity, of, name: [record("l", 4, 28)] if of["id"] == "0" else [],
        )
        for number, (amount, worth) in enumerate(((10, 70), (1, 7)))
    ]
    assert list(run(found, envs)) == READ[text]


@pytest.mark.parametrize("name", ["reference", "python"])
def test_a_text_shows_it_in_its_own_currency(name: str) -> None:
    def show(value: object, type_: Type) -> str:
        return f"{value} {type_.currency}"

    found, _ = compile_expression(Excerpt.whole('"{price}, worth {price + 0}"'), priced(), Slot("eval"))
    assert found is not None
    env = Env(record("1", 10, 70), NOW, ZoneInfo("UTC"), show=show)
    assert list(evaluator(name, None)(found, [env])) == ["10.00 USD, worth 70.00 CNY"]


CHANGES = {
    "nothing": (record("1", 10, 70), [False, False, True]),
    "the amount": (record("1", 11, 77), [True, True, False]),
    "the currency alone": (record("1", 10, 80), [True, False, False]),
    "the amount, but not what it is worth": (record("1", 14, 70), [True, False, True]),
}


@pytest.mark.parametrize("name", ["reference", "python"])
@pytest.mark.parametrize("case", CHANGES)
def test_it_has_changed_where_it_or_its_worth_has(name: str, case: str) -> None:
    after, wanted = CHANGES[case]
    env = Env(after, NOW, ZoneInfo("UTC"), old=record("1", 10, 70))
    texts = ("changed(price)", "changed(price from 70 to 77)", "price == 70")
    compiled = [compile_expression(Excerpt.whole(text), priced(), Slot("eval", saving=True))[0] for text in texts]
    assert [next(iter(evaluator(name, None)(one, [env]))) for one in compiled if one] == wanted


SETS = {
    "set deposit = 100": "",
    "set deposit = null": "",
    "set deposit = quantity": "",
    "set deposit = deposit": "",
    "set deposit = if vip then deposit else 5": "",
    "set deposit = deposit ?? 5": "",
    "set deposit = price": "E334",
    "set deposit = deposit * 2": "E334",
    "set deposit = old.deposit": "E334",
    "let before = deposit\nset deposit = before": "E334",
    "set deposit = if vip then price else 5": "E334",
    "set deposit = name": "E301",
    "set amount = deposit": "",
    "set budget = deposit": "E315",
}


@pytest.mark.parametrize("text", SETS)
def test_only_what_is_known_to_be_in_its_currency_is_put_into_it(text: str) -> None:
    found, problems = compile_program(Excerpt.whole(text), demo(), ANY)
    assert [one.code for one in problems if one.is_error] == [code for code in (SETS[text],) if code]
    assert (found is None) == bool(SETS[text])


CREATES = {
    "create sale { paid_in: paid_in, price: deposit }": "",
    'create sale { paid_in: "CNY", price: price }': "",
    "create sale { price: 5 }": "",
    "create sale { price: deposit }": "E334",
    'create sale { paid_in: "USD", price: deposit }': "E334",
    'create sale { paid_in: "USD", price: price }': "E334",
    "create sale { paid_in: name, price: deposit }": "E334",
}


@pytest.mark.parametrize("text", CREATES)
def test_a_new_record_gets_it_with_its_currency(text: str) -> None:
    scope = demo()
    sale = scope.world["sale"] = DictScope("sale", scope.world)
    sale.add("paid_in", TEXT.or_null())
    sale.add("price", money("CNY").or_null(), currency="paid_in")
    _, problems = compile_program(Excerpt.whole(text), scope, ANY)
    assert [one.code for one in problems if one.is_error] == [code for code in (CREATES[text],) if code]
