"""What a run covered: each construct with and without null, how each engine ran it, and how many answers were constant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kith.rules import reference
from kith.rules.sql.ways import ENGINES, how
from kith.rules.tree import Aggregate, Call, Node, Path, walk
from kith.rules.values import Env
from tests.agreement.comparing import Question
from tests.agreement.engines import attempt
from tests.agreement.world import World

SAMPLE = 12
"""Records of a world that are looked at closely."""


def construct(node: Node) -> str:
    """What a node is called in the report."""
    match node:
        case Call(op=op):
            return op
        case Aggregate(function=function):
            return f"{function}(…)"
        case Path(root=root, steps=steps):
            return f"{root}, {'a field' if len(steps) < 2 else 'through references'}"
        case _:
            return type(node).__name__.lower()


@dataclass
class Report:
    """Counts of a run."""

    expressions: int = 0
    constant: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Expressions that an engine refused when compiling."""
    with_null: Counter[str] = field(default_factory=Counter)
    without_null: Counter[str] = field(default_factory=Counter)
    runs: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(operation, engine, own | registered | refused)."""
    disagreements: list[str] = field(default_factory=list)

    def add(self, asked: Sequence[Question], where: World) -> None:
        """Look closely at some records, with the reference."""
        sample = where.envs[:SAMPLE]
        for question in asked:
            self.expressions += 1
            with self.watching():
                values = [attempt(lambda env, tree=question.tree: reference.evaluate(tree, env), env) for env in sample]  # type: ignore[misc]
            self.constant += all(value == values[0] for value in values)
            for node in walk(question.tree):
                if isinstance(node, Call | Aggregate):
                    for engine in ENGINES:
                        self.runs[construct(node), engine, how(node, engine)] += 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        """See every value that the reference computes."""
        evaluate = reference.evaluate
        stack: list[list[bool]] = [[]]

        def watched(node: Node, env: Env) -> Any:
            stack.append([])
            try:
                value = evaluate(node, env)
            finally:
                seen = stack.pop()
            null = value is None or any(seen)
            (self.with_null if null else self.without_null)[construct(node)] += 1
            stack[-1].append(value is None)
            return value

        reference.evaluate = watched  # type: ignore[assignment]
        try:
            yield
        finally:
            reference.evaluate = evaluate

    def lines(self) -> Iterator[str]:
        """The report as text."""
        share = self.constant / self.expressions if self.expressions else 0
        yield f"{self.expressions} expressions, {len(self.disagreements)} disagreements, {share:.0%} with one answer only"
        for engine, count in sorted(self.refused.items()):
            yield f"{engine} refused {count} when compiling"
        yield ""
        yield f"{'construct':30} {'with null':>10} {'without':>10}   " + "   ".join(
            f"{engine:24}" for engine in ENGINES
        )
        for name in sorted({*self.with_null, *self.without_null}):
            ways = "   ".join(f"{self._ways(name, engine):24}" for engine in ENGINES)
            yield f"{name:30} {self.with_null[name]:>10} {self.without_null[name]:>10}   {ways}".rstrip()
        yield from self.disagreements

    def _ways(self, name: str, engine: str) -> str:
        counts = {way: self.runs[name, engine, way] for way in ("own", "registered", "refused")}
        return ", ".join(f"{way} {count}" for way, count in counts.items() if count)


def merged(reports: Iterable[Report]) -> Report:
    """Several reports as one."""
    whole = Report()
    for one in reports:
        whole.expressions += one.expressions
        whole.constant += one.constant
        whole.disagreements += one.disagreements
        for name in ("refused", "with_null", "without_null", "runs"):
            getattr(whole, name).update(getattr(one, name))
    return whole
