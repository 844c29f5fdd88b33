"""Which rules may wake which, and the ways on which they come back to where they began."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from kith.metadata.analysis.changing import Event, World, caused_by, world_of
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
    """The ways round: of rules that all come back to one another the shortest, what never ends first."""
    wakes = wakes_of(model)
    sure = {path: [wake for wake in found if wake.sure] for path, found in wakes.items()}
    told: list[Cycle] = []
    for graph, is_sure in ((sure, True), (wakes, False)):
        known = {rule.path for cycle in told for rule in cycle.rules}
        for rule in (rule for rules in model.rules.values() for rule in rules):
            way = _round(graph, rule, known) if rule.path not in known else ()
            if way:
                told.append(Cycle(way, is_sure))
                known |= {one.path for one in way}
    return tuple(told)


def wakes_of(model: Model) -> Mapping[str, Sequence[Wake]]:
    """By rule, the rules that its block may wake."""
    world = world_of(model)
    woken: dict[Event, list[Rule]] = {}
    found: dict[str, list[Wake]] = {}
    for rule in (rule for rules in model.rules.values() for rule in rules if rule.do is not None):
        wakes: dict[str, Wake] = {}
        for event in caused_by(rule):
            plain = replace(event, sure=False)
            if plain not in woken:
                woken[plain] = list(_woken(model, world, plain))
            for other in woken[plain]:
                sure = event.sure and rule.when is None and other.when is None and _surely(other, event)
                known = wakes.get(other.path)
                wakes[other.path] = Wake(other, sure or bool(known and known.sure))
        found[rule.path] = list(wakes.values())
    return found


def _woken(model: Model, world: World, event: Event) -> Iterator[Rule]:
    for one in world.spread(event):
        for rule in model.rules.get(one.entity, ()):
            if rule.do is not None and is_woken(model, rule, one):
                yield rule


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
    return event.entity == rule.of and (
        event.op in rule.trigger.events or not event.set_fields.isdisjoint(rule.trigger.fields)
    )


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


def _round(graph: Mapping[str, Sequence[Wake]], start: Rule, told: Set[str]) -> tuple[Rule, ...]:
    """The shortest way from a rule back to itself that passes none of which has been told."""
    came: dict[str, Rule] = {}
    waiting = deque([start])
    while waiting:
        rule = waiting.popleft()
        for wake in graph.get(rule.path, ()):
            if wake.rule.path == start.path:
                return _way(came, start, rule)
            if wake.rule.path not in came and wake.rule.path not in told:
                came[wake.rule.path] = rule
                waiting.append(wake.rule)
    return ()


def _way(came: Mapping[str, Rule], start: Rule, end: Rule) -> tuple[Rule, ...]:
    way = [end]
    while way[-1].path != start.path:
        way.append(came[way[-1].path])
    return tuple(reversed(way))
