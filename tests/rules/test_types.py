"""Where mistakes stand, what the hints say, and what narrowing knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kith.problems import Excerpt, Problem
from kith.rules.compiling import compile_expression, compile_template
from kith.rules.scope import Slot
from kith.rules.types import DATE, DECIMAL, INT, TEXT, Type, choice, decimal, money
from tests.rules.scopes import ANY, FILTER, REQUIRE, WHEN, demo


def problems(text: str, slot: Slot = ANY) -> list[Problem]:
    return compile_expression(Excerpt.whole(text), demo(), slot)[1]


def codes(text: str, slot: Slot = ANY) -> list[str]:
    return [problem.code for problem in problems(text, slot)]


def type_of(text: str) -> str:
    expression, found = compile_expression(Excerpt.whole(text), demo(), ANY)
    assert expression is not None, [problem.message() for problem in found]
    return str(expression.type)


PLACES = [
    ("dicount > 1", "E203", "dicount", 'did you mean "discount" (percent)?'),
    ("account.nmae == name", "E203", "nmae", 'did you mean "name" (text)?'),
    ('stage == "wom"', "E304", '"wom"', 'did you mean "won"?'),
    ('stage in ["won", "lots"]', "E304", '"lots"', 'did you mean "lost"?'),
    ('vip or stage == "other"', "E304", '"other"', "options: new, proposal, negotiation, won, lost"),
    ("lenght(name)", "E201", "lenght", 'did you mean "length"?'),
    ("year(created_at)", "E311", "created_at", "write local_date(created_at)"),
    ("contains(stage, name)", "E311", "stage", "write text(stage)"),
    ('closes_on > "2026-01-31"', "E303", '"2026-01-31"', "dates are written @2026-01-31, without quotes"),
    ('quantity > "3"', "E303", '"3"', "numbers are written without quotes"),
    ("any(lines where vip)", "E203", "vip", "here a bare name is of the related record; did you mean this.vip?"),
    ("lines", "E205", "lines", "write count(lines) or sum(lines.…)"),
    ("count(account.vists)", "E203", "vists", 'did you mean "visits"?'),
    ('name in note', "E328", "note", "a part of a text is found with contains(text, part)"),
    ("account and vip", "E309", "account", "did you mean `account is set`?"),
    ("name.first", "E204", "first", None),
    ("amount > discount", "E316", "discount", None),
    ("vip + 1", "E302", "vip + 1", None),
    ("if vip then 1 else name", "E303", "name", None),
    ("quantity ?? name", "E303", "name", None),
    ("created_at - closes_on", "E325", "created_at - closes_on", None),
    ("lines.amount", "E205", "lines", "write count(lines) or sum(lines.…)"),
    ("sum(lines.label)", "E311", "lines.label", None),
    ("this.lines", "E205", "lines", "write count(lines) or sum(lines.…)"),
    ("all(lines)", "E312", "all(lines)", None),
    ("closes_on - 90min", "E321", "closes_on - 90min", None),
    ("vip == 1", "E303", "1", None),
    ("owner == account", "E307", "account", None),
    ("min(quantity, name)", "E303", "name", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "place", "hint"), PLACES, ids=[case[0] for case in PLACES])
def test_a_mistake_stands_at_its_place_with_its_hint(text: str, code: str, place: str, hint: str | None) -> None:
    first = next(problem for problem in problems(text) if problem.is_error)
    assert first.span is not None
    found = (first.code, text[first.span.start : first.span.end], first.hint.en if first.hint else None)
    assert found[:2] == (code, place)
    assert hint is None or found[2] == hint


def test_all_mistakes_of_a_slot_are_told_at_once() -> None:
    assert codes('nme == 1 and stage == "wom" or length(quantity) > lines') == ["E203", "E304", "E311", "E205"]


def test_a_mistake_is_told_once_and_not_again_where_its_value_is_used() -> None:
    assert codes("(nme + 1) * 2 > 3") == ["E203"]


GUARDED = [
    "discount <= 15%",
    "amount > 1",
    "closes_on between @2026-01-01 and @2026-12-31",
    'priority in ["low"]',
    'not (priority in ["low"])',
    "amount / quantity > price",
    "price / quantity > 1",
    "effort is not set or effort / quantity > 1h",
    "effort / 3 > 1h",
    "discount is set or discount <= 15%",
    "(if vip then discount else 1%) < 5%",
    "any(lines where amount > 1)",
    "all(lines, amount > 1)",
    "account.parent.name > name",
    "max(discount, 1%) < 5%",
    "days_between(closes_on, today()) > 3",
]


@pytest.mark.parametrize("text", GUARDED)
def test_a_require_refuses_a_comparison_that_nothing_guards(text: str) -> None:
    assert "E401" in codes(text, REQUIRE)
    assert "E401" not in codes(text, WHEN)


NARROWED = [
    "discount ?? 0% <= 15% or created_by == owner",
    "discount is not set or discount <= 15%",
    "discount is set and discount <= 15%",
    "not (discount is set and discount > 15%)",
    "not (discount is not set) and discount > 15%",
    "discount != null and discount > 15%",
    "discount == null or discount > 15%",
    "if discount is set then discount <= 15% else true and vip",
    "(if discount is set then discount else 0%) <= 15%",
    "discount is not set or amount is not set or discount * amount < 100",
    "vip and discount is set and amount is set and discount * amount < 100",
    "account.parent.name is not set or account.parent.name > name",
    "account.name is not set or account.name < name",
    'vip or priority is not set or priority > "low"',
    "starts_on + 3d < today()",
    "created_at + 4h < now()",
    "local_date(created_at) < today()",
    "next_anniversary(starts_on) > today()",
    "quantity == 0 or price / quantity > 1",
    "quantity > 0 and price / quantity > 1",
    "price / 3 > 1",
    "effort is not set or effort / 3 > 1h",
    "effort is not set or quantity == 0 or effort / quantity > 1h",
    "(if effort is set and quantity > 0 then effort / quantity else 1h) > 1h",
    "any(lines where amount is set and amount > 1)",
    "sum(lines.amount) > 1",
    "discount == 15%",
    'stage > "new"',
    'tags is not set or "vip" in tags',
]


@pytest.mark.parametrize("text", NARROWED)
def test_a_guard_makes_a_comparison_of_what_may_be_missing_fine(text: str) -> None:
    assert "E401" not in codes(text, REQUIRE)
    assert not [problem for problem in problems(text, REQUIRE) if problem.is_error]


def test_a_guard_offers_to_check_only_filled_values() -> None:
    (problem,) = problems("vip or discount <= 15%", REQUIRE)
    assert problem.fix is not None
    assert problem.fix.text == "(discount is not set or discount <= 15%)"
    assert problem.hint is not None
    assert "`discount ?? 0% …` (count empty as 0%)" in problem.hint.en
    assert codes("vip or " + problem.fix.text, REQUIRE) == []


TYPES = [
    ("account.name", "text?"),
    ("if account is set then account.name else name", "text"),
    ("old.name", "text?"),
    ("this", "ref<opportunity>"),
    ("me.team.name", "text?"),
    ("amount * 15%", "money(17,4,CNY)?"),
    ("amount + 1.005", "money(17,3,CNY)?"),
    ("price / amount", "decimal(22,6)?"),
    ("discount * 2", "decimal(10,6)?"),
    ("discount + 1%", "percent?"),
    ("weight + quantity", "decimal(19,3)"),
    ("first(lines.product.name by due)", "text?"),
    ("today() + 3d", "date?"),
    ("stage ?? \"new\"", "choice<new,proposal,negotiation,won,lost>"),
    ("null", "null?"),
    ("[1, 2.5]", "set<decimal(2,1)>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), TYPES, ids=[text for text, _ in TYPES])
def test_an_expression_has_the_type_that_the_design_says(text: str, wanted: str) -> None:
    assert type_of(text) == wanted


def test_numbers_of_more_than_38_digits_are_refused_when_compiling() -> None:
    assert codes("quantity * quantity * 99_999_999") == []
    assert codes("quantity * quantity * 999_999_999") == ["E314"]


def test_a_long_sum_needs_few_more_digits() -> None:
    assert type_of(" + ".join(["quantity"] * 10)) == "int"
    expression, _ = compile_expression(Excerpt.whole(" - ".join(["quantity"] * 60)), demo(), ANY)
    assert expression is not None
    assert expression.type.precision == 17


STORED = [
    ("quantity", INT, []),
    ("weight", INT, []),
    ("amount", money("CNY"), ["E402"]),
    ("amount", money("CNY").or_null(), []),
    ("amount ?? 0", money("CNY"), []),
    ("amount", money("USD").or_null(), ["E315"]),
    ("quantity * 2", money("CNY"), []),
    ("price", DECIMAL, ["E301"]),
    ("margin", DECIMAL, []),
    ("name", DATE, ["E301"]),
    ("null", DATE, ["E402"]),
    ("null", DATE.or_null(), []),
    ("today() + 3d", DATE, []),
    ("1234", decimal(3, 0), ["E332"]),
    ('"gold"', choice(("silver", "gold")), []),
    ('if vip then "gold" else "silver"', choice(("silver", "gold")), []),
    ('if vip then "gold" else "iron"', choice(("silver", "gold")), ["E304"]),
    ("name", choice(("silver", "gold")), ["E306"]),
    ("stage", TEXT, ["E301"]),
    ("created_at", DATE, ["E301"]),
]


@pytest.mark.parametrize(("text", "type_", "wanted"), STORED, ids=[f"{text} as {type_}" for text, type_, _ in STORED])
def test_a_value_is_put_into_what_a_place_wants(text: str, type_: Type, wanted: list[str]) -> None:
    assert codes(text, Slot("default", type_)) == wanted


def test_storing_makes_a_number_that_of_the_place() -> None:
    expression, _ = compile_expression(Excerpt.whole("weight * 2"), demo(), Slot("default", INT))
    assert expression is not None
    assert str(expression.type) == "int"


def test_a_condition_may_be_a_bool_that_is_missing() -> None:
    assert codes("flag", WHEN) == []
    assert codes("null or vip", WHEN) == ["W303"]


@pytest.mark.parametrize("text", ["old.name is set", "changed(name)", "is_new()", "owner == me"])
def test_a_filter_knows_neither_the_save_nor_the_actor(text: str) -> None:
    assert codes(text, FILTER) in (["E208"], ["E207"])
    assert codes(text, WHEN) == []


def test_a_template_prints_what_its_holes_find() -> None:
    shown = Slot("title", TEXT, shown=True)
    assert compile_template(Excerpt.whole("{name} · {account.name}"), demo(), shown)[1] == []
    (problem,) = compile_template(Excerpt.whole("{nam} · {name}"), demo(), shown)[1]
    assert problem.code == "E203"
    assert problem.span is not None
    assert problem.span.start == 1


def test_an_expression_knows_what_it_reads() -> None:
    text = "account.owner.name == name and any(account.visits where quantity > 1) and old.note is set and today() > starts_on"
    expression, found = compile_expression(Excerpt.whole(text), demo(), ANY)
    assert expression is not None, found
    reads = [
        (use.root, use.entity, use.field, [step.name for step in use.through], use.relation) for use in expression.uses
    ]
    assert reads == [
        ("this", "opportunity", "account", [], ""),
        ("this", "account", "owner", ["account"], ""),
        ("this", "user", "name", ["account", "owner"], ""),
        ("this", "opportunity", "name", [], ""),
        ("this", "visits_of_account", "", ["account"], "visits"),
        ("this", "visits_of_account", "quantity", ["account"], "visits"),
        ("old", "opportunity", "note", [], ""),
        ("this", "opportunity", "starts_on", [], ""),
    ]
    assert expression.volatile == "today"
    assert expression.cost > 100


def test_warnings_leave_the_expression_usable() -> None:
    expression, found = compile_expression(Excerpt.whole("weight / 3 * 2"), demo(), replace(ANY, result=DECIMAL))
    assert expression is not None
    assert [problem.code for problem in found] == ["W302"]


def test_a_chain_of_many_conditions_is_one_node_with_many_parts() -> None:
    text = " or ".join(f"code == {number}" for number in range(60))
    assert codes(text, WHEN) == []
