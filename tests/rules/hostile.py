"""Writes what nobody should, each in a process of its own, and measures the processor's time and the memory that it takes.

`python -m tests.rules.hostile` prints a line for each; the exit code tells whether all kept their limits.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kith.problems import Excerpt
from kith.rules import reference
from kith.rules.actions import TooManyEffects, run
from kith.rules.compiling import compile_expression, compile_program, compile_template
from kith.rules.formatting import format_slot
from kith.rules.python import compile_python
from kith.rules.sql.connecting import dialect_of, scratch_engine
from kith.rules.sql.running import Loaded
from kith.rules.sql.support import unsupported
from kith.rules.values import DoesNotFit, Env
from tests.rules.scopes import ANY, demo

MOST_SECONDS, MOST_MEGABYTES = 2.0, 200
AT_LAST_SECONDS, AT_LAST_BYTES = 10, 2**31
"""Where a case is ended, so that none harms the machine."""
LONG = "a" * 65_000

CHECKED: dict[str, str] = {
    "parentheses": "(" * 10_000 + "vip" + ")" * 10_000,
    "parentheses_never_closed": "(" * 100_000,
    "brackets": "quantity in " + "[" * 10_000,
    "braces": "{" * 50_000,
    "a_number_of_5_000_digits": "quantity > " + "9" * 5_000,
    "a_fraction_of_5_000_digits": "quantity > 0." + "9" * 5_000,
    "a_span_of_5_000_digits": f"closes_on + {'9' * 5_000}d > today()",
    "a_date_of_many_digits": f"closes_on > @{'2' * 5_000}-01-01",
    "not_not_not": "not " * 10_000 + "vip",
    "minus_minus": "-" * 10_000 + "quantity > 1",
    "a_chain_of_and": " and ".join(["vip"] * 10_000),
    "a_chain_of_or": " or ".join(f"quantity == {n}" for n in range(5_000)),
    "a_chain_of_plus": " + ".join(["quantity"] * 5_000) + " > 1",
    "a_chain_of_times": " * ".join(["weight"] * 900) + " > 1",
    "too_many_arguments": f"combine(note, {', '.join(['note'] * 900)}) is set",
    "a_chain_of_texts": " + ".join(["name"] * 1_500) + " == name",
    "ifs_within_ifs": "if vip then " * 5_000 + "1",
    "ifs_in_conditions": "if (" * 500 + "vip" + ") then vip else paid" * 500,
    "a_long_list": f"quantity in [{', '.join(map(str, range(9_000)))}]",
    "a_list_of_names": f"quantity in [{', '.join(['code'] * 1_900)}]",
    "a_long_path": "account." + ".".join(["parent"] * 5_000) + ".name is set",
    "a_long_name": "a" * 60_000,
    "calls_within_calls": "abs(" * 5_000 + "quantity" + ")" * 5_000,
    "aggregates_within_aggregates": "count(lines where " * 1_000,
    "quotes": '"' * 65_000,
    "one_long_text": f'name == "{"x" * 65_000}"',
    "holes": '"' + "{name}" * 5_000 + '" == name',
    "holes_within_holes": '"' + "{" * 10_000 + '"',
    "backslashes": '"' + "\\" * 65_001 + '"',
    "other_signs": "\u202e\x00\ufeff" * 10_000,
    "full_width": "（" * 10_000,
    "line_ends": "\n" * 65_000 + "vip",
    "comments": "# x\n" * 16_000 + "vip",
    "dunders": "().__class__.__bases__[0].__subclasses__()",
    "too_long_at_all": "vip or " * 140_000,
    "a_pattern_that_goes_back": 'matches(name, "(a+)+$")',
    "a_pattern_of_patterns": 'matches(name, "' + "(" * 5_000 + "a" + ")*" * 5_000 + '")',
    "a_pattern_of_counts": 'matches(name, "((((a{100}){100}){100}){100}){100}")',
    "bands_of_bands": "bands(quantity, [" + ", ".join(map(str, range(5_000))) + "], [1]) > 1",
    "conditions_that_meet": " and ".join(f"(quantity == {n} or code == {n} or (vip and discount > {n}%))" for n in range(60)),
    "values_that_meet": " and ".join(f"(ratio ?? (if vip then weight else {n})) > (weight ?? {n})" for n in range(30)),
}  # fmt: skip
"""Conditions, which are told to be wrong, or taken."""
BLOCKS: dict[str, str] = {
    "blocks_within_blocks": "if vip { " * 5_000,
    "loops_within_loops": "for l in lines { " * 5_000,
    "statements": "set vip = true\n" * 4_000,
    "variables": "\n".join(f"let a{n} = quantity + {n}" for n in range(2_000)),
    "else_if": "if vip { stop } " + "else if paid { stop } " * 2_000,
    "a_payload_of_payloads": 'webhook "x" ' + "{ a: " * 5_000,
    "creates": "create task { subject: name }\n" * 1_500,
    "values_of_one_record": "create task { " + ", ".join(f"a{n}: 1" for n in range(4_000)) + " }",
}
"""Action blocks, which are told to be wrong, or taken."""
RUN: dict[str, str] = {
    "a_pattern_that_goes_back": 'matches(note, "(a+)+$")',
    "a_pattern_of_choices": 'matches(note, "(a|a|aa)*b")',
    "every_part_of_a_text": 'matches(note, "(.*)(.*)(.*)(.*)x")',
    "a_text_repeated": "repeat(note, 1_000_000)",
    "a_text_padded": 'pad_left(note, 999_999_999, "x")',
    "a_text_replaced_by_itself": 'replace(replace(note, "a", note), "a", note)',
    "a_text_repeated_often": "repeat(note, 1_000)",
    "texts_put_together": f"combine(note, {', '.join(['note'] * 59)})",
    "the_least_of_many": f"min({', '.join(['quantity', 'code'] * 30)})",
    "a_chain_of_defaults": " ?? ".join(["ratio"] * 1_500),
    "a_chain_of_ands": " and ".join(["vip"] * 1_500),
    "a_chain_of_sums": " + ".join(["weight"] * 60),
    "a_choice_of_many": "quantity in [" + ", ".join(map(str, range(1_500))) + "]",
    "a_text_counted": 'count_of(note, "aa")',
    "two_long_texts_compared": "edit_distance(note, reverse(note))",
    "two_long_texts_alike": "similarity(note, reverse(note))",
    "a_text_as_pinyin": "pinyin(note)",
    "a_text_of_words": "title_case(note)",
    "a_text_of_initials": "initials(note)",
    "a_part_far_away": 'split_part(note, "a", 999_999_999)',
    "a_power": "power(weight, 30)",
    "a_root": "sqrt(weight)",
    "a_quotient_by_nothing": "quantity / code",
    "the_rest_by_nothing": "mod(quantity, code)",
    "business_days_to_the_end": "add_business_days(starts_on, 999_999_999)",
    "business_days_of_all_times": "business_days_between(@1900-01-01, @2999-12-31)",
    "business_days_back": "business_days_between(@2999-12-31, @1900-01-01)",
    "business_hours_of_all_times": "business_hours_between(@1900-01-02T00:00Z, @2999-12-31T00:00Z)",
    "days_beyond_the_calendar": "@2999-12-31 + 400_000d",
    "months_beyond_the_calendar": "@2999-12-31 + 12_000mo",
    "the_end_of_a_month": "@2999-01-31 + 1mo",
    "the_year_2999": "days_between(@2999-02-28, @2999-12-31) + iso_week(@2999-12-31)",
    "hours_beyond_the_calendar": "@2999-12-31T23:59Z + 99_999_999h",
    "a_sum_of_the_largest": "sum(lines.quantity)",
    "joined_texts": 'join(lines.label, "{name}")'.replace("{name}", "-" * 1_000),
    "an_average": "avg(lines.amount)",
    "holes_of_long_texts": '"' + "{note}" * 900 + '"',
    "template_like_data": '"{name} {vip}"',
}  # fmt: skip
"""Values over a record with a text of 65,000 letters, numbers at their borders and 2,000 lines."""
ACTED: dict[str, str] = {
    "a_text_that_doubles_64_times": "let a0 = name\n" + "\n".join(f'let a{n + 1} = "{{a{n}}}{{a{n}}}"' for n in range(64)),
    "a_text_that_is_added_64_times": "let a0 = name\n" + "\n".join(f"let a{n + 1} = a{n} + a{n}" for n in range(64)),
    "a_loop_of_loops": "for a in lines { for b in lines { for c in lines { set note = name } } }",
    "creates_by_the_million": "for a in lines { for b in lines { create task { subject: name } } }",
    "a_loop_that_doubles": 'let t = "x"\nfor a in lines { set note = "{note}{note}" }',
    "deletes_of_all": "for a in lines { delete lines }",
}  # fmt: skip
"""Blocks that are carried out on that record."""


@dataclass(frozen=True)
class Cost:
    """What one case took."""

    name: str
    seconds: float
    megabytes: int
    said: str

    @property
    def is_within(self) -> bool:
        """Whether it kept its limits and came to an end."""
        return self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES and not self.said.startswith("!")


def checked(text: str) -> str:
    """A condition, and the same text in each of its other places."""
    said = []
    for check in (compile_expression, compile_template):
        made, problems = check(Excerpt.whole(text), demo(), ANY)
        if made is None and not problems:
            return "! neither taken nor told"
        said.append("taken" if made else problems[0].code)
    format_slot(text, "expression")
    return " ".join(said)


def block(text: str) -> str:
    """An action block."""
    made, problems = compile_program(Excerpt.whole(text), demo(), ANY)
    if made is None and not problems:
        return "! neither taken nor told"
    format_slot(text, "block")
    return "taken" if made else problems[0].code


def record() -> Env:
    """A record with large values and many lines."""
    line = {
        "amount": None,
        "quantity": 999_999_999_999_999,
        "label": "x" * 100,
        "cancelled": False,
        "due": None,
        "product": None,
    }
    lines = [{"id": f"l{n:04}", **line} for n in range(2_000)]
    this: dict[str, object] = dict.fromkeys(demo().names())
    this |= {
        "id": "r",
        "name": "{{7*7}} {name}",
        "note": LONG,
        "quantity": 999_999_999_999_999,
        "code": 0,
        "tags": frozenset(),
    }
    this |= {
        "weight": 9_999_999,
        "starts_on": date(2999, 12, 1),
        "stage": "new",
        "vip": True,
        "paid": True,
        "active": True,
    }
    now = datetime(2026, 6, 15, 9, tzinfo=UTC)
    return Env(
        this,
        now,
        ZoneInfo("Asia/Shanghai"),
        related=lambda entity, held, relation: lines if relation == "lines" else [],
    )


def valued(text: str) -> str:
    """A value on three back ends."""
    made, problems = compile_expression(Excerpt.whole(text), demo(), ANY)
    if made is None:
        return problems[0].code
    env = record()
    ways: list[Callable[[], object]] = [
        lambda: reference.evaluate(made.tree, env),
        lambda: compile_python(made.tree)(env),
    ]
    return " ".join(_said(way) for way in ways)


def _said(way: Callable[[], object]) -> str:
    try:
        return repr(way())[:24]
    except DoesNotFit:
        return "does not fit"


def lowered(text: str) -> str:
    """The same value in SQLite, where it can run there."""
    made, problems = compile_expression(Excerpt.whole(text), demo(), ANY)
    if made is None:
        return problems[0].code
    with scratch_engine("sqlite://").connect() as connection:
        dialect = dialect_of(connection, "Asia/Shanghai")
        if any(unsupported(made.tree, dialect)):
            return "not in a database"
        loaded = Loaded(connection, [made.tree], [record()], dialect)
        return repr(loaded.values([made.tree])[0][0])[:24]


def acted(text: str) -> str:
    """The effects of a block."""
    made, problems = compile_program(Excerpt.whole(text), demo(), ANY)
    if made is None:
        return problems[0].code
    try:
        return f"{len(run(made, record()))} effects"
    except (TooManyEffects, DoesNotFit) as refused:
        return type(refused).__name__


def cases() -> dict[str, tuple[Callable[[str], str], str]]:
    """Every case, with what is done with its text."""
    groups = (
        ("checked", checked, CHECKED),
        ("block", block, BLOCKS),
        ("run", valued, RUN),
        ("sqlite", lowered, RUN),
        ("acted", acted, ACTED),
    )
    return {f"{group}: {name}": (do, text) for group, do, texts in groups for name, text in texts.items()}


def alone(name: str, do: Callable[[str], str], text: str) -> Cost:
    """One case in a process that is forked for it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (AT_LAST_SECONDS, AT_LAST_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (AT_LAST_BYTES, AT_LAST_BYTES))
        try:
            said = do(text)
        except BaseException:  # noqa: BLE001  # told by whoever waits
            said = "! " + traceback.format_exc(limit=-2)
        os.write(writing, json.dumps(said[:2_000]).encode())
        os._exit(0)
    os.close(writing)
    _, _, used = os.wait4(child, 0)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    return Cost(
        name,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss // 1024,
        json.loads(said) if said else "! ended from outside",
    )


def main() -> int:
    """A line for each case, as JSON with `--json`."""
    with scratch_engine("sqlite://").connect() as connection:
        dialect_of(connection, "UTC")
    checked("vip and quantity > 1")
    found = [alone(name, do, text) for name, (do, text) in cases().items()]
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps([[one.name, one.seconds, one.megabytes, one.said, one.is_within] for one in found]))
    else:
        for one in found:
            mark = "" if one.is_within else "  <<<"
            sys.stdout.write(f"{one.seconds:6.2f} s {one.megabytes:5} MB  {one.name}: {one.said}{mark}\n")
    return int(not all(one.is_within for one in found))


if __name__ == "__main__":
    sys.exit(main())
