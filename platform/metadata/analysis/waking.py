"""Which rules may wake which, and the ways on which they come back to where they began."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kith.metadata.analysis.changing import Event, computed_with, events_of
from kith.metadata.model import Model, Rule
from kith.rules.tree import Call, Changed, IsNew, Node


@dataclass(frozen=True, slots=True)
class Wake:
    """One rule wakes another; `sure` where it does so whenever it runs, and the other one then runs."""

    rule: Rule
    sure: bool


@dataclass(frozen=True, slots=True)
class Cycle:
    """Rules of which each wakes the next and the last the first; `sure` where nothing on the way may end it."""

    rules: tuple[Rule, ...]
    sure: bool

    @property
    def path(self) -> str:
        """The way round, back to where it began."""
        names = [rule.path for rule in self.rules]
        return " → ".join([*names, names[0]])


def cycles_of(model: Model) -> tuple[Cycle, ...]:
    """The shortest way round from every rule that comes back to itself; each way once, what never ends first."""
    wakes = wakes_of(model)
    sure = {path: [wake for wake in found if wake.sure] for path, found in wakes.items()}
    told: dict[frozenset[str], Cycle] = {}
    for graph, is_sure in ((sure, True), (wakes, False)):
        for rule in (rule for rules in model.rules.values() for rule in rules):
            way = _round(graph, rule)
            if way and not any(set(known) <= {one.path for one in way} for known in told):
                told[frozenset(one.path for one in way)] = Cycle(way, is_sure)
    return tuple(told.values())


def wakes_of(model: Model) -> Mapping[str, Sequence[Wake]]:
    """By rule, the rules that its block may wake."""
    computed = computed_with(model)
    found: dict[str, list[Wake]] = {}
    for rule in (rule for rules in model.rules.values() for rule in rules if rule.do is not None):
        wakes: dict[str, Wake] = {}
        for event in events_of(model, rule, computed):
            for other in model.rules.get(event.entity, ()):
                if other.do is not None and is_woken(model, other, event):
                    sure = event.sure and rule.when is None and other.when is None and _surely(other, event)
                    known = wakes.get(other.path)
                    wakes[other.path] = Wake(other, sure or bool(known and known.sure))
        found[rule.path] = list(wakes.values())
    return found


def is_woken(model: Model, rule: Rule, event: Event) -> bool:
    """Whether a change of a record may wake a rule, by what it waits for and by what its condition asks of the change."""
    trigger = rule.trigger
    if event.op == "same" and rule.before:
        return False
    woken = (
        event.op in trigger.events
        or (event.op in ("create", "update", "same") and not event.fields.isdisjoint(trigger.fields))
        or (bool(trigger.child) and trigger.child in event.relations)
        or (bool(trigger.transitions) and any(flow.field in event.fields for flow in model.workflows_of(rule.of)))
    )
    return woken and (rule.when is None or all(_may_hold(node, event) for node in _parts(rule.when.tree)))


def _surely(rule: Rule, event: Event) -> bool:
    return event.op in rule.trigger.events or not event.set_fields.isdisjoint(rule.trigger.fields)


def _parts(tree: Node) -> Iterator[Node]:
    """What must hold all together."""
    if isinstance(tree, Call) and tree.op == "and":
        for part in tree.args:
            yield from _parts(part)
    else:
        yield tree


def _may_hold(node: Node, event: Event) -> bool:
    if isinstance(node, Changed):
        return event.op == "create" or node.field in event.fields
    return not isinstance(node, IsNew) or event.op == "create"


def _round(graph: Mapping[str, Sequence[Wake]], start: Rule) -> tuple[Rule, ...]:
    """The shortest way from a rule back to itself."""
    before: dict[str, tuple[Rule, ...]] = {}
    waiting: deque[tuple[Rule, ...]] = deque([(start,)])
    while waiting:
        way = waiting.popleft()
        for wake in graph.get(way[-1].path, ()):
            if wake.rule.path == start.path:
                return way
            if wake.rule.path not in before:
                before[wake.rule.path] = (*way, wake.rule)
                waiting.append(before[wake.rule.path])
    return ()
