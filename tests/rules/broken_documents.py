"""Breaks good documents of rules at random and looks at what is said: never an exception, always code, line, column and a sentence.

`python -m tests.rules.broken_documents N SEED` prints what was told how often; the exit code tells whether anything went wrong.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.problems import LANGUAGES, Problem, render
from tests.rules.broken import STRANGE
from tests.support.own_time import own_time

PATH = "rules/deal_rules.yaml"
MOST_SECONDS = 2.0
FOLDER = Path(__file__).parent / "broken_app"
APP = {str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.yaml"))}
"""A small app, good as it stands; the document at PATH is what is broken."""
RULES = tuple(re.split(r"^  \w+:(?=\n)", APP[PATH], flags=re.MULTILINE)[1:])
"""What stands behind the name of each of its rules."""
NAMES = (
    "amonut", "nothing", "amount", "discount", "stage", "rating", "vip", "tags", "note", "owner", "account", "lines",
    "closes_on", "total", "name", "account.name", "account.nothing", "lines.price", "old.stage", "me.name", "this", "15",
    "15%", '"won"', '"wom"', "today()", "now()", "3d", "1mo", "null", "true", "count(lines)", "sum(lines.price)",
    "length(name)", "round(amount)", "5 / 0", "gap", "task", "user", "first(lines.label)",
)  # fmt: skip
"""What is well written, and mostly of another kind."""
KEYS = ("on", "when", "require", "do", "message", "field", "every", "for", "due", "label")
LINES = (
    "    when:", "    when: true", "    on: []", "    on: [sometimes]", "    on: create", "    require: [a, b]",
    "    do: {a: b}", "    every: never", "    due: {field: nothing, before: 3}", "\tdo: stop", "    extra: 1", "    <<: *x",
    "    when: !x y", "    field: nothing", "  again: {}", "    message: {en: '{', zh-CN: '}'}", "    for: now()",
    "    when: @today", "    on: [{field: [nothing]}]", "    on: [{child: nothing}]", "    every: {cron: '0 6 31 2 *'}",
    "- a", "? b", "    when: &a vip", "    do: *a", "---", "...", "%YAML 1.2", "    when: >", "    when: |2",
)  # fmt: skip
BITS = (
    "amonut", "stgae", "nothing", "account.nothing", "lines.price", "lines", "old.stage", "me.name", "this", "15", "15%",
    '"won"', '"wom"', "today()", "now()", "3d", "1mo", "null", "true", "count(lines)", "sum(lines.price)", "(", ")", "{", "}",
    "[", "]", "==", "=", "&&", "||", "!", "and", "not", "is set", "in", "<", "+ 1", "* amount", "/ 0", ":", "#", "'", '"',
    "\\", "- ", "? ", "|", ">", "%", "&a", "*a", "!t", "@", "`", ",", "，", "：", "stop", 'refuse "x"', "set name = null",
    "set total = 1", "delete lines", "for l in lines { stop }", "changed(stage)", "is_new()", "9" * 45, "￥",
)  # fmt: skip


@dataclass
class Looked:
    """What a run has found."""

    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    documents: int = 0
    problems: int = 0
    slowest: float = 0.0


def document(bodies: list[str]) -> str:
    """A document of rules with these bodies."""
    return "rules: deal_rules\nof: deal\nitems:\n" + "".join(
        f"  r{number}:{body}" for number, body in enumerate(bodies)
    )


class Breaker:
    """An example app whose document of rules is broken again and again."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
        self.memo = Memo()

    def problems(self, text: str) -> tuple[bool, list[Problem]]:
        """Whether there is a model, and what is told."""
        model, found = build((Layer("example", "1.0.0", {**APP, PATH: text}, ""),), self.memo)
        return model is not None, found

    # What is broken.

    def word(self, text: str) -> str:
        """A word or sign exchanged, doubled, left out or put in."""
        places = [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]
        start, end = self.rng.choice(places)
        piece = self.rng.choice([*BITS, *STRANGE])
        kind = self.rng.randrange(4)
        return (
            text[:start] + {0: "", 1: piece, 2: f"{piece} {text[start:end]}", 3: text[start:end] * 2}[kind] + text[end:]
        )

    def name(self, text: str) -> str:
        """A name or value exchanged for one that is well written, and most likely of another kind."""
        places = [found.span() for found in re.finditer(r"\b[\w.]+\b(?:\(\))?", text) if found[0] not in KEYS]
        start, end = self.rng.choice(places)
        return text[:start] + self.rng.choice(NAMES) + text[end:]

    def letter(self, text: str) -> str:
        """A letter left out, doubled or exchanged with its neighbour."""
        at = self.rng.randrange(len(text) - 1)
        changed = self.rng.choice(["", text[at] * 2, text[at + 1] + text[at]])
        return text[:at] + changed + text[at + (2 if len(changed) == 2 and changed[0] == text[at + 1] else 1) :]

    def line(self, text: str) -> str:
        """A line put in, left out, doubled or moved sideways."""
        lines = text.split("\n")
        at = self.rng.randrange(len(lines))
        match self.rng.randrange(4):
            case 0:
                lines.insert(at, self.rng.choice(LINES))
            case 1:
                del lines[at]
            case 2:
                lines.insert(at, lines[self.rng.randrange(len(lines))])
            case _:
                lines[at] = self.rng.choice([" ", "  ", "\t", ""]) + lines[at].removeprefix(
                    self.rng.choice(["  ", " ", ""])
                )
        return "\n".join(lines)

    def key(self, text: str) -> str:
        """A key of a rule called otherwise."""
        return text.replace(
            f"    {self.rng.choice(KEYS)}:", f"    {self.rng.choice([*KEYS, 'whne', 'On', 'requires'])}:", 1
        )

    def anyhow(self, text: str) -> str:
        """A document that is broken in one to four ways."""
        for _ in range(self.rng.randint(1, 4)):
            text = self.rng.choice([self.word, self.word, self.name, self.name, self.letter, self.line, self.key])(text)
        return text

    def rule(self) -> str:
        """A rule that is broken within one of its expressions or statements, so that its YAML stays whole."""
        body = self.rng.choice(RULES)
        for _ in range(20):
            text = self.rng.choice([self.word, self.name, self.name, self.name])(body)
            if text.count("\n") == body.count("\n") and self._is_whole(text):
                return text
        return body

    def _is_whole(self, text: str) -> bool:
        """Whether a rule is still a rule and no other mistake than in what it says."""
        _, found = self.problems(document([text]))
        return not any(problem.code.startswith(("D1", "D2", "E6")) for problem in found)

    # What is looked at.

    def look(self, text: str, looked: Looked) -> list[Problem]:
        """What is told of a document, with whatever is wrong in that."""
        with own_time() as spent:
            try:
                made, found = self.problems(text)
                wrong = [*self.amiss(text, made, found)]
            except Exception as error:  # noqa: BLE001  # the run goes on, and tells
                found, wrong = [], [f"{type(error).__name__}: {error}"]
        looked.slowest = max(looked.slowest, spent.seconds)
        wrong += [f"took {spent.seconds:.1f} s"] if spent.seconds > MOST_SECONDS else []
        looked.documents += 1
        looked.problems += len(found)
        looked.told.update({problem.code for problem in found} or {"none"})
        looked.wrong += [f"{what}\n{text}" for what in wrong]
        return found

    def amiss(self, text: str, made: bool, found: list[Problem]) -> Iterator[str]:
        """What is wrong with what is told."""
        if made == any(problem.is_error for problem in found):
            yield "a model with mistakes, or none without"
        lines = text.split("\n")
        for problem in found:
            if problem.span is None or not re.fullmatch(r"[DEW]\d{3}", problem.code):
                yield f"{problem.code} without its place"
                continue
            line, column = problem.span.source.position(problem.span.start)
            if problem.span.source.path == PATH and not (line <= len(lines) and column <= len(lines[line - 1]) + 1):
                yield f"{problem.code} at {line}:{column}, which is not there"
            for language in LANGUAGES:
                if not problem.message(language).strip() or not render(problem, language):
                    yield f"{problem.code} says nothing in {language}"
            if problem.mistake.words.en == problem.mistake.words.zh:
                yield f"{problem.code} is not told in Chinese"

    def together(self, looked: Looked) -> None:
        """Several broken rules in one document: what is told of each alone is told of all in one run."""
        bodies = [self.rule() for _ in range(self.rng.randint(2, 4))]
        told = Counter(_places(self.look(document(bodies), looked)))
        first = document([]).count("\n") + 1
        alone: Counter[tuple[str, int, int]] = Counter()
        for number, body in enumerate(bodies):
            _, found = self.problems(document([body]).replace("r0:", f"r{number}:", 1))
            alone.update((code, line + first - 4, column) for code, line, column in _places(found))
            first += body.count("\n")
        if lost := alone - told:
            looked.wrong.append(f"not told beside others: {dict(lost)}\n{document(bodies)}")


def _places(found: list[Problem]) -> Iterator[tuple[str, int, int]]:
    for problem in found:
        if problem.is_error and problem.span is not None and problem.span.source.path == PATH:
            yield (problem.code, *problem.span.source.position(problem.span.start))


def run(count: int, seed: int) -> Looked:
    """So many broken documents, every fifth of several broken rules."""
    breaker, looked = Breaker(seed), Looked()
    for number in range(count):
        if number % 5 == 4:
            breaker.together(looked)
            continue
        bodies = breaker.rng.sample(RULES, breaker.rng.randint(1, 4))
        breaker.look(breaker.anyhow(document(bodies)), looked)
    return looked


def main(count: int, seed: int) -> int:
    """Print what was told, and what went wrong."""
    looked = run(count, seed)
    lines = [f"{code}  {times}" for code, times in looked.told.most_common()]
    lines += (f"\n{what}" for what in looked.wrong[:12])
    counts = f"{looked.documents} documents, {looked.problems} problems of {len(looked.told)} kinds"
    sys.stdout.write(
        "\n".join([*lines, f"{counts}, the slowest {looked.slowest:.2f} s, {len(looked.wrong)} went wrong", ""])
    )
    return bool(looked.wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
