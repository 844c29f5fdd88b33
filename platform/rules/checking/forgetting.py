"""What a statement ends of what was known: the old values of fields that it sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kith.rules import syntax
from kith.rules.checking.checker import NOTHING, Checker, Facts, Key
from kith.rules.checking.missing import may_be_empty, may_miss
from kith.rules.checking.narrowing import MARKS, USUAL, set_facts
from kith.rules.program import Action, Assign, Branch, Joining, Loop
from kith.rules.tree import Node, Path


def told_by(checker: Checker, target: Path, value: Node) -> Facts:
    """What holds after a `set`; where a link on the way is null the statement was skipped."""
    path = tuple(item.name for item in target.steps)
    sure = target.root == "let" and len(path) == 2 and not target.steps[0].type.nullable
    if len(path) > 1 and not sure and (target.root, *path[:-1]) not in checker.known:
        return NOTHING
    if may_be_empty(value):
        return NOTHING
    if not value.type.nullable:
        return set_facts(target)
    return NOTHING if may_miss(value, checker.known) else frozenset({(USUAL, target.root, *target.names)})


def forget(known: Facts, path: tuple[str, ...]) -> Facts:
    """What is known apart from a path and what lies behind it; another path may lead to the same record."""
    kept = []
    for key in known:
        plain = key[1:] if key[0] in MARKS else key
        behind = plain[: len(path)] == path
        # What another path ends in may be the field, or a part of it.
        elsewhere = len(path) > 2 and path[-1] in plain[-2:]
        if not behind and not elsewhere:
            kept.append(key)
    return frozenset(kept)


def assigned(action: Action) -> Iterator[Key]:
    """The paths that an action may set, with their roots."""
    match action:
        case Assign() | Joining():
            yield (action.root, *(step.name for step in action.target))
        case Branch():
            for part in (*action.then, *action.otherwise):
                yield from assigned(part)
        case Loop():
            for part in action.body:
                yield from assigned(part)
        case _:
            pass


def settled(known: Facts, block: Sequence[syntax.Statement]) -> Facts:
    """What is known in each round of a loop: nothing of what an earlier round may have set."""
    for statement in block:
        match statement:
            case syntax.Set(target=target) | syntax.Join(target=target):
                names = written(target)
                known = forget(forget(known, ("this", *names)), ("let", *names))
            case syntax.Choose():
                known = settled(known, (*statement.then, *statement.otherwise))
            case syntax.For():
                known = settled(known, statement.body)
            case _:
                pass
    return known


def written(target: syntax.Syntax) -> list[str]:
    """The names of a path, without `this`."""
    found: list[str] = []
    while isinstance(target, syntax.Dot):
        found.insert(0, target.name)
        target = target.target
    return [target.text, *found] if isinstance(target, syntax.Name) and target.text != "this" else found
