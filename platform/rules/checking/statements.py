"""Statements of an action block, typed against the records they act on."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import did_you_mean
from kith.rules import mistakes_names, mistakes_types, mistakes_values, syntax
from kith.rules.checking import names
from kith.rules.checking.checker import NOTHING, Checker, Facts
from kith.rules.checking.logic import condition
from kith.rules.checking.missing import may_miss
from kith.rules.checking.narrowing import NOT_ZERO, USUAL, facts, set_facts
from kith.rules.checking.owning import currency_in, owned
from kith.rules.checking.storing import stored
from kith.rules.program import Action, Assign, Bind, Branch, Halt, Make, Refusal
from kith.rules.scope import Name, Scope
from kith.rules.tree import Node, Path
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
        case syntax.Refuse():
            return refuse(checker, node)
        case _:
            return Halt(node.start, node.end)


def declare(checker: Checker, name: str, place: syntax.Syntax | tuple[int, int]) -> bool:
    """Whether a variable may have this name: it hides no field and no other variable."""
    taken = name in checker.lets or name in names.ROOTS
    if taken or checker.scope.name(name) or checker.scope.relation(name):
        checker.report(mistakes_names.NAME_TAKEN, place, name=name)
        return False
    return True


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
    return Bind(node.name, value, node.start, node.end)


def assign(checker: Checker, node: syntax.Set) -> Action | None:
    """`set path = value`; what was known of the field's old value no longer holds."""
    value = checker.check(node.value)
    target = checker.check(node.target)
    if not isinstance(target, Path):
        return None
    if target.root != "this" or not target.steps or len(target.steps) > MOST_REFERENCES + 1:
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
    checker.known = forget(checker.known, ("this", *path))
    checker.known |= told_by(checker, target, fitted)
    return Assign(target.steps, fitted, node.start, node.end)


def currency_of(target: Path) -> tuple[str, ...]:
    """The path of the field that holds the currency of an amount."""
    return (target.root, *(step.name for step in target.steps[:-1]), target.steps[-1].currency)


def told_by(checker: Checker, target: Path, value: Node) -> Facts:
    """What holds after a `set`; where a link on the way is null the statement was skipped."""
    path = tuple(item.name for item in target.steps)
    if len(path) > 1 and ("this", *path[:-1]) not in checker.known:
        return NOTHING
    if not value.type.nullable:
        return set_facts(target)
    return NOTHING if may_miss(value, checker.known) else frozenset({(USUAL, "this", *target.names)})


def forget(known: Facts, path: tuple[str, ...]) -> Facts:
    """What is known apart from a path and what lies behind it; another path may lead to the same record."""
    kept = []
    for key in known:
        plain = key[1:] if key[0] in {NOT_ZERO, USUAL} else key
        behind = plain[: len(path)] == path
        # What another path ends in may be the field, or a part of it.
        elsewhere = len(path) > 2 and path[-1] in plain[-2:]
        if not behind and not elsewhere:
            kept.append(key)
    return frozenset(kept)


def writable(checker: Checker, field: Name | None, place: syntax.Syntax | tuple[int, int]) -> bool:
    """Whether a field's value is for rules to write."""
    if field is not None and not field.writable:
        checker.report(mistakes_names.NOT_WRITABLE, place, name=field.name)
        return False
    return field is not None


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


def entry(
    checker: Checker, scope: Scope | None, node: syntax.Entry, entries: Sequence[syntax.Entry]
) -> tuple[str, Node] | None:
    """One `field: value` of a new record; `entries` are all of them."""
    value = checker.check(node.value)
    if scope is None:
        return None
    place = (node.start, node.start + len(node.name))
    field = scope.name(node.name)
    if field is None:
        hint = did_you_mean(node.name, scope.names())
        checker.report(mistakes_names.NO_FIELD, place, hint=hint, entity=scope.label, name=node.name)
        return None
    if not writable(checker, field, place) or value is None:
        return None
    if field.currency:
        named = next((item.value for item in entries if item.name == field.currency), None)
        kept = owned(checker, value, field.name, currency_in(checker.quietly(named) if named else None))
        if kept is None:
            return None
        value = kept
    fitted = stored(checker, value, field.type, field.name)
    return (node.name, fitted) if fitted else None


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
            checker.known = forget(checker.known, ("this", *path))
    if then and isinstance(then[-1], Halt):
        checker.known |= told[1]
    if otherwise and isinstance(otherwise[-1], Halt):
        checker.known |= told[0]
    return Branch(test, then, otherwise, node.start, node.end) if test else None


def assigned(action: Action) -> list[tuple[str, ...]]:
    """The paths that an action may set."""
    match action:
        case Assign():
            return [tuple(step.name for step in action.target)]
        case Branch():
            return [path for part in (*action.then, *action.otherwise) for path in assigned(part)]
        case _:
            return []


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
