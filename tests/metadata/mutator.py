"""Breaks the shipped apps in small ways, as people do, and measures whether the checker says so at the right line.

`python -m tests.metadata.mutator 2000` makes a long run and prints what was not located.
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

from kith.metadata.build import build
from kith.metadata.layers import documents, load
from kith.metadata.model import Layer
from kith.problems import Problem, render
from kith.source import read

ROOT = Path(__file__).resolve().parents[2]
APPS = ("retail_crm", "b2b_crm")
WORD = re.compile(r"[a-z][a-z0-9_]{2,}")
SLOT = re.compile(r"\b(?:when|require|filter|value|for|[a-z]+_when|default_from)(?:: )(?P<text>[^{}\n]{6,})")
KEYS = frozenset(
    "entity form view rules role import data label plural title icon fields type required unique search max_length options default"
    " to inverse on_delete value result columns sections items tab highlights related layout filter sort require message field"
    " on when do steps key values column entities read create update delete of rows include indexes keys help width total".split()
)  # fmt: skip


READ = cache(read)
"""Reads an unbroken document once for all mutants."""


@dataclass(frozen=True)
class Mutant:
    """One broken text: which document, which line, how it was broken, and the name that it took away or changed."""

    kind: str
    path: str
    line: int
    text: str
    lost: str = ""


@dataclass
class Outcome:
    """What a run found."""

    made: int = 0
    noticed: int = 0
    located: int = 0
    near: int = 0
    """Of the located: those with a problem within one line; the others are told where the lost name is used."""
    crashes: list[str] = field(default_factory=list)
    missed: list[tuple[Mutant, list[Problem]]] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """The share of noticed mutations that are located."""
        return self.located / self.noticed if self.noticed else 1.0


def misspelt(word: str, rng: random.Random) -> str:
    """A word with one slip of the fingers."""
    at = rng.randrange(len(word))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
    ]
    if at + 1 < len(word):
        slips.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return rng.choice([slip for slip in slips if slip != word] or [word + "x"])


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def key(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A key of the kind's shape is misspelt."""
    found = [m for m in re.finditer(r"(?:^|[\s{,])([a-z_]+):(?=\s)", text, re.MULTILINE) if m.group(1) in KEYS]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, *match.span(1), misspelt(match.group(1), rng)), match.start(1), ""


def name(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A word somewhere is misspelt; where it declares something, that name is lost."""
    found = list(WORD.finditer(text))
    match = rng.choice(found)
    return _replaced(text, *match.span(), misspelt(match.group(), rng)), match.start(), match.group()


def swapped(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A name is taken for another one that exists."""
    known = set(names)
    found = [match for match in WORD.finditer(text) if match.group() in known]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, *match.span(), rng.choice(names)), match.start(), match.group()


