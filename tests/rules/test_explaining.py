"""The smallest reason for a verdict, in the reader's language and within his rights."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import Records
from kith.rules.explaining import MaySee, NameOf, Reader, reasons
from tests.rules.scopes import ENTITY, WHEN, demo

VALUES: dict[str, object] = {
    "name": "Deal",
    "quantity": 0,
    "price": "10.00",
    "discount": "0.2",
    "stage": "won",
    "vip": False,
    "account": {"id": "a1", "name": "Acme"},
    "tags": ["b", "a"],
    "lines": [{"quantity": 1, "cancelled": False}, {"quantity": 3, "cancelled": True}],
    "old": {"stage": "new", "discount": None},
}


def lines(
    text: str,
    hidden: frozenset[str] = frozenset(),
    language: str = "en",
    may_see: MaySee = lambda _entity, _id: True,
    name_of: NameOf | None = None,
) -> list[str]:
    scope = demo()
    expression, problems = compile_expression(Excerpt.whole(text), scope, WHEN)
    assert expression is not None, [problem.message() for problem in problems]
    env = Records(scope, VALUES).env(datetime(2026, 6, 15, tzinfo=UTC), ZoneInfo("UTC"))
    titles = (lambda _entity, id_: f"No. {id_}") if name_of else None
    may_read = lambda _entity, field: field not in hidden  # noqa: E731
    reader = Reader(text, env, may_read, language, may_see, name_of=name_of, title_of=titles)
    return reasons(reader, expression.tree)


RULE = "discount ?? 0% <= 15% or amount is set"

REASONS = [
    (RULE, ["`discount ?? 0% <= 15%` is false: discount is 20%", "`amount is set` is false: amount is empty"]),
    ("not vip", ["`vip` is false: vip is false"]),
    ("vip or name == \"Deal\" or quantity == 0", ['`name == "Deal"` is true: name is Deal']),
    ("quantity == 0 and vip and name == \"x\"", ["`vip` is false: vip is false"]),
    ("quantity == 0 and not vip", ["`quantity == 0` is true: quantity is 0", "`vip` is false: vip is false"]),
    ("price / quantity > 1", [
        "`price / quantity > 1` is false: price is 10.00, quantity is 0",
        "`price / quantity` is empty: it divides by zero",
    ]),
    ("account.name == name", ["`account.name == name` is false: account.name is Acme, name is Deal"]),
    ("if vip then quantity > 1 else quantity == 0", ["`vip` is false: vip is false", "`quantity == 0` is true: quantity is 0"]),
    ("changed(stage to \"won\")", ['`changed(stage to "won")` is true: stage was new and is won']),
    ("not changed(name from \"x\")", ['`changed(name from "x")` is false: name was empty and is Deal']),
    ("count(lines where cancelled) == 1", [
        "`count(lines where cancelled) == 1` is true: count(lines where cancelled) is 1",
    ]),
    ("any(lines where quantity > 5)", ["`any(lines where quantity > 5)` is false: 0 of 2 records of lines match"]),
    ("all(lines where cancelled, quantity > 2)", [
        "`all(lines where cancelled, quantity > 2)` is true: 1 of 1 records of lines match",
    ]),
    ("\"x\" in tags", ['`"x" in tags` is false: tags is a, b']),
    ("is_new() or quantity > 0", ["`is_new()` is false", "`quantity > 0` is false: quantity is 0"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), REASONS, ids=[text for text, _ in REASONS])
def test_a_verdict_has_its_smallest_reason(text: str, wanted: list[str]) -> None:
    assert lines(text) == wanted


def test_a_reason_is_told_in_chinese() -> None:
    assert lines(RULE, language="zh-CN") == [
        "`discount ?? 0% <= 15%` 不成立：discount 为 20%",
        "`amount is set` 不成立：amount 为空",
    ]


def test_a_hidden_value_is_not_told() -> None:
    assert lines(RULE, frozenset({"discount"}))[0] == "`discount ?? 0% <= 15%` is false: discount is (hidden)"


def test_a_readable_part_explains_before_a_hidden_one() -> None:
    assert lines("quantity == 1 and vip", frozenset({"quantity"})) == ["`vip` is false: vip is false"]


def test_which_hidden_part_decides_is_not_told() -> None:
    text = 'quantity == 1 and stage == "won" and name == "Deal"'
    assert lines(text, frozenset({"quantity", "stage"})) == ["`quantity == 1`: (hidden)", '`stage == "won"`: (hidden)']
    assert lines("if quantity == 0 then vip else vip or paid", frozenset({"quantity"})) == [
        "`if quantity == 0 then vip else vip or paid`: (hidden)"
    ]


def test_hidden_fields_of_related_records_hide_the_aggregate() -> None:
    text = "count(lines where cancelled) > 1"
    assert lines(text, frozenset({"cancelled"})) == [f"`{text}` is false: count(lines where cancelled) is (hidden)"]
    assert lines("changed(stage)", frozenset({"stage"})) == ["`changed(stage)` is true: stage is (hidden)"]


def test_what_a_record_out_of_sight_holds_is_not_told() -> None:
    def unseen(text: str, entity: str) -> list[str]:
        return lines(text, may_see=lambda of, _id: of != entity)

    assert unseen('account.name == "x"', "account") == ['`account.name == "x"` is false: account.name is (hidden)']
    text = "count(lines where cancelled) > 1"
    assert unseen(text, demo().relations["lines"].entity) == [
        f"`{text}` is false: count(lines where cancelled) is (hidden)"
    ]
    assert unseen("vip", ENTITY) == ["`vip` is false: vip is (hidden)"]


LABELLED = [
    ("discount is not set", ["`discount is not set` is false: Discount is 20%"]),
    ("account.name == name", ["`account.name == name` is false: Account · Name is Acme, Name is Deal"]),
    ("account is not set", ["`account is not set` is false: Account is No. a1"]),
    ('changed(stage to "won")', ['`changed(stage to "won")` is true: Stage was new and is won']),
    ("old.stage == stage", ["`old.stage == stage` is false: Stage before is new, Stage is won"]),
    ("count(lines) == 1", ["`count(lines) == 1` is false: the number of Lines is 2"]),
    ("sum(lines.quantity where cancelled) == 1", [
        "`sum(lines.quantity where cancelled) == 1` is false: the sum of Quantity of Lines where `cancelled` is 3",
    ]),
    ("any(lines where quantity > 5)", ["`any(lines where quantity > 5)` is false: 0 of 2 records of Lines match"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LABELLED, ids=[text for text, _ in LABELLED])
def test_people_read_labels_in_place_of_names(text: str, wanted: list[str]) -> None:
    assert lines(text, name_of=lambda _entity, field: field.capitalize() or "Lines") == wanted
