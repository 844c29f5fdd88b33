"""Names: fields, paths through references, `me`, `this`, `old` and variables."""

from __future__ import annotations

from dataclasses import replace

from kith.problems import Words, did_you_mean
from kith.rules import mistakes_names, syntax
from kith.rules.checking.checker import Checker, key_of
from kith.rules.checking.families import type_words
from kith.rules.scope import SETTINGS, Scope
from kith.rules.tree import BASE, Constant, Node, Path, Root, Step
from kith.rules.types import Type, ref

ACTOR = "user"
"""The entity of `me`."""
ROOTS: dict[str, Root] = {"this": "this", "old": "old", "me": "me"}


def name(checker: Checker, node: syntax.Name) -> Node | None:
    """A bare name: the related record's field inside `where`, else a variable or an own field."""
    if node.text in ROOTS:
        return record(checker, node, ROOTS[node.text])
    if checker.row is not None:
        return field(checker, record_path(checker.row, "row", node), node.text, node)
    if node.text in checker.lets:
        type_ = checker.lets[node.text]
        known = key_of("let", (node.text,)) in checker.known
        step = Step("", node.text, type_)
        return Path(type_.or_null(type_.nullable and not known), node.start, node.end, "let", (step,))
    return field(checker, record_path(checker.scope, "this", node), node.text, node)


def record_path(scope: Scope, root: Root, node: syntax.Syntax) -> Path:
    """The record itself, as a reference."""
    return Path(ref(scope.entity), node.start, node.end, root, ())


def record(checker: Checker, node: syntax.Name, root: Root) -> Path | None:
    """`this`, `old` and `me`, where they have a meaning."""
    if root == "old":
        if not checker.slot.saving:
            checker.report(mistakes_names.NOT_SAVING, node, word="old")
            return None
        path = record_path(checker.scope, root, node)
        return Path(path.type.or_null(), node.start, node.end, root, ())
    if root == "me":
        actor = checker.scope.of(ACTOR)
        if not checker.slot.actor or actor is None:
            checker.report(mistakes_names.NO_ACTOR, node)
            return None
        return record_path(actor, root, node)
    return record_path(checker.scope, root, node)


def dot(checker: Checker, node: syntax.Dot) -> Node | None:
    """`target.name`: a field behind a reference, or a part of a value of several."""
    if isinstance(node.target, syntax.Name) and (known := settings(checker, node.target)) is not None:
        return setting(checker, known, node)
    target = checker.check(node.target)
    if target is None:
        return None
    place = (node.name_start, node.name_start + len(node.name))
    if not isinstance(target, Path) or target.type.kind not in ("ref", "record"):
        checker.report(mistakes_names.NOT_A_REFERENCE, place, found=type_words(target.type), name=node.name)
        return None
    found = field(checker, target, node.name, syntax.Name(*place, node.name))
    if not isinstance(found, Path):
        return None
    return Path(found.type, node.start, node.end, found.root, found.steps)


def settings(checker: Checker, node: syntax.Name) -> Scope | None:
    """The settings of the app, where that is what the word means: a field, relation or variable of the name comes first."""
    own = checker.row if checker.row is not None else checker.scope
    taken = node.text != "settings" or node.text in checker.lets or own.name(node.text) or own.relation(node.text)
    return None if taken else checker.scope.of(SETTINGS)


def setting(checker: Checker, scope: Scope, node: syntax.Dot) -> Constant | None:
    """The value of a setting."""
    found = scope.name(node.name)
    if found is None:
        place = (node.name_start, node.name_start + len(node.name))
        hint = did_you_mean(node.name, scope.names())
        checker.report(mistakes_names.NO_FIELD, place, hint=hint, entity=scope.label, name=node.name)
        return None
    return Constant(found.type, node.start, node.end, found.value, node.name)


def field(checker: Checker, target: Path, name: str, node: syntax.Name) -> Path | None:
    """A field of the record that a path leads to; null where the path is, unless it is known to be set."""
    scope = checker.scope.of(target.type.entity)
    found = scope.name(name) if scope else None
    if scope is None or found is None:
        report_unknown(checker, scope, name, node, target)
        return None
    checker.reads_time(found.volatile)
    part = BASE if found.currency else ""
    steps = _with(target, Step(scope.entity, name, found.type, part, found.currency))
    known = key_of(target.root, (*target.names, name)) in checker.known
    # On create there is no old record; a set that no link leads to is empty.
    missing = (found.type.nullable or target.type.nullable) and not known and found.type.kind != "set"
    return Path(found.type.or_null(missing), node.start, node.end, target.root, steps)


def _with(target: Path, step: Step) -> tuple[Step, ...]:
    """The steps to a field; a part of a value is no step of its own, since it stands in the same record."""
    if target.type.kind != "record":
        return (*target.steps, step)
    *before, last = target.steps
    return (*before, replace(last, type=step.type, part=step.name))


def report_unknown(checker: Checker, scope: Scope | None, name: str, node: syntax.Name, target: Path) -> None:
    """A name that is no field: perhaps a relation, a variable out of sight, or misspelt."""
    if scope is None:
        checker.report(mistakes_names.NOT_A_REFERENCE, node, found=type_words(target.type), name=name)
    elif scope.relation(name):
        write = Words(f"write count({name}) or sum({name}.…)", f"请写 count({name}) 或 sum({name}.…)")
        checker.report(mistakes_names.RELATION_AS_VALUE, node, hint=write, name=name)
    else:
        hint = nearest(checker, scope, name)
        if hint is None and target.type.kind == "record":
            parts = [*scope.names()]
            hint = Words(f"its parts are {', '.join(parts)}", f"其组成部分为 {'、'.join(parts)}")
        checker.report(mistakes_names.NO_FIELD, node, hint=hint, entity=scope.label, name=name)


def nearest(checker: Checker, scope: Scope, name: str) -> Words | None:
    """The most helpful hint for a name that this record does not have."""
    if checker.row is not None and (name in checker.lets or checker.scope.name(name)):
        if name not in checker.lets:
            return Words(
                f"here a bare name is of the related record; did you mean this.{name}?",
                f"此处的裸名称属于关联记录；是否想写 this.{name}？",
            )
        return Words("a variable has no meaning inside where", "变量在 where 内没有意义")
    known = [*scope.names(), *(checker.lets if checker.row is None else ())]
    hint = did_you_mean(name, known)
    if hint is None:
        return None
    near = next(candidate for candidate in known if f'"{candidate}"' in hint.en)
    found = scope.name(near)
    if found is None:
        return hint
    short = kind(found.type)
    return Words(f"{hint.en.removesuffix('?')} ({short})?", f"{hint.zh.removesuffix('？')}（{short}）？")


def kind(type_: Type) -> str:
    """The short form of a type, as a hint shows it."""
    return type_.kind if type_.kind in {"choice", "decimal", "money"} else str(type_.or_null(False))
