"""What a run covered: each construct with null, without and at a border, how each engine ran it, and what was never reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

from kith.rules import effects, program, reference
from kith.rules.sql.ways import ENGINES, how
from kith.rules.tree import Aggregate, Call, Node, walk
from kith.rules.values import Env
from tests.agreement.comparing import Question
from tests.agreement.coverage import WRITTEN_OUT, by_node, constructs, is_border, knows_null, required
from tests.agreement.engines import Crash, attempt
from tests.agreement.soundness import keeps
from tests.agreement.world import World

SAMPLE = 8
"""Records of a world that are looked at closely."""
WIDE = 10_000
"""Expressions of a run from which on each construct must have been reached with null and without."""
COUNTS = ("refused", "with_null", "without_null", "at_border", "runs", "zones", "statements", "effects")


class Seen(NamedTuple):
    """What was seen of a value: whether it was null, at a border, and whether a null was anywhere below it."""

    null: bool
    border: bool
    deep: bool


STATEMENTS = tuple(kind.__name__ for kind in get_args(program.Action))
EFFECTS = tuple(kind.__name__ for kind in get_args(effects.Effect))
See = Callable[[Node, object, Seen], None]
"""Hears of a node, its value, and what of that was so of it or of one of those that it was made of."""


@contextmanager
def watching(see: See) -> Iterator[None]:
    """Hear of every value that the reference computes."""
    evaluate = reference.evaluate
    stack: list[list[Seen]] = [[]]

    def watched(node: Node, env: Env) -> Any:
        stack.append([])
        try:
            value = evaluate(node, env)
        finally:
            below = stack.pop()
        null = value is None
        own = Seen(null, is_border(value, node.type), null or any(one.deep for one in below))
        see(node, value, Seen(*map(any, zip(own, *below, strict=True))))
        stack[-1].append(own)
        return value

    reference.evaluate = watched  # type: ignore[assignment]
    try:
        yield
    finally:
        reference.evaluate = evaluate


@dataclass
class Report:
    """Counts of a run; a case is one expression on one record, on every back end that can run it."""

    expressions: int = 0
    blocks: int = 0
    cases: int = 0
    constant: int = 0
    seconds: float = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Expressions that an engine refused when compiling."""
    with_null: Counter[str] = field(default_factory=Counter)
    without_null: Counter[str] = field(default_factory=Counter)
    at_border: Counter[str] = field(default_factory=Counter)
    runs: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(operation, engine, own | registered | refused)."""
    zones: Counter[str] = field(default_factory=Counter)
    """Cases by time zone."""
    statements: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Values that are not what the checker promised."""

    def add(self, question: Question, where: World) -> None:
        """Look closely at some records, with the reference."""
        self.expressions += 1
        self.cases += len(where.envs)
        self.zones[where.zone] += len(where.envs)
        names = by_node(question.tree, question.syntax)
        with watching(lambda *seen: self.see(names, question.text, *seen)):
            values = [attempt(lambda env: reference.evaluate(question.tree, env), env) for env in where.envs[:SAMPLE]]
        self.broken += (
            f"{value.error} by the reference, in {question.text}" for value in values if isinstance(value, Crash)
        )
        self.constant += all(value == values[0] for value in values)
        for node in walk(question.tree):
            if isinstance(node, Call | Aggregate):
                for engine in ENGINES:
                    self.runs[next(constructs(node)), engine, how(node, engine)] += 1

    def see(self, names: Mapping[int, list[str]], text: str, node: Node, value: object, seen: Seen) -> None:
        """Count a value by what its node is called, and hold it against its type."""
        for name in names.get(id(node), ()):
            null = seen.deep if name in WRITTEN_OUT else seen.null
            (self.with_null if null else self.without_null)[name] += 1
            self.at_border[name] += seen.border
        if not keeps(value, node.type) and len(self.broken) < WIDE:
            self.broken.append(f"{text[node.start : node.end]} is {value!r}, and was to be {node.type}, in {text}")

    def missing(self, names: Iterable[str] = ()) -> list[str]:
        """What was to be reached and was not; of a wide run also with null, and without."""
        wide = self.expressions >= WIDE
        found = []
        for name in names or required():
            null, other = self.with_null[name], self.without_null[name]
            if not null + other:
                found.append(f"{name} was never reached")
            elif wide and knows_null(name) and not (null and other):
                found.append(f"{name} was never reached {'without' if null else 'with'} null")
        return found + [f"{name} was never reached" for name in self._missing_of_blocks()]

    def _missing_of_blocks(self) -> Iterator[str]:
        if self.blocks:
            yield from (name for name in STATEMENTS if not self.statements[name])
            yield from (name for name in (*EFFECTS, "DoesNotFit") if not self.effects[name])

    def lines(self) -> Iterator[str]:
        """The report as text."""
        share = self.constant / self.expressions if self.expressions else 0
        yield (
            f"{self.cases:,} cases ({self.expressions:,} expressions, {self.blocks:,} blocks) in {self.seconds:,.0f} s, "
            f"{len(self.disagreements)} disagreements, {len(self.broken)} broken promises, {share:.0%} with one answer only"
        )
        for engine, count in sorted(self.refused.items()):
            yield f"{engine} refused {count:,} when compiling"
        yield "time zones: " + ", ".join(f"{zone} {count:,}" for zone, count in sorted(self.zones.items()))
        yield "statements: " + ", ".join(f"{name} {count:,}" for name, count in sorted(self.statements.items()))
        yield "effects: " + ", ".join(f"{name} {count:,}" for name, count in sorted(self.effects.items()))
        yield ""
        yield from self._table()
        yield from self.disagreements
        yield from self.broken[:20]
        yield from self.missing()

    def _table(self) -> Iterator[str]:
        engines = "   ".join(f"{engine:24}" for engine in ENGINES)
        yield f"{'construct':42} {'with null':>10} {'without':>10} {'at a border':>12}   {engines}".rstrip()
        for name in sorted({*self.with_null, *self.without_null}):
            counts = f"{self.with_null[name]:>10} {self.without_null[name]:>10} {self.at_border[name]:>12}"
            ways = "   ".join(f"{self._ways(name, engine):24}" for engine in ENGINES)
            yield f"{name:42} {counts}   {ways}".rstrip()

    def _ways(self, name: str, engine: str) -> str:
        counts = {way: self.runs[name, engine, way] for way in ("own", "registered", "refused")}
        return ", ".join(f"{way} {count}" for way, count in counts.items() if count)


def merged(reports: Iterable[Report]) -> Report:
    """Several reports as one."""
    whole = Report()
    for one in reports:
        for name in ("expressions", "blocks", "cases", "constant", "seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.disagreements += one.disagreements
        whole.broken += one.broken
        for name in COUNTS:
            getattr(whole, name).update(getattr(one, name))
    return whole
