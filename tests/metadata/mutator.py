"""Breaks the shipped apps in small ways, as people do, and measures whether the checker says so at the right line.

`python -m tests.metadata.mutator 2000 1` makes a long run and prints what was not located, and every class with its count.
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.problems import Problem, Span, render
from kith.source import Mapping, Node, Scalar, Sequence, read
from tests.metadata.mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("retail_crm", "b2b_crm")
TEXTS = frozenset("label plural help title message en zh-CN".split())
"""Keys under which people's texts stand."""


@dataclass(frozen=True)
class Mutant:
    """One broken text: which document, which line, how it was broken, and the name that it took away or changed."""

    kind: str
    path: str
    line: int
    before: str
    text: str
    lost: str = ""


@dataclass
class Outcome:
    """What a run found; every mutant that is told of is in one of the classes of `told`, every other in one of `silent`."""

    made: int = 0
    told: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    missed: list[tuple[Mutant, list[Problem]]] = field(default_factory=list)

    @property
    def noticed(self) -> int:
        """Mutants that the checker tells of."""
        return sum(self.told.values())

    def share(self, *classes: str) -> float:
        """The share of some classes among the mutants that are told of."""
        return sum(self.told[name] for name in classes) / max(1, self.noticed)


IN_PLACE, RELATED, AT_USE, ELSEWHERE = "in place", "related place", "at its use", "elsewhere"
"""A problem stands within one line of the mutation; or one names that line as related; or the broken document is sound by
itself and the name that it lost is told where other documents use it; or nothing of these."""


class Mutator:
    """An app, broken again and again."""

    def __init__(self, app: str) -> None:
        layers, _ = load(ROOT / "apps" / app)
        # Demo data is never broken, and reading it again and again would take most of the time.
        top = layers[-1]
        self.texts = {path: text for path, text in top.documents.items() if not path.startswith("data/demo/")}
        self.layers = (*layers[:-1], replace(top, root=app, documents=self.texts))
        self.memo = Memo()
        _, problems = build(self.layers, self.memo)
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
        return Mutant(mutation.__name__, path, text.count("\n", 0, offset) + 1, self.texts[path], text, lost)

    def check(self, mutant: Mutant) -> list[Problem]:
        """The problems that the unbroken app does not have."""
        top = self.layers[-1]
        broken = Layer(top.name, top.version, {**self.texts, mutant.path: mutant.text}, "", top.root)
        _, problems = build((*self.layers[:-1], broken), self.memo)
        return [problem for problem in problems if _key(problem) not in self.before]


def _key(problem: Problem) -> tuple[str, str, str]:
    path = problem.span.source.path if problem.span else ""
    return problem.code, path, problem.message()


def class_of(mutant: Mutant, problems: list[Problem], root: str) -> str:
    """Where a mutant is told: one of the four classes."""
    path = f"{root}/{mutant.path}"
    places = [problem.span for problem in problems if problem.span]
    if any(_near(span, path, mutant.line) for span in places):
        return IN_PLACE
    if any(_near(one.span, path, mutant.line) for problem in problems for one in problem.related):
        return RELATED
    sound = all(span.source.path != path for span in places)
    return AT_USE if sound and any(_names(problem, mutant.lost) for problem in problems) else ELSEWHERE


def _near(span: Span, path: str, line: int) -> bool:
    first, _ = span.source.position(span.start)
    return span.source.path == path and abs(first - line) <= 1


def _names(problem: Problem, lost: str) -> bool:
    said = problem.span and lost in problem.span.source.text[problem.span.start : problem.span.end]
    return bool(lost) and bool(said or f'"{lost}"' in problem.message())


def difference(mutant: Mutant) -> str:
    """What a mutant says otherwise than the document before, where the checker has nothing to tell."""
    before, after = (read(text, "")[0] for text in (mutant.before, mutant.text))
    found = next(_differences(before, after, ()), None)
    if found is None:
        return "says the same (comment, blanks)"
    path, what = found
    if TEXTS & set(path):
        return "a text that people read"
    return f"{path[0] if path else 'document'}: {what}"


def _differences(one: Node | None, other: Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        gone, new = set(one.entries) - set(other.entries), set(other.entries) - set(one.entries)
        if gone or new:
            name = next(iter(sorted(gone or new)))
            yield (*path, name), "an optional part is gone" if not new else "another name"
        for name in one.entries.keys() & other.entries.keys():
            yield from _differences(one.get(name), other.get(name), (*path, name))
    elif isinstance(one, Sequence) and isinstance(other, Sequence) and len(one.items) == len(other.items):
        for left, right in zip(one.items, other.items, strict=True):
            yield from _differences(left, right, path)
    elif not (isinstance(one, Scalar) and isinstance(other, Scalar) and one.text == other.text):
        yield path, "another value"


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
            outcome.silent[f"{mutant.path.split('/')[0]}/{difference(mutant)}"] += 1
            continue
        found = class_of(mutant, problems, app)
        outcome.told[found] += 1
        if found != IN_PLACE:
            outcome.missed.append((mutant, problems))
    return outcome


def main() -> int:
    """A long run from the command line; 1 where something crashed."""
    count, seed = (int(sys.argv[at]) if len(sys.argv) > at else usual for at, usual in ((1, 200), (2, 1)))
    began = time.process_time()
    outcome = run(count, seed)
    sys.stdout.writelines(f"{line}\n" for line in report(outcome))
    sys.stdout.write(f"{time.process_time() - began:.0f} s\n")
    return int(bool(outcome.crashes))


def report(outcome: Outcome) -> Iterator[str]:
    """What a run found, line by line: all that was not told in place, then the classes with their counts."""
    yield from outcome.crashes[:5]
    for mutant, problems in outcome.missed:
        yield f"\n--- {mutant.kind} {mutant.path}:{mutant.line} lost={mutant.lost}"
        yield from mutant.text.splitlines()[max(0, mutant.line - 2) : mutant.line + 1]
        yield from (render(problem) for problem in problems[:3])
    yield f"\nnothing told ({sum(outcome.silent.values())}):"
    yield from (f"  {number:>5}  {name}" for name, number in sorted(outcome.silent.items()))
    yield f"told ({outcome.noticed}):"
    yield from (f"  {outcome.told[name]:>5}  {name}" for name in (IN_PLACE, RELATED, AT_USE, ELSEWHERE))
    strict, wider = outcome.share(IN_PLACE), outcome.share(IN_PLACE, RELATED, AT_USE)
    yield f"{outcome.made} mutants, {len(outcome.crashes)} crashes, strictly in place {strict:.1%}, wider {wider:.1%}"


if __name__ == "__main__":
    sys.exit(main())
