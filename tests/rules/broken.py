"""Breaks good action blocks at random and looks at what is said: every block is taken or has a problem with code, line and column.

`python -m tests.rules.broken N SEED` prints what was told how often; the exit code tells whether anything went wrong.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kith.problems import Excerpt, Problem, render
from kith.rules.compiling import compile_program
from kith.rules.formatting import format_slot
from tests.rules.scopes import ANY, demo
from tests.support.own_time import own_time

GOOD = (
    "let gap = days_between(starts_on, today())",
    'set account.name = "{name} of {account.parent.name}"',
    "if gap > 60 and discount ?? 0% <= 15% { set vip = true } else if vip { stop } else { set code = code + 1 }",
    'create task { subject: "Call {name}", due: today() + 3d, owner: owner } as call',
    "update lines where not cancelled and quantity > this.quantity { quantity: quantity, due: today() }",
    "delete account.visits where quantity between 1 and 3",
    'link tags add "new"\nunlink owner.teams remove owner.team',
    "for line in lines where product.name == this.name { set line.amount = line.quantity * 2 if vip { stop } }",
    'notify account.owner ?? owner "{name}: \\{{amount}\\}"\nemail account.name using "birthday"',
    'webhook "erp" { id: id, more: { name: name, all: { sum: sum(lines.amount where amount is set), tags: tags } } }',
    'assign owner from queue "inbound"\nsubmit approval "big"',
    'refuse "Nobody cares for {name}" on owner',
)
STRANGE = (
    "{{7*7}}", "{name}", "().__class__", "__import__('os')", "(a+)+$", "@2026-02-30", "1_", "”", "，", "\x00", "\u202e", "'",
    '"', "{", "}", "[", "]", "(", ")", "=", "==", "where", "for", "in", "to", "update", "if", "else", "null", "not", "9" * 50,
    "a" * 60, "\n", "#", "\\", "%", "me", "old.", ".", ",", "0/0", "this", "while", ";", "\U0001f600", "e\u0301", "stop", "as",
    "by", "->", "==null", "changed(", "sum(lines)",
)  # fmt: skip
MOST_SECONDS = 2.0


def broken(chance: random.Random) -> str:
    """A good block with a few things taken out, put in, doubled or exchanged."""
    text = "\n".join(chance.sample(GOOD, chance.randint(1, 5)))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((1, 1, 2, 5, 20)))
        match chance.randrange(5):
            case 0:
                text = text[:at] + text[end:]
            case 1:
                text = text[:at] + chance.choice(STRANGE) + text[at:]
            case 2:
                text = text[:end] + text[at:end] * chance.randint(1, 3) + text[end:]
            case 3:
                text = text[:at] + chance.choice(STRANGE) + text[end:]
            case _:
                words = text.split(" ")
                place = chance.randrange(len(words))
                words[place] = chance.choice([*STRANGE, *" ".join(GOOD).split(" ")])
                text = " ".join(words)
    return text


@dataclass(frozen=True)
class Looked:
    """What was told of a text, and what went wrong."""

    codes: frozenset[str]
    wrong: tuple[str, ...]


def look(text: str) -> Looked:
    """Check a text: whatever it is, it is taken or has problems in their places, soon, and nothing raises."""
    try:
        with own_time() as spent:
            compiled, problems = compile_program(Excerpt.whole(text, "rule.yaml"), demo(), ANY)
            wrong = [] if compiled is None else list(_without_form(text))
    except Exception as error:  # noqa: BLE001
        return Looked(frozenset(), (f"{type(error).__name__}: {error}",))
    if spent.seconds > MOST_SECONDS:
        wrong.append("took too long")
    if (compiled is None) != any(problem.is_error for problem in problems):
        wrong.append("neither a block nor a mistake")
    wrong += (f"{problem.code} without its place" for problem in problems if not _is_placed(problem))
    return Looked(frozenset(problem.code for problem in problems), tuple(wrong))


def _is_placed(problem: Problem) -> bool:
    place = problem.span.place if problem.span is not None else ""
    return bool(re.fullmatch(r"rule\.yaml:\d+:\d+", place) and problem.message("zh-CN") and render(problem))


def _without_form(text: str) -> Iterator[str]:
    formatted = format_slot(text, "block")
    if formatted is None or format_slot(formatted, "block") != formatted:
        yield "no one form"


def run(count: int, seed: int) -> tuple[Counter[str], list[tuple[str, str]]]:
    """How often each code was told in so many blocks, and what went wrong with which."""
    chance = random.Random(seed)  # noqa: S311
    told: Counter[str] = Counter()
    wrong: list[tuple[str, str]] = []
    for _ in range(count):
        text = broken(chance)
        looked = look(text)
        told.update(looked.codes or {"none"})
        wrong += ((text, found) for found in looked.wrong)
    return told, wrong


def main(count: int, seed: int) -> int:
    """Print what was told, and what went wrong."""
    told, wrong = run(count, seed)
    lines = [f"{code}  {times}" for code, times in told.most_common()]
    lines += (f"\n{found}\n{text!r}" for text, found in wrong[:20])
    sys.stdout.write("\n".join([*lines, f"{count} blocks, {len(wrong)} went wrong", ""]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
