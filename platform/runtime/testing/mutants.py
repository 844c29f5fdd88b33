"""Mutants of an app: one small wrong turn each; those that no case notices show what the cases do not test."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kith.metadata.model import Model
from kith.problems import Span, Words
from kith.rules.mutating import DECIDES, DONE, block_turns, turns_of
from kith.rules.program import Expression
from kith.rules.rewriting import exchanged, own_nodes, statements
from kith.rules.tree import Constant, Node, walk
from kith.runtime.clock import Clock, system_clock
from kith.runtime.testing.backend import BACKENDS, DEFAULT
from kith.runtime.testing.playing import mismatches_of
from kith.runtime.testing.running import Chosen, Progress, Traced
from kith.runtime.testing.sites import Site
from kith.runtime.testing.spreading import jobs_for, spread
from kith.runtime.testing.stage import Seen, Stage, set_of


@dataclass(frozen=True, slots=True)
class Mutant:
    """The app with one wrong turn: where, which in words, what would notice it; `parts` are what a case must reach."""

    site: Site
    span: Span
    words: Words
    advice: Words
    parts: frozenset[int]
    model: Callable[[Model], Model]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case noticed, or where none comes."""

    name: str
    span: Span
    words: Words
    advice: Words

    def as_data(self, language: str) -> dict[str, str]:
        """For `--json`."""
        return {
            "of": self.name,
            "place": self.span.place,
            "mutation": self.words.in_(language),
            "test": self.advice.in_(language),
        }


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of the mutants; `unreached` ones stand where no case comes."""

    tried: int
    unreached: tuple[Survivor, ...]
    survivors: tuple[Survivor, ...]

    def as_data(self, language: str) -> dict[str, object]:
        """For `--json`."""
        return {
            "tried": self.tried,
            "unreached": [one.as_data(language) for one in self.unreached],
            "survivors": [one.as_data(language) for one in self.survivors],
        }


def run_mutants(
    traced: Traced,
    *,
    limit: int = 2000,
    seed: int = 1,
    jobs: int = 0,
    clock: Clock = system_clock,
    progress: Progress | None = None,
) -> Mutation:
    """Play, for each mutant, the cases that come where it differs, until one notices; `limit` of them where there are more."""
    passed = [number for number, outcome in enumerate(traced.outcomes) if outcome.passed]
    found = [(mutant, _comers(mutant, traced.seen, passed)) for site in traced.sites for mutant in mutants_of(site)]
    reached = [(mutant, comers) for mutant, comers in found if comers]
    if len(reached) > limit:
        chance = random.Random(seed)  # noqa: S311 (the same ones each time is the point)
        picked = sorted(chance.sample(range(len(reached)), limit))
        reached = [reached[number] for number in picked]
    if not reached:
        return Mutation(0, tuple(_told(mutant) for mutant, _ in found), ())
    items = [(mutant, [traced.cases[number] for number in comers]) for mutant, comers in reached]
    with set_of(traced.model, clock, BACKENDS[DEFAULT]) as made:
        noticed = spread(made.stage, _is_noticed, items, jobs_for(len(items), jobs), progress)
    alive = [mutant for (mutant, _), seen in zip(reached, noticed, strict=True) if not seen]
    unreached = tuple(_told(mutant) for mutant, comers in found if not comers)
    return Mutation(len(reached), unreached, tuple(map(_told, alive)))


def _told(mutant: Mutant) -> Survivor:
    return Survivor(mutant.site.name, mutant.span, mutant.words, mutant.advice)


def _comers(mutant: Mutant, seen: Sequence[Seen], passed: Sequence[int]) -> list[int]:
    """The cases that reach what a mutant changes."""
    return [number for number in passed if any(part in mutant.parts for part, _ in seen[number])]


def _is_noticed(stage: Stage, item: tuple[Mutant, list[Chosen]]) -> bool:
    mutant, cases = item
    played = stage.of(mutant.model(stage.release.model))
    for case in cases:
        try:
            if mismatches_of(played, *case):
                return True
        except Exception:  # noqa: BLE001
            # A mutant may ask for what cannot be: it is noticed, however loudly.
            return True
    return False


def mutants_of(site: Site) -> Iterator[Mutant]:
    """The mutants of a place: the whole of it gone, and each wrong turn within it."""
    code = site.code
    if isinstance(code, Expression):
        yield from _removed(site, frozenset({id(node) for node in walk(code.tree)}))
        for turn in turns_of(code.tree, code.excerpt.text):
            if isinstance(turn.old, Node) and turn.new is not None:
                new = Expression(
                    code.excerpt,
                    code.syntax,
                    exchanged(code.tree, turn.old, turn.new),
                    code.uses,
                    code.volatile,
                    code.cost,
                )
                span = code.excerpt.span(turn.old.start, turn.old.end)
                yield Mutant(site, span, turn.words, turn.advice, _parts(code.tree, turn.old), _putting(site, new))
        return
    yield from _removed(site, frozenset({id(one) for one in statements(code.actions)}))
    roots = [(node, one) for one in statements(code.actions) for node in own_nodes(one)]
    for turn, block in block_turns(code):
        span = code.excerpt.span(turn.old.start, turn.old.end)
        found = next((pair for pair in roots if any(node is turn.old for node in walk(pair[0]))), None)
        parts = frozenset({id(turn.old)})
        if found is not None and isinstance(turn.old, Node):
            root, statement = found
            # The whole of what a statement reads may be a constant, or be asked of the database: it is not seen by itself.
            parts = _parts(root, turn.old) | ({id(statement)} if root is turn.old else frozenset())
        yield Mutant(site, span, turn.words, turn.advice, parts, _putting(site, block))


def _parts(root: Node, old: Node) -> frozenset[int]:
    """What tells that a node is evaluated: itself, or what stands around a constant."""
    if not isinstance(old, Constant):
        return frozenset({id(old)})
    around = [node for node in walk(root) if any(part is old for part in walk(node)) and node is not old]
    return frozenset({id(around[-1])}) if around else frozenset({id(root)})


def _removed(site: Site, parts: frozenset[int]) -> Iterator[Mutant]:
    """The place as a whole gone; a formula cannot be taken from its field."""
    if site.kind == "formula":
        return
    if site.kind == "rule" and site.key != "when":
        words, advice = Words(f"without the rule {site.owner}", f"去掉规则 {site.owner}"), DONE
    elif site.kind == "scope":
        words, advice = Words(f"never: {site.name}", f"从不允许：{site.name}"), DECIDES
    else:
        words, advice = Words(f"without {site.name}", f"去掉 {site.name}"), DECIDES
    yield Mutant(site, site.span, words, advice, parts, _putting(site, None))


def _putting(site: Site, code: object) -> Callable[[Model], Model]:
    return lambda model: site.put(model, code)  # type: ignore[arg-type]
