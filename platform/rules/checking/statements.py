"""Statements of an action block, typed against the records they act on."""

from __future__ import annotations

from collections.abc import Sequence

from kith.rules import mistakes_names, mistakes_types, mistakes_values, syntax
from kith.rules.checking import names, ranging, sending
from kith.rules.checking.checker import NOTHING, Checker
from kith.rules.checking.entries import currency_of, declare, entry, writable
from kith.rules.checking.forgetting import assigned, forget, settled, told_by
from kith.rules.checking.logic import condition
from kith.rules.checking.missing import may_miss
from kith.rules.checking.narrowing import USUAL, facts
from kith.rules.checking.owning import owned
from kith.rules.checking.storing import stored
from kith.rules.program import Action, Assign, Bind, Branch, Halt, Loop, Make, Refusal
from kith.rules.tree import Path
from kith.rules.types import TEXT, ref

MOST_REFERENCES = 2
"""References that the path of a `set` may pass."""


def statements(checker: Checker, block: Sequence[syntax.Statement]) -> tuple[Action, ...]:
    """The actions of a block; variables end with it."""
    lets, known = dict(checker.lets), checker.known
    actions: list[Action] = []
    for item in block:
        action = statement(checker, item)
        if action is not None:
            actions.append(action)
    checker.lets, checker.known = lets, known
    return tuple(actions)


def statement(checker: Checker, node: syntax.Statement) -> Action | None:
    """One statement."""
    match node:
        case syntax.Let():
            return let(checker, node)
        case syntax.Set():
            return assign(checker, node)
        case syntax.Create():
            return create(checker, node)
        case syntax.Choose():
            return choose(checker, node)
        case syntax.For():
            return loop(checker, node)
        case syntax.Refuse():
            return refuse(checker, node)
        case syntax.Stop():
            return Halt(node.start, node.end)
        case _:
            return ranging.statement(checker, node) or sending.statement(checker, node)


def let(checker: Checker, node: syntax.Let) -> Action | None:
    """`let name = value`."""
    value = checker.check(node.value)
    free = declare(checker, node.name, node)
    if value is None or not free:
        return None
    if value.type.kind == "null":
        checker.report(mistakes_types.NULL_ALONE, node.value)
        return None
    checker.lets[node.name] = value.type
    if not may_miss(value, checker.known):
        checker.known |= {(USUAL, "let", node.name)}
    return Bind(node.name, value, node.start, node.end)


def assign(checker: Checker, node: syntax.Set) -> Action | None:
    """`set path = value`; what was known of the field's old value no longer holds."""
    value = checker.check(node.value)
    target = checker.check(node.target)
    if not isinstance(target, Path):
        if target is not None:
            # A setting is read here and set elsewhere.
            checker.report(mistakes_names.SET_TARGET, node.target, limit=MOST_REFERENCES)
        return None
    # A variable that holds a record counts as a reference.
    own = target.root == "this" or (target.root == "let" and len(target.steps) > 1)
    if not own or not target.steps or len(target.steps) > MOST_REFERENCES + 1:
        checker.report(mistakes_names.SET_TARGET, node.target, limit=MOST_REFERENCES)
        return None
    step = target.steps[-1]
    if step.part and not step.currency:
        checker.report(mistakes_names.SET_PART, node.target, name=step.name, part=step.part)
        return None
    scope = checker.scope.of(step.entity)
    if not writable(checker, scope.name(step.name) if scope else None, node.target) or value is None:
        return None
    kept = owned(checker, value, step.name, currency_of(target)) if step.currency else value
    fitted = stored(checker, kept, step.type, step.name) if kept is not None else None
    if fitted is None:
        return None
    path = tuple(item.name for item in target.steps)
    checker.known = forget(checker.known, (target.root, *path))
    checker.known |= told_by(checker, target, fitted)
    return Assign(target.steps, fitted, node.start, node.end, target.root)


def create(checker: Checker, node: syntax.Create) -> Action | None:
    """`create entity { field: value } as name`."""
    place = (node.entity_start, node.entity_start + len(node.entity))
    scope = checker.scope.of(node.entity)
    if scope is None:
        checker.report(mistakes_names.NO_ENTITY, place, name=node.entity)
    values = [entry(checker, scope, item, node.entries) for item in node.entries]
    named = node.alias is None or declare(checker, node.alias, node)
    if scope is None:
        return None
    given = {item.name for item in node.entries}
    lacking = [name for name in scope.names() if (found := scope.name(name)) and found.needed and name not in given]
    if lacking:
        checker.report(mistakes_values.LACKS_REQUIRED, place, names=", ".join(lacking), entity=scope.label)
    if node.alias is not None and named:
        checker.lets[node.alias] = ref(node.entity)
    kept = tuple(value for value in values if value is not None)
    return Make(node.entity, kept, node.alias or "", node.start, node.end)


def choose(checker: Checker, node: syntax.Choose) -> Action | None:
    """`if c { … } else { … }`; after a branch that stops, the other one's facts hold."""
    test = condition(checker, node.condition)
    told = (facts(test, True), facts(test, False)) if test else (NOTHING, NOTHING)
    with checker.knowing(told[0]):
        then = statements(checker, node.then)
    with checker.knowing(told[1]):
        otherwise = statements(checker, node.otherwise)
    for action in (*then, *otherwise):
        for path in assigned(action):
            checker.known = forget(checker.known, path)
    if then and isinstance(then[-1], Halt):
        checker.known |= told[1]
    if otherwise and isinstance(otherwise[-1], Halt):
        checker.known |= told[0]
    return Branch(test, then, otherwise, node.start, node.end) if test else None


def loop(checker: Checker, node: syntax.For) -> Action | None:
    """`for name in relation where c { … }`: every round begins with what is known before the first, as far as it lasts."""
    over = ranging.ranged(checker, "for", node.relation, node.where)
    named = declare(checker, node.name, (node.start, node.relation.start))
    before = dict(checker.lets)
    if over is not None and named:
        checker.lets[node.name] = ref(over.rows.entity)
    checker.known = settled(checker.known, node.body)
    with checker.knowing(ranging.known_of(node.name, over) if over else NOTHING):
        body = statements(checker, node.body) if over is not None else ()
    checker.lets = before
    for action in body:
        for path in assigned(action):
            checker.known = forget(checker.known, path)
    if over is None or not named:
        return None
    return Loop(node.name, ranging.fetched(node.name, over, body), body, node.start, node.end)


def refuse(checker: Checker, node: syntax.Refuse) -> Action | None:
    """`refuse "message" on field`."""
    message = checker.check(node.message)
    if node.field is not None and checker.scope.name(node.field) is None:
        place = (node.field_start, node.field_start + len(node.field))
        hint = names.nearest(checker, checker.scope, node.field)
        checker.report(mistakes_names.NO_FIELD, place, hint=hint, entity=checker.scope.label, name=node.field)
        return None
    if message is None:
        return None
    fitted = stored(checker, message, TEXT)
    return Refusal(fitted, node.field or "", node.start, node.end) if fitted else None
