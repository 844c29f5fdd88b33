"""One meaning: expressions over records on every back end, and where a back end does not say what the reference says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Syntax
from kith.rules.tree import Aggregate, Call, Node, walk
from kith.rules.values import DoesNotFit
from tests.agreement.engines import Answers, Engine, Reference
from tests.agreement.making.generator import Generator
from tests.agreement.world import World, world


@dataclass(frozen=True)
class Question:
    """An expression as it was written and what the checker made of it."""

    text: str
    tree: Node
    syntax: Syntax


@dataclass(frozen=True)
class Disagreement:
    """A back end and the reference about one expression and record."""

    engine: str
    text: str
    world: World
    index: int
    expected: object
    found: object

    def __str__(self) -> str:
        values = self.world.values[self.index]
        return (
            f"{self.engine} says {self.found!r}, the reference {self.expected!r}:\n  {self.text}\n"
            f"  now {self.world.now.isoformat()} in {self.world.zone}, {values}"
        )


def compiled(text: str, scope: Scope, *, saving: bool = False) -> Question | None:
    """The question of a text, or none where the checker refuses it."""
    expression, _ = compile_expression(Excerpt.whole(text), scope, Slot("agreement", saving=saving, actor=True))
    return Question(text, expression.tree, expression.syntax) if expression else None


def questions(generator: Generator, count: int, scope: Scope) -> list[Question]:
    """So many random expressions that the checker takes."""
    found: list[Question] = []
    while len(found) < count:
        question = compiled(generator.expression(), scope, saving=generator.saving)
        if question is not None:
            found.append(question)
    return found


def compare(asked: Sequence[Question], where: World, engines: Mapping[str, Engine]) -> Iterator[Disagreement]:
    """Every disagreement about some expressions; the first of each expression and engine."""
    trees = [question.tree for question in asked]
    wanted = Reference().answers(trees, where)
    for name, engine in engines.items():
        for question, right, said in zip(asked, wanted, engine.answers(trees, where), strict=True):
            if said is not None and right is not None:
                yield from first_difference(name, question, where, right, said)


def first_difference(
    name: str, question: Question, where: World, right: Answers, said: Answers
) -> Iterator[Disagreement]:
    """The first record about which an engine says something else."""
    refusable = may_refuse(question.tree)
    pairs = [(right.values, said.values), (right.verdicts, said.verdicts), (right.failed, said.failed)]
    for expected, found in pairs:
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            if not same(one, other) and not (refusable and DoesNotFit in (type(one), type(other))):
                yield Disagreement(name, question.text, where, index, one, other)
                return


def may_refuse(tree: Node) -> bool:
    """Whether a value may be refused because it does not fit: a sum, or a text that grows.

    That stops the statement, and an engine may come upon it where the reference, which does not look at what `and` and `??`
    need not know, never came; or never come upon it where the reference did.
    """
    parts = list(walk(tree))
    sums = any(isinstance(part, Aggregate) and part.function in ("sum", "join") for part in parts)
    return sums or any(isinstance(part, Call) and part.op in GROWING for part in parts)


GROWING = frozenset(
    {"concat", "replace", "upper", "pad_left", "pad_right", "repeat", "capitalize", "combine", "title_case", "pinyin"}
)
"""Operations whose text may be longer than what they are given."""


def same(one: object, other: object) -> bool:
    """Whether two answers are one: of one kind, equal, and numbers with the same places."""
    if isinstance(one, DoesNotFit) and isinstance(other, DoesNotFit):
        return True
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one.as_tuple() == other.as_tuple()
    return not isinstance(one, datetime) or one.utcoffset() == other.utcoffset()  # type: ignore[attr-defined]


def chunks(seed: int, expressions: int, records: int, size: int = 60) -> Iterator[tuple[list[Question], World]]:
    """A run: worlds of records with some expressions each; every fifth is about a save."""
    generators = {saving: Generator(random.Random(seed), saving=saving) for saving in (False, True)}  # noqa: S311
    for number, start in enumerate(range(0, expressions, size)):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311  # repeatable on purpose
        generator = generators[number % 5 == 4]
        generator.rng = rng
        where = world(rng, records, saving=generator.saving)
        yield questions(generator, min(size, expressions - start), where.scope), where
