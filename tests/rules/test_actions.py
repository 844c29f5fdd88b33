"""What action blocks want done, and how they are checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt, Problem
from kith.rules.actions import run
from kith.rules.compiling import compile_program
from kith.rules.effects import CreateRecord, Effect, Fresh, Refuse, SetField, SetThrough, Stop
from kith.rules.evalscope import Records
from kith.rules.program import Assign, Program
from tests.rules.scopes import ANY, demo

VALUES: dict[str, object] = {
    "name": "Deal",
    "note": None,
    "quantity": 5,
    "price": "10.00",
    "discount": "0.2",
    "stage": "won",
    "vip": False,
    "starts_on": "2026-01-31",
    "account": {"id": "a1", "name": "Acme", "parent": {"id": "a2", "name": "Holding"}},
    "owner": {"id": "u1", "name": "Ann"},
}


def program(text: str) -> Program:
    compiled, problems = compile_program(Excerpt.whole(text), demo(), ANY)
    assert compiled is not None, [problem.message() for problem in problems]
    return compiled


def problems(text: str) -> list[Problem]:
    return compile_program(Excerpt.whole(text), demo(), ANY)[1]


def effects(text: str, values: dict[str, object] | None = None) -> tuple[Effect, ...]:
    records = Records(demo(), {**VALUES, **(values or {})})
    now = datetime(2026, 6, 15, 9, tzinfo=UTC)
    return run(program(text), replace(records.env(now, ZoneInfo("Asia/Shanghai"))))


def test_a_field_is_set_and_a_later_statement_reads_the_new_value() -> None:
    assert effects("set quantity = quantity + 1\nset code = quantity * 2") == (
        SetField("quantity", 6),
        SetField("code", 12),
    )


def test_an_empty_text_is_stored_as_null_and_in_nfc() -> None:
    assert effects('set note = ""') == (SetField("note", None),)
    assert effects('set note = "{name}e\u0301"') == (SetField("note", "Deal\u00e9"),)


def test_a_path_is_set_through_at_most_two_references() -> None:
    (first,) = effects("set account.name = name")
    assert isinstance(first, SetThrough)
    assert (first.entity, first.id, first.name, first.value) == ("account", "a1", "name", "Deal")
    (second,) = effects("set account.parent.name = name")
    assert isinstance(second, SetThrough)
    assert second.id == "a2"
    assert [problem.code for problem in problems("set account.parent.parent.name = name")] == ["E211"]


def test_a_null_link_leaves_nothing_to_set() -> None:
    (effect,) = effects("set account.parent.name = name", {"account": {"id": "a1", "name": "Acme"}})
    assert isinstance(effect, SetThrough)
    assert effect.id is None


def test_a_record_is_created_and_known_by_its_alias() -> None:
    text = 'create task { subject: "Call {account.name}", due: today() + 3d, owner: owner } as call\nset note = "{call.subject}!"'
    created, note = effects(text)
    assert created == CreateRecord(
        "task", {"subject": "Call Acme", "due": date(2026, 6, 18), "owner": "u1"}, "call", Fresh("task", 0)
    )
    assert note == SetField("note", "Call Acme!")


def test_branches_variables_refusals_and_stops() -> None:
    text = """
    let gap = days_between(starts_on, today())
    if gap > 60 {
      set vip = true
      refuse "Late by {gap} days" on starts_on
      if stage == "won" { stop }
      set code = 1
    } else { set vip = false }
    set code = 2
    """
    assert effects(text) == (SetField("vip", True), Refuse("Late by 135 days", "starts_on"), Stop())
    assert effects(text, {"starts_on": "2026-06-01"}) == (SetField("vip", False), SetField("code", 2))


def test_a_block_that_touches_only_its_record_runs_before_the_write() -> None:
    before = program('let a = 1\nif vip { set code = a } else { stop }\nrefuse "no" on code')
    assert before.before
    assert before.sets == ("code",)
    assert not program("set account.name = name").before
    assert not program("if vip { create task { subject: name } }").before


def test_a_block_knows_what_it_reads() -> None:
    uses = program("if account.name == name { set code = sum(lines.quantity) }").uses
    assert [(use.entity, use.field, use.relation) for use in uses] == [
        ("opportunity", "account", ""),
        ("account", "name", ""),
        ("opportunity", "name", ""),
        ("lines_of_opportunity", "", "lines"),
        ("lines_of_opportunity", "quantity", "lines"),
    ]


def test_a_block_knows_what_it_writes() -> None:
    block = program(
        "if vip { set account.name = name } else { set code = 1 }\ncreate task { subject: name, due: today() }"
    )
    assert block.writes == (
        ("account", "name"), ("opportunity", "code"), ("task", ""), ("task", "subject"), ("task", "due"),
    )  # fmt: skip
    assert block.volatile == "today"
    assert [use.field for use in block.uses] == ["vip", "name", "account"]


WRONG = [
    ("set nmae = name", ["E203"]),
    ("set name = quantity", ["E301"]),
    ("set name = note", ["E402"]),
    ("set vip = flag", ["E402"]),
    ("set name = null", ["E402"]),
    ("set quantity = price", ["E301"]),
    ('set stage = "lots"', ["E304"]),
    ("set id = name", ["E203"]),
    ("let a = 1\nlet a = 2", ["E209"]),
    ("if vip { let a = 1 }\nset code = a", ["E203"]),
    ("create task { subjct: name }", ["E203", "E403"]),
    ("create task { subject: note }", ["E402"]),
    ('refuse "x" on nme', ["E203"]),
    ('refuse "{nme}"', ["E203"]),
    ("set name = name + 1\nset code = nme", ["E319", "E203"]),
    ("let limit = 3\nset vip = any(lines where quantity > limit)", ["E203"]),
    ("set created_by = owner", ["E210"]),
    ("set account.owner = account", ["E307"]),
]


@pytest.mark.parametrize(("text", "codes"), WRONG, ids=[text for text, _ in WRONG])
def test_mistakes_in_a_block_are_told_all_at_once(text: str, codes: list[str]) -> None:
    assert sorted(problem.code for problem in problems(text)) == sorted(codes)


RIGHT = [
    "if note is set { set name = note }",
    "if note is not set { stop }\nset name = note",
    "if note is set { set code = 1 } else { stop }\nset name = note",
    'set note = "x"\nset name = note',
    "if vip { let a = 1 set code = a } else { let a = 2 set code = a }",
    "if account is set and account.note is set { set name = account.note }",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_block_knows_what_is_set_where_it_goes_on(text: str) -> None:
    assert problems(text) == []


FORGOTTEN = [
    "if note is set { set note = null set name = note }",
    "if note is not set { stop }\nif vip { set note = null }\nset name = note",
    "if account.note is set { set account = null set name = account.note ?? name set name = account.note }",
]


@pytest.mark.parametrize("text", FORGOTTEN)
def test_a_set_ends_what_was_known_of_the_old_value(text: str) -> None:
    assert "E402" in [problem.code for problem in problems(text)]


def test_a_set_to_what_may_be_too_long_or_may_be_skipped_does_not_make_the_field_set() -> None:
    for text in (
        "set effort = 1d * 10_000_000\nset closes_on = starts_on + effort",
        'set account.name = "x"\nset note = account.name',
    ):
        last = program(text).actions[-1]
        assert isinstance(last, Assign)
        assert last.value.type.nullable
    assert problems("set closes_on = starts_on + 3d\nset starts_on = closes_on") == []