def wrong_type(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A plain value becomes a list, a map, a number or nothing."""
    found = list(re.finditer(r": (?P<value>[\w.+-]+)(?=[,}\n])", text))
    if not found:
        return None
    match = rng.choice(found)
    new = rng.choice(["[a, b]", "{a: b}", "42", "''", "yes", "~", "3.5"])
    return _replaced(text, *match.span("value"), new), match.start("value"), match.group("value")


def deleted_line(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A line is gone."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    lost = re.match(r"\s*([\w.]+):", lines[at])
    offset = sum(map(len, lines[:at]))
    return "".join(lines[:at] + lines[at + 1 :]), offset, lost.group(1) if lost else ""


def wrong_indent(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A line is moved by one or two blanks."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    shift = rng.choice([-2, -1, 1, 2])
    old = lines[at]
    lines[at] = old[min(-shift, len(old) - len(old.lstrip(" "))) :] if shift < 0 else " " * shift + old
    lost = re.match(r"\s*([\w.]+):", old)
    return "".join(lines), sum(map(len, lines[:at])), lost.group(1) if lost else ""


def broken_expression(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """An operator or bracket of an expression is lost, doubled or another one."""
    found = list(SLOT.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    start, end = match.span("text")
    at = rng.randrange(start, end)
    new = rng.choice(["", "=", "==", "(", ")", "&&", " or", " and", "!", '"', ".", "x", " 1", "+", "@", " is"])
    return _replaced(text, at, at + rng.choice([0, 1]), new), at, ""


Mutation = Callable[[str, random.Random, list[str]], tuple[str, int, str] | None]
MUTATIONS: tuple[Mutation, ...] = (key, name, swapped, wrong_type, deleted_line, wrong_indent, broken_expression)


class Mutator:
    """An app, broken again and again."""

    def __init__(self, app: str) -> None:
        self.layers, _ = load(ROOT / "apps" / app)
        self.layers = (self.layers[0], replace(self.layers[-1], root=app))
        # Demo data is never broken, and reading it again and again would take most of the time.
        self.texts = {
            path: text for path, text in self.layers[-1].documents.items() if not path.startswith("data/demo/")
        }
        self.layers = (self.layers[0], replace(self.layers[-1], documents=self.texts))
        _, problems = build(self.layers)
        self.before = Counter(map(_key, problems))
        words = Counter(
            word for text in self.texts.values() for word in set(re.findall(r"^ +([a-z_]{3,}):", text, re.MULTILINE))
        )
        self.names = sorted(words)

    def make(self, rng: random.Random) -> Mutant | None:
        """One mutant."""
        path = rng.choice(list(self.texts))
        mutation = rng.choice(MUTATIONS)
        found = mutation(self.texts[path], rng, self.names)
        if found is None or found[0] == self.texts[path]:
            return None
        text, offset, lost = found
        return Mutant(mutation.__name__, path, text.count("\n", 0, offset) + 1, text, lost)

    def check(self, mutant: Mutant) -> list[Problem]:
        """The problems that the unbroken app does not have."""
        top = self.layers[-1]
        broken = Layer(top.name, top.version, {**self.texts, mutant.path: mutant.text}, "", top.root)
        with patch.object(documents, "read", READ):
            _, problems = build((self.layers[0], broken))
        return [problem for problem in problems if _key(problem) not in self.before]


def _key(problem: Problem) -> tuple[str, str, str]:
    path = problem.span.source.path if problem.span else ""
    return problem.code, path, problem.message()


def located(mutant: Mutant, problems: Iterable[Problem], root: str) -> tuple[bool, bool]:
    """Whether some problem is within one line of the mutation; and whether one is told where the lost name is missed."""
    near = named = False
    for problem in problems:
        if problem.span is None:
            continue
        line, _ = problem.span.source.position(problem.span.start)
        end, _ = problem.span.source.position(max(problem.span.start, problem.span.end - 1))
        if problem.span.source.path == f"{root}/{mutant.path}" and line - 1 <= mutant.line <= end + 1:
            near = True
        text = problem.span.source.text[problem.span.start : problem.span.end]
        if mutant.lost and (mutant.lost in text or f'"{mutant.lost}"' in problem.message()):
            named = True
    return near, named


def run(count: int, seed: int = 1, apps: Iterable[str] = APPS) -> Outcome:
    """Make that many mutants of each app in turn."""
    rng, outcome = random.Random(seed), Outcome()  # noqa: S311  # a test that can be repeated, no secret
    mutators = [(app, Mutator(app)) for app in apps]
    while outcome.made < count:
        app, mutator = mutators[outcome.made % len(mutators)]
        mutant = mutator.make(rng)
        if mutant is None:
            continue
        outcome.made += 1
        try:
            problems = mutator.check(mutant)
        except Exception:  # noqa: BLE001  # whatever it is, it is what the run looks for
            outcome.crashes.append(f"{mutant.kind} {mutant.path}:{mutant.line}\n{traceback.format_exc()}")
            continue
        if not problems:
            outcome.silent[mutant.kind] += 1
            continue
        outcome.noticed += 1
        near, named = located(mutant, problems, app)
        outcome.near += near
        outcome.located += near or named
        if not (near or named):
            outcome.missed.append((mutant, problems))
    return outcome


def main() -> None:
    """A long run from the command line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.perf_counter()
    outcome = run(count, seed)
    for crash in outcome.crashes[:5]:
        print(crash)  # noqa: T201
    for mutant, problems in outcome.missed[:40]:
        shown = mutant.text.splitlines()[max(0, mutant.line - 2) : mutant.line + 1]
        print(f"\n--- {mutant.kind} {mutant.path}:{mutant.line} lost={mutant.lost}", *shown, sep="\n")  # noqa: T201
        print(*(render(problem) for problem in problems[:3]), sep="\n")  # noqa: T201
    print(  # noqa: T201
        f"\n{outcome.made} mutants, {outcome.noticed} noticed, {outcome.share:.1%} located"
        f" ({outcome.near / outcome.noticed:.1%} within"
        f" one line), {len(outcome.crashes)} crashes, silent: {dict(outcome.silent)}, {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
