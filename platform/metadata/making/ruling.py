"""Rules, and the order in which those of an entity run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize, unlabelled
from kith.metadata.making.flowing import asking
from kith.metadata.making.scopes import EntityScope
from kith.metadata.making.timing import is_timed, timing_of
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Rule, Trigger
from kith.metadata.shapes.acting import EVENTS
from kith.problems import Problem
from kith.rules.checking.narrowing import facts, union, usual
from kith.rules.program import Expression, Use
from kith.rules.scope import Slot
from kith.source import Mapping as MappingNode
from kith.source import Scalar, Sequence


def rules_of(
    context: Context, world: dict[str, EntityScope], entities: Mapping[str, Entity]
) -> dict[str, tuple[Rule, ...]]:
    """The rules by entity, in the order in which they run."""
    found: dict[str, list[Rule]] = {}
    for document, at in context.documents("rules"):
        of = at.text("of")
        make = partial(_all_of, context, world.get(of), entities.get(of), document.name, at)
        rules = context.piece_of("rules", document, world, make, _hang_on_texts_alone)
        found.setdefault(of, []).extend(rules)
    return {entity: in_running_order(context, rules) for entity, rules in found.items()}


def _all_of(context: Context, scope: EntityScope | None, entity: Entity | None, name: str, at: At) -> tuple[Rule, ...]:
    """The rules of a document."""
    return tuple(rule_of(context, scope, entity, name, key, part) for key, part in at.parts("items"))


def _hang_on_texts_alone(rules: tuple[Rule, ...]) -> bool:
    """Whether rules know of their entity only what their texts ask: neither what an action asks for nor what type a day has."""
    return all(rule.of and not rule.trigger.actions and rule.due is None for rule in rules)


def rule_of(
    context: Context, scope: EntityScope | None, entity: Entity | None, set_name: str, name: str, at: At
) -> Rule:
    """One rule."""
    trigger = trigger_of(at)
    alone = not (trigger.events or trigger.fields or trigger.child or trigger.transitions)

    timed = is_timed(at)

    def here(slot: Slot) -> Slot:
        # What time wakes is no save: nothing has been before.
        return replace(slot, saving=False) if timed else asking(slot, entity, trigger.actions, alone)

    timing = timing_of(context, scope, at)
    when = context.expression(at.get("when"), scope, here(slots.WHEN))
    known = usual(union(facts(one.tree, True) for one in (timing.over, when) if one is not None))
    program = context.program(at.get("do"), scope, replace(here(slots.DO), known=known))
    require = context.expression(at.get("require"), scope, replace(here(slots.REQUIRE), known=known))
    return Rule(
        name=name,
        set_name=set_name,
        of=entity.name if entity else "",
        label=context.label(at, fallback=humanize(name), lint=False),
        trigger=trigger,
        when=when,
        require=require,
        message=message_of(context, scope, at, here(slots.MESSAGE)),
        field=at.text("field"),
        do=program,
        before=bool(program and program.before and not timed),
        span=at.span,
        layer=context.layer(at.span),
        every=timing.every,
        due=timing.due,
        over=timing.over,
    )


def trigger_of(at: At) -> Trigger:
    """What wakes a rule; beside `require` it may be left out."""
    node = at.get("on")
    events: list[str] = []
    fields: list[str] = []
    transitions: list[str] = []
    actions: list[str] = []
    child = ""
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar) and item.text in EVENTS:
            events.append(item.text)
        elif isinstance(item, MappingNode):
            part = At(item, at.path, at.span)
            fields += part.texts("field")
            child = part.text("child") or child
            transitions += filter(None, [part.text("transition")])
            actions += filter(None, [part.text("action")])
    if node is None and not is_timed(at):
        events = ["create", "update"]
    return Trigger(tuple(events), tuple(fields), child, tuple(transitions), tuple(actions))


def message_of(context: Context, scope: EntityScope | None, at: At, slot: Slot) -> dict[str, Expression]:
    """The message of a `require`, by language."""
    node = at.get("message")
    written = context.texts(at, "message")
    if node is not None and (missing := tuple(language for language in context.languages if language not in written)):
        context.unlabelled.append(unlabelled(at, "message", missing))
    compiled = {language: context.template(text, scope, slot) for language, text in written.items()}
    return {language: message for language, message in compiled.items() if message}


def in_running_order(context: Context, rules: list[Rule]) -> tuple[Rule, ...]:
    """Before-rules after those whose result they read, then the others; ties stay in the order of the documents."""
    before = [rule for rule in rules if rule.before]
    waits = {rule.path: {other.path for other in before if other is not rule and feeds(other, rule)} for rule in before}
    order: list[Rule] = []
    left = list(before)
    while left:
        ready = next((rule for rule in left if not waits[rule.path] & {other.path for other in left}), None)
        if ready is None:
            _cycle(context, left, waits)
            order += left
            break
        order.append(ready)
        left.remove(ready)
    return (*order, *(rule for rule in rules if not rule.before))


def feeds(one: Rule, other: Rule) -> bool:
    """Whether a rule sets a field that another reads when the same change wakes both."""
    return one.trigger.meets(other.trigger) and bool(
        one.do and set(one.do.sets) & {use.field for use in reads(other) if use.root == "this" and not use.relation}
    )


def reads(rule: Rule) -> Iterable[Use]:
    """What a rule reads."""
    yield from rule.when.uses if rule.when else ()
    yield from rule.require.uses if rule.require else ()
    yield from rule.do.uses if rule.do else ()


def _cycle(context: Context, left: list[Rule], waits: dict[str, set[str]]) -> None:
    """Tell of rules that need each other's result, with the path."""
    by_path = {rule.path: rule for rule in left}
    path = [left[0].path]
    while path.count(path[-1]) < 2:
        path.append(next(other for other in sorted(waits[path[-1]]) if other in by_path))
    cycle = path[path.index(path[-1]) :]
    shown = " → ".join(reversed(cycle))
    context.report(Problem(mistakes.RULE_CYCLE, by_path[cycle[0]].span, {"path": shown}))
