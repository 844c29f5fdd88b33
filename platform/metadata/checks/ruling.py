"""Checks of what rules come to beside each other: those that never run, that others make needless, that undo each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from kith.metadata.analysis.order import watched
from kith.metadata.analysis.reasoning import Reasoning, can_meet, covers, read_by
from kith.metadata.analysis.setting import Setting, settings_of
from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import lint
from kith.metadata.model import Entity, Rule
from kith.problems import Problem
from kith.rules.program import Refusal
from kith.rules.proving.assuming import can_be


def _entities(c: Checking) -> Iterator[tuple[Entity, Sequence[Rule]]]:
    """The entities with rules; a model with mistakes in it is not thought about."""
    if any(problem.is_error for problem in c.context.problems):
        return
    for name, rules in c.model.rules.items():
        if name in c.model.entities:
            yield c.model.entities[name], rules


@tells(lint.NEVER_RUNS, lint.NEVER_REFUSES)
def rules_run_and_refuse(c: Checking) -> Iterator[Problem]:
    """What a rule waits for and what it asks for go together, and something fails what it requires."""
    for entity, rules in _entities(c):
        thought = c.thought(entity)
        for rule in rules:
            if rule.when is not None and not thought.running(rule):
                # What can never hold by itself has been told where it stands.
                if can_be(thought.proof, [(rule.when.tree, True)]):
                    yield Problem(lint.NEVER_RUNS, rule.span)
            elif (
                rule.require is not None
                and not thought.refusing(rule)
                and can_be(thought.proof, [(rule.require.tree, False)])
            ):
                yield Problem(lint.NEVER_REFUSES, rule.span)


@tells(lint.SHADOWED)
def rules_refuse_what_no_other_does(c: Checking) -> Iterator[Problem]:
    """No `require` refuses only where another does."""
    for entity, rules in _entities(c):
        thought = c.thought(entity)
        told: set[str] = set()
        requires = [rule for rule in rules if rule.require is not None]
        for one, other in permutations(requires, 2):
            if other.path in told or one.path in told or not covers(one, other) or not read_by(one) <= read_by(other):
                continue
            cases = thought.refusing(other)
            if cases and thought.refuses_in_all(one, cases):
                told.add(other.path)
                yield Problem(lint.SHADOWED, other.span, {"other": one.path})


@tells(lint.REFUSED_BEFORE)
def rules_are_not_refused_beforehand(c: Checking) -> Iterator[Problem]:
    """No rule waits only for what another always refuses."""
    for _, rules in _entities(c):
        certain = [rule for rule in rules if _refuses_all(rule)]
        for one in certain:
            for other in rules:
                if other not in certain and not other.schedule and covers(one, other) and not watched(other):
                    yield Problem(lint.REFUSED_BEFORE, other.span, {"other": one.path})


def _refuses_all(rule: Rule) -> bool:
    """Whether a block refuses whatever wakes it."""
    always = rule.do is not None and rule.when is None and rule.schedule is None
    return always and rule.do is not None and any(isinstance(one, Refusal) for one in rule.do.actions[:1])


@tells(lint.CONFLICT)
def rules_do_not_undo_each_other(c: Checking) -> Iterator[Problem]:
    """Two rules that one save can wake set a field to different values only where their conditions part them."""
    for entity, rules in _entities(c):
        thought = c.thought(entity)
        settings = {rule.path: settings_of(thought, rule) for rule in rules if rule.do is not None}
        for one, other in combinations([rule for rule in rules if settings.get(rule.path)], 2):
            field = _conflict(thought, settings[one.path], settings[other.path]) if can_meet(one, other) else ""
            if field:
                yield Problem(lint.CONFLICT, other.span, {"other": one.path, "field": field})


def _conflict(thought: Reasoning, mine: Sequence[Setting], theirs: Sequence[Setting]) -> str:
    """The first field that both may set to different values."""
    for one in mine:
        for other in theirs:
            if one.field == other.field and one.differs(other, thought) and one.can_meet(other, thought):
                return one.field
    return ""


CHECKS = (
    rules_run_and_refuse,
    rules_refuse_what_no_other_does,
    rules_are_not_refused_beforehand,
    rules_do_not_undo_each_other,
)
