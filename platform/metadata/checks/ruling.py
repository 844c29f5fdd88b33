"""Checks of what rules come to beside each other: those that never run, that others make needless, that undo each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import permutations

from kith.metadata.analysis.reasoning import Reasoning, can_meet
from kith.metadata.analysis.setting import Setting, settings_of
from kith.metadata.checks.checking import Check, Checking, tells
from kith.metadata.mistakes import lint
from kith.metadata.model import Entity, Rule, Workflow
from kith.problems import Problem
from kith.rules.program import Refusal
from kith.rules.proving.assuming import can_be

Thinking = Callable[[Reasoning, Sequence[Rule]], Iterator[Problem]]


@dataclass(frozen=True)
class Told:
    """What each check told of the rules of an entity, and all that it was told for."""

    entity: Entity
    rules: Sequence[Rule]
    flows: Sequence[Workflow]
    problems: dict[str, list[Problem]] = field(default_factory=dict, compare=False)


def by_entity(check: Thinking) -> Check:
    """A check of the rules of each entity; what has not changed since the last build is not thought about again."""

    @wraps(check)
    def whole(c: Checking) -> Iterator[Problem]:
        # A model with mistakes in it is not thought about.
        if any(problem.is_error for problem in c.context.problems):
            return
        for name, rules in c.model.rules.items():
            if name in c.model.entities:
                yield from _told(c, check, c.model.entities[name], rules)

    return whole


def _told(c: Checking, check: Thinking, entity: Entity, rules: Sequence[Rule]) -> list[Problem]:
    told = _known(c, entity, rules).problems
    if check.__name__ in told:
        return told[check.__name__]
    found = list(check(c.thought(entity), rules))
    if c.patience.left > 0:
        told[check.__name__] = found
    return found


def _known(c: Checking, entity: Entity, rules: Sequence[Rule]) -> Told:
    """What was told in this build already, or in the one before of rules that are the same."""
    key = ("thought", entity.name)
    known: Told | None = c.context.memo.get(key)
    if known is None or known.entity is not entity:
        now = Told(entity, rules, tuple(c.model.workflows_of(entity.name)))
        known = replace(now, problems=known.problems) if known == now else now
        c.context.memo.put(key, known)
    return known


@tells(lint.NEVER_RUNS, lint.NEVER_REFUSES)
@by_entity
def rules_run_and_refuse(thought: Reasoning, rules: Sequence[Rule]) -> Iterator[Problem]:
    """What a rule waits for and what it asks for go together, and something fails what it requires."""
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
@by_entity
def rules_refuse_what_no_other_does(thought: Reasoning, rules: Sequence[Rule]) -> Iterator[Problem]:
    """No `require` refuses only where another does."""
    told: set[str] = set()
    requires = [rule for rule in rules if rule.require is not None and rule.schedule is None]
    for one, other in permutations(requires, 2):
        if not thought.proof.patience.lasts():
            return
        if told.isdisjoint((one.path, other.path)) and _shadows(thought, one, other):
            told.add(other.path)
            yield Problem(lint.SHADOWED, other.span, {"other": one.path})


def _shadows(thought: Reasoning, one: Rule, other: Rule) -> bool:
    """Whether one rule refuses wherever the other does."""
    if not thought.read[one.path] <= thought.read[other.path] or not thought.covers(one, other):
        return False
    cases = thought.refusing(other)
    return bool(cases) and thought.refuses_in_all(one, cases)


@tells(lint.REFUSED_BEFORE)
@by_entity
def rules_are_not_refused_beforehand(thought: Reasoning, rules: Sequence[Rule]) -> Iterator[Problem]:
    """No rule waits only for what another always refuses."""
    certain = [rule for rule in rules if _refuses_all(rule)]
    for other in rules if certain else ():
        first = next((one for one in certain if thought.covers(one, other)), None)
        if first is not None and other not in certain and other.schedule is None and not thought.watched[other.path]:
            yield Problem(lint.REFUSED_BEFORE, other.span, {"other": first.path})


def _refuses_all(rule: Rule) -> bool:
    """Whether a block refuses whatever wakes it."""
    always = rule.do is not None and rule.when is None and rule.schedule is None
    return always and rule.do is not None and any(isinstance(one, Refusal) for one in rule.do.actions[:1])


@tells(lint.CONFLICT)
@by_entity
def rules_do_not_undo_each_other(thought: Reasoning, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Two rules that one save can wake set a field to different values only where their conditions part them."""
    earlier: dict[str, list[Setting]] = {}
    for rule in rules:
        settings = settings_of(thought, rule)
        found = next((pair for pair in _pairs(earlier, settings) if _conflict(thought, *pair)), None)
        if found is not None:
            one, other = found
            yield Problem(lint.CONFLICT, rule.span, {"other": one.rule.path, "field": other.field})
        for setting in settings:
            earlier.setdefault(setting.field, []).append(setting)


def _pairs(earlier: Mapping[str, Sequence[Setting]], settings: Sequence[Setting]) -> Iterator[tuple[Setting, Setting]]:
    """Settings of one field, each with those of the rules before."""
    return ((one, other) for other in settings for one in earlier.get(other.field, ()))


def _conflict(thought: Reasoning, one: Setting, other: Setting) -> bool:
    """Whether both may be taken in one save, with different values, as far as one can think of it."""
    patience = thought.proof.patience
    if not patience.lasts() or not can_meet(one.rule, other.rule, thought.moving) or not one.differs(other, thought):
        return False
    return one.can_meet(other, thought) and patience.left > 0


CHECKS = (
    rules_run_and_refuse,
    rules_refuse_what_no_other_does,
    rules_are_not_refused_beforehand,
    rules_do_not_undo_each_other,
)
