"""What action blocks want done, and how they are checked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt, Problem
from kith.rules.actions import TooManyEffects, run
from kith.rules.compiling import compile_program
from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Effect,
    Fresh,
    Link,
    Refuse,
    Send,
    SetField,
    SetThrough,
    Skip,
    Stop,
    UpdateRecord,
)
from kith.rules.evalscope import Records
from kith.rules.evaluators import GENERATED
from kith.rules.program import Assign, Program
from kith.rules.tree import Step
from kith.rules.types import ref
from kith.rules.values import DoesNotFit
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
    """What a block wants done: the same by the reference interpreter and by generated Python."""
    records = Records(demo(), {**VALUES, **(values or {})})
    env = records.env(datetime(2026, 6, 15, 9, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    block = program(text)
    told = run(block, env)
    assert run(block, env, lambda node, here: GENERATED.function(node)(here)) == told
    return told


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


def step(name: str, entity: str = "opportunity") -> Step:
    """A field of the demo record or of what is behind it, as a step of a path."""
    scope = demo() if entity == "opportunity" else demo().of(entity)
    found = scope.name(name) if scope is not None else None
    assert found is not None
    return Step(entity, name, found.type)


LINE = Step("", "line", ref("lines_of_opportunity"))
LINES: dict[str, object] = {
    "lines": [
        {"id": "l1", "quantity": 3, "amount": "10.00", "cancelled": False, "due": "2026-06-01"},
        {"id": "l2", "quantity": 0, "amount": "5.00", "cancelled": False, "product": {"id": "p1", "name": "Tea"}},
        {"id": "l3", "quantity": 7, "cancelled": True},
    ]
}
EFFECTS: dict[str, tuple[Effect, ...]] = {
    "update lines where quantity > this.code { quantity: quantity }": (
        UpdateRecord("lines_of_opportunity", "l1", {"quantity": 5}),
        UpdateRecord("lines_of_opportunity", "l3", {"quantity": 5}),
    ),
    "delete lines where cancelled or due < today()": (
        DeleteRecord("lines_of_opportunity", "l1"),
        DeleteRecord("lines_of_opportunity", "l3"),
    ),
    "delete account.parent.parent.visits": (
        Skip("delete", (step("account"), step("parent", "account"), step("parent", "account"))),
    ),
    "for line in lines where amount is set { set line.amount = line.amount * line.quantity\nset code = code + line.quantity }": (
        SetThrough(
            (LINE, step("amount", "lines_of_opportunity")), "lines_of_opportunity", "l1", "amount", Decimal("30.00")
        ),
        SetField("code", 4),
        SetThrough(
            (LINE, step("amount", "lines_of_opportunity")), "lines_of_opportunity", "l2", "amount", Decimal("0.00")
        ),
        SetField("code", 4),
    ),
    'for line in lines { set line.label = "x"\nset note = line.label\nif line.quantity == 0 { stop } }': (
        SetThrough((LINE, step("label", "lines_of_opportunity")), "lines_of_opportunity", "l1", "label", "x"),
        SetField("note", "x"),
        SetThrough((LINE, step("label", "lines_of_opportunity")), "lines_of_opportunity", "l2", "label", "x"),
        SetField("note", "x"),
        Stop(),
    ),
    'link tags add "a"\nunlink tags remove note\nlink owner.teams add owner.team': (
        Link("opportunity", "record", "tags", "a"),
        Skip("unlink", (step("tags"),)),
        Skip("link", (step("owner"), step("teams", "user"))),
    ),
    'notify owner "{name} \\{x\\}"': (Send("notify", {"to": ("u1",), "message": "Deal {x}"}),),
    'notify account.owner ?? owner "x"': (Send("notify", {"to": ("u1",), "message": "x"}),),
    'email account.name using "hello"': (Send("email", {"to": "Acme", "template": "hello"}),),
    'email note using "hello"': (Skip("email", (step("note"),)),),
    'webhook "erp" { price: price, gone: { due: closes_on, on: starts_on, rate: discount }, all: tags }': (
        Send(
            "webhook",
            {
                "webhook": "erp",
                "data": {
                    "price": "10.00",
                    "gone": {"due": None, "on": "2026-01-31", "rate": "0.2"},
                    "all": [],
                },
            },
        ),
    ),
    'assign owner from queue "inbound"': (Send("assign", {"field": "owner", "queue": "inbound"}),),
    'submit approval "big"': (Send("submit", {"approval": "big"}),),
    "create task { subject: name } as t\nset t.due = today()\nset closes_on = t.due": (
        CreateRecord("task", {"subject": "Deal"}, "t", Fresh("task", 0)),
        SetThrough(
            (Step("", "t", ref("task")), step("due", "task")), "task", Fresh("task", 0), "due", date(2026, 6, 15)
        ),
        SetField("closes_on", date(2026, 6, 15)),
    ),
}


@pytest.mark.parametrize(("text", "wanted"), EFFECTS.items(), ids=EFFECTS.keys())
def test_what_a_statement_wants_done(text: str, wanted: tuple[Effect, ...]) -> None:
    assert effects(text, {**LINES, "code": 1}) == wanted


def test_a_block_may_not_want_more_than_a_save_may_do() -> None:
    many: dict[str, object] = {"lines": [{"id": f"l{n:03}", "quantity": 1, "cancelled": False} for n in range(101)]}
    text = "for a in lines { for b in account.visits { set code = 1 } }"
    visits = {"account": {"id": "a1", "name": "A", "visits": [{"id": f"v{n:03}", "quantity": 1} for n in range(100)]}}
    with pytest.raises(TooManyEffects):
        effects(text, {**many, **visits})


def test_a_text_that_doubles_is_stopped_before_it_is_long() -> None:
    doubling = "".join(f'let t{n + 1} = "{{t{n}}}{{t{n}}}"\n' for n in range(64))
    with pytest.raises(DoesNotFit):
        effects(f'let t0 = "ab"\n{doubling}set note = t64')


def test_what_looks_like_a_template_in_data_stays_text() -> None:
    hostile: dict[str, object] = {"name": "{{7*7}} {name} ().__class__ \\"}
    assert effects('set note = "{name}"', hostile) == (SetField("note", hostile["name"]),)
    assert effects('notify owner "{name}"', hostile) == (Send("notify", {"to": ("u1",), "message": hostile["name"]}),)


def test_a_record_is_still_what_a_statement_is_about_if_it_hangs_there_and_passes_its_test() -> None:
    records = Records(demo(), {**VALUES, **LINES})
    env = records.env(datetime(2026, 6, 15, 9, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    effect = run(program("delete lines where quantity > this.quantity"), env)[0]
    assert isinstance(effect, DeleteRecord)
    assert effect.still is not None
    line = {"id": "l3", "quantity": 7, "opportunity": "record"}
    assert [effect.still({**line, "quantity": number}) for number in (6, 5)] == [True, False]


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
    ("update task where due is set { due: today() }", ["E221"]),
    ("delete owner", ["E221"]),
    ("delete lines.product", ["E221"]),
    ("for line in lines where qantity > 1 { stop }", ["E203"]),
    ("for line in lines { set line.qantity = 1 }", ["E203"]),
    ("for line in lines { stop }\nset line.quantity = 1", ["E203"]),
    ("for name in lines { stop }", ["E209"]),
    ("let a = 1\nset a = 2", ["E211"]),
    ('set note = ""\nset name = note', ["E402"]),
    ("set note = trim(name)\nset name = note", ["E402"]),
    ("let limit = 1\ndelete lines where quantity > limit", ["E203"]),
    ("delete lines where any(account.visits where quantity > 1)", ["E212"]),
    ("update lines { qantity: 1, cancelled: 3 }", ["E203", "E301"]),
    ("update lines { quantity: discount ?? null }", ["E402"]),
    ("link account add this", ["E222"]),
    ("link old.tags add name", ["E222"]),
    ("link tags add quantity", ["E301"]),
    ("link tags add null", ["E333"]),
    ('notify account "x"', ["E311"]),
    ('notify name "{nme}"', ["E203", "E311"]),
    ('email owner using "x"', ["E311"]),
    ('email name using "{note}"', ["E224"]),
    ('webhook "" { a: nme, b: { c: nme } }', ["E203", "E203", "E224"]),
    ('assign account.owner from queue "x"', ["E223"]),
    ('submit approval "{name}"', ["E224"]),
]


@pytest.mark.parametrize(("text", "codes"), WRONG, ids=[text for text, _ in WRONG])
def test_mistakes_in_a_block_are_told_all_at_once(text: str, codes: list[str]) -> None:
    assert sorted(problem.code for problem in problems(text)) == sorted(codes)


RIGHT = [
    "if note is set { set name = note }",
    "if note is not set { stop }\nset name = note",
    "if note is set { set code = 1 } else { stop }\nset name = note",
    'set note = "x"\nset name = note',
    'set note = if vip then "{quantity} x" else "a" + trim(name)\nset name = note',
    "if vip { let a = 1 set code = a } else { let a = 2 set code = a }",
    "if account is set and account.note is set { set name = account.note }",
    "for line in lines where label is set { set name = line.label }",
    "for line in lines { if line.label is set { set name = line.label } }",
    'for line in lines { set line.label = "x"\nset name = line.label }',
    "for a in lines { for b in account.visits { set a.quantity = b.quantity } }",
    "for line in lines { let x = line.quantity\nset code = x }\nfor line in account.visits { let x = line.quantity\nset code = x }",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_block_knows_what_is_set_where_it_goes_on(text: str) -> None:
    assert problems(text) == []


FORGOTTEN = [
    "if note is set { for line in lines { set name = note\nset note = line.label } }",
    "if note is set { for line in lines { set note = null }\nset name = note }",
    "for line in lines where label is set { for x in lines { set x.label = null }\nset name = line.label }",
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
