"""What is said to hold always or never does: no record of thousands gives it the lie."""

from __future__ import annotations

import random

import pytest

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression, compile_program
from kith.rules.proving.assuming import Proof, can_be
from tests.agreement.making.generator import Generator
from tests.agreement.world import world
from tests.rules import proving
from tests.rules.scopes import ANY, WHEN, demo

NEVER = (
    "quantity > 5 and quantity < 3",
    "quantity > 5 and quantity < 6",
    "weight > 5 and weight < 5.001",
    'stage == "won" and stage == "lost"',
    'stage in ["won", "lost"] and stage not in ["lost", "won"]',
    'stage != "new" and stage != "won" and stage not in ["proposal", "negotiation", "lost"]',
    "starts_on > @2026-01-01 and starts_on < @2026-01-02",
    'account is not set and account.name == "x"',
    'is_new() and old.stage == "won"',
    'changed(stage to "won") and stage == "lost"',
    "changed(stage) and stage == old.stage",
    "closes_on > today() + 3d and closes_on < today()",
    "quantity < code and code < quantity",
    "quantity > 5 and code < 3 and quantity < code",
    "(discount ?? 0%) > 15% and discount is not set",
    "month(starts_on) == 13",
    "count(lines) < 0",
    "quantity between 5 and 3",
    "if vip then not vip else vip",
    'contains(note, "a") and note is not set',
    "flag and not flag",
)
ALWAYS = (
    "quantity > 5 or quantity <= 5",
    "ratio > 5 or ratio <= 5 or ratio is not set",
    'stage >= "new"',
    "not (vip and not vip)",
    "any(lines where cancelled) or not any(lines where cancelled)",
    "quantity - 3 < quantity",
)
OPEN = (
    "quantity > 5 and quantity < 7",
    "ratio > 5 or ratio <= 5",
    "flag or flag == false",
    "today() + 1d > today()",
    "closes_on + 3d > closes_on or closes_on is not set",
    "weight > 5 and weight < 5.002",
    'changed(stage to "won") and old.stage == "lost"',
    'text(stage) == "won" and stage == "lost"',
    "name != account.name and account.name != note",
)


@pytest.mark.parametrize(
    ("text", "said"), [*((t, "never") for t in NEVER), *((t, "always") for t in ALWAYS), *((t, "") for t in OPEN)]
)
def test_a_condition_is_proved_or_left_open(text: str, said: str) -> None:
    made, _ = compile_expression(Excerpt.whole(text), demo(), WHEN)
    assert made is not None
    assert proving.verdict(made.tree) == said


BLOCKS = {
    "if quantity > 5 { if quantity < 3 { stop } }": ["quantity < 3"],
    "if quantity > 5 { stop } if quantity > 7 { set vip = true }": ["quantity > 7"],
    "if quantity > 5 { stop } set code = 1 if code > 7 { set vip = true }": [],
    "if quantity > 5 { set quantity = 1 if quantity > 7 { set vip = true } }": [],
    "if quantity > 5 { set vip = quantity > 7 or paid }": [],
    "if vip { set flag = vip and paid } else { set flag = vip or paid }": ["vip", "vip"],
    "for line in lines where quantity > 5 { if line.quantity > 5 { stop } }": [],
    "for line in lines { if quantity > 5 and quantity < 3 { stop } }": ["quantity < 3"],
    "if note is not set { stop } if note is set { set vip = true }": [],
}


@pytest.mark.parametrize("text", BLOCKS)
def test_statements_are_told_where_those_before_have_left_the_record(text: str) -> None:
    made, problems = compile_program(Excerpt.whole(text), demo(), ANY)
    assert made is not None
    spans = [problem.span for problem in problems if problem.code in ("W309", "W310")]
    assert [text[span.start : span.end] for span in spans if span is not None] == BLOCKS[text]


def test_no_record_gives_a_proof_the_lie() -> None:
    told, wrong, _ = proving.run(600, 20_260_615)
    assert not wrong, "\n".join(wrong)
    assert told["never"] > 40
    assert told["always"] > 20


def test_nothing_is_said_of_conditions_of_every_form_that_a_record_denies() -> None:
    rng = random.Random(11)  # noqa: S311  # repeatable on purpose
    where, generator = world(rng, 40, saving=True), Generator(rng, saving=True)
    for _ in range(400):
        made, _ = compile_expression(Excerpt.whole(generator.make("bool", 2)), where.scope, WHEN)
        if made is not None and (said := proving.verdict(made.tree)):
            assert not list(proving.lies(made.tree, said, where.envs)), f"{said}: {made.excerpt.text}"


def test_the_cases_of_a_condition_do_not_grow_without_end() -> None:
    text = " and ".join(f"(quantity == {n} or code == {n} or vip)" for n in range(60))
    made, _ = compile_expression(Excerpt.whole(text), demo(), WHEN)
    assert made is not None
    assert can_be(Proof(), [(made.tree, True)])


def test_conditions_within_conditions_are_given_up_in_time() -> None:
    text = "vip"
    for number in range(20):
        text = (
            f"if ({text}) then quantity > {number} else code < {number}"
            if number % 2
            else f"(({text}) or quantity == {number}) and paid"
        )
    made, _ = compile_expression(Excerpt.whole(text), demo(), WHEN)
    assert made is not None
    proof = Proof()
    assert can_be(proof, [(made.tree, True)])
    assert proof.patience.left < 0
