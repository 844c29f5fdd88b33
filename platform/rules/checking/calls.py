"""Calls: functions of the table, `changed(…)` and `is_new()`."""

from __future__ import annotations

from dataclasses import replace

from kith.problems import Words, did_you_mean
from kith.rules import mistakes_names, mistakes_types, syntax
from kith.rules.checking import aggregates
from kith.rules.checking.adapting import unify
from kith.rules.checking.arithmetic import call
from kith.rules.checking.banding import banded
from kith.rules.checking.casing import cased
from kith.rules.checking.checker import Checker
from kith.rules.checking.clock import VOLATILE, volatile
from kith.rules.checking.converting import converted
from kith.rules.checking.families import belongs, expected, family_words, type_words
from kith.rules.checking.members import ASKED, asked_of_members
from kith.rules.operations import FUNCTIONS, Shorthand
from kith.rules.operations.operation import Operation
from kith.rules.patterns import BadPattern, matcher
from kith.rules.tree import Call, Changed, Constant, IsNew, Node, Path, is_owned
from kith.rules.types import BOOL, Type

SPECIAL = {"bands": banded, "case": cased, "convert": converted, **dict.fromkeys(ASKED, asked_of_members)}
"""Functions that look at what is written, not only at its type."""
OTHERS = ("changed", "is_new", *SPECIAL, *aggregates.FUNCTIONS)
PLACES = range(19)


def invoke(checker: Checker, node: syntax.Invoke) -> Node | None:
    """A call of any kind."""
    if node.function == "is_new":
        return is_new(checker, node)
    if node.function in SPECIAL:
        return SPECIAL[node.function](checker, node)
    if node.function in aggregates.FUNCTIONS and aggregates.is_aggregate(node):
        return aggregates.aggregate(checker, node)
    operation = FUNCTIONS.get(node.function)
    if operation is None:
        hint = did_you_mean(node.function, [*FUNCTIONS, *OTHERS])
        place = (node.start, node.start + len(node.function))
        checker.report(mistakes_names.NO_FUNCTION, place, hint=hint, name=node.function)
        for arg in node.args:
            checker.check(arg)
        return None
    if node.where is not None or node.by:
        checker.report(mistakes_names.NO_WHERE, node, name=node.function)
        return None
    return function(checker, node, operation)


MOST_ARGUMENTS = 60
"""Arguments of one call; databases have limits of their own, the lowest of them at 100."""


class TooPrecise(Exception):
    """A shorthand stands for something that is not exact; its problem has been told."""


def function(checker: Checker, node: syntax.Invoke, operation: Operation | Shorthand) -> Node | None:
    """A function of the table on arguments that fit it."""
    checked = [checker.check(arg) for arg in node.args]
    families = expected(operation.takes, len(checked)) if len(checked) <= MOST_ARGUMENTS else None
    if families is None or (isinstance(operation, Shorthand) and operation.pairs and len(checked) % 2):
        checker.report(mistakes_types.ARGUMENTS, node, name=operation.name, takes=takes(operation), count=len(checked))
        return None
    args = [item for item in checked if item is not None]
    if len(args) < len(checked):
        return None
    typed = arguments(checker, args, families, operation)
    if typed is None:
        return None
    if isinstance(operation, Shorthand):
        return written_out(checker, node, operation, typed)
    if operation.name in VOLATILE:
        return volatile(checker, node, operation.name)
    if operation.name in {"age", "next_anniversary"} and len(typed) == 1:
        # Written out, so that no back end needs to know of it.
        day = volatile(checker, node, "today")
        return call(checker, operation.name, (typed[0], day), node) if day else None
    return call(checker, operation.name, tuple(typed), node)


def written_out(checker: Checker, node: syntax.Invoke, shorthand: Shorthand, args: list[Node]) -> Node | None:
    """What a shorthand stands for."""

    def make(op: str, *parts: Node) -> Node:
        made = call(checker, op, parts, node)
        if made is None:
            raise TooPrecise
        return made

    try:
        return shorthand.expand(make, args)
    except TooPrecise:
        return None


def arguments(
    checker: Checker, args: list[Node], families: list[str], operation: Operation | Shorthand
) -> list[Node] | None:
    """Arguments that are of their families and meet one another."""
    for arg, family in zip(args, families, strict=True):
        if not belongs(arg.type, family):
            found, wanted = type_words(arg.type), family_words(family)
            hint = argument_hint(checker, arg, family)
            checker.report(mistakes_types.ARGUMENT, arg, hint=hint, name=operation.name, wanted=wanted, found=found)
            return None
        if family == "places" and not (isinstance(arg, Constant) and arg.value in PLACES):
            checker.report(mistakes_types.PLACES, arg, name=operation.name)
            return None
        if family == "pattern" and not is_pattern(checker, arg):
            return None
    if "same" in families or operation.name in {"mod", "div"}:
        united = unify(checker, args)
        return united[0] if united else None
    return [nulled(arg, family) for arg, family in zip(args, families, strict=True)]


def is_pattern(checker: Checker, arg: Node) -> bool:
    """Whether an argument is a written pattern; what is wrong with it is told."""
    reason, hint = Words("it must be written down, without holes", "须直接写出，且不含占位"), BRACES
    if isinstance(arg, Constant) and isinstance(arg.value, str):
        try:
            matcher(arg.value)
        except BadPattern as bad:
            reason, hint = bad.words, None
        else:
            return True
    checker.report(mistakes_types.PATTERN, arg, hint=hint, reason=reason)
    return False


BRACES: Words | None = Words("braces are written \\{ and \\} in a text", "文本中的花括号写作 \\{ 和 \\}")


def nulled(arg: Node, family: str) -> Node:
    """A bare null of the family's plainest type."""
    if arg.type.kind != "null":
        return arg
    kinds = {
        "number": "int",
        "plain": "int",
        "places": "int",
        "printable": "text",
        "pattern": "text",
        "measured": "int",
    }
    return replace(arg, type=Type(kinds.get(family, family), nullable=True))  # type: ignore[arg-type]


def argument_hint(checker: Checker, arg: Node, family: str) -> Words | None:
    """How a value becomes what a function takes."""
    text = checker.text(arg)
    if family == "printable" and arg.type.kind == "datetime":
        return Words(f"write text(local_date({text}))", f"请写 text(local_date({text}))")
    if family == "date" and arg.type.kind == "datetime":
        return Words(f"write local_date({text})", f"请写 local_date({text})")
    if family == "text" and belongs(arg.type, "printable"):
        return Words(f"write text({text})", f"请写 text({text})")
    return None


def takes(operation: Operation | Shorthand) -> Words:
    """How many arguments a function takes, in words."""
    families = operation.takes
    if isinstance(operation, Shorthand) and operation.pairs:
        return Words("pairs of", "成对的")
    most, least = len(families), sum(not family.endswith("?") for family in families)
    if families and families[-1].endswith("..."):
        return Words(f"{most} to {MOST_ARGUMENTS}", f"{most} 至 {MOST_ARGUMENTS} 个")
    return Words(str(most), f"{most} 个") if most == least else Words(f"{least} to {most}", f"{least} 至 {most} 个")


def is_new(checker: Checker, node: syntax.Invoke) -> Node | None:
    """`is_new()`: whether the record is being created."""
    if node.args or node.where is not None:
        checker.report(mistakes_types.ARGUMENTS, node, name="is_new", takes=Words("0", "0 个"), count=len(node.args))
        return None
    if not checker.slot.saving:
        checker.report(mistakes_names.NOT_SAVING, node, word="is_new()")
        return None
    return IsNew(BOOL, node.start, node.end)


def changed(checker: Checker, node: syntax.Changed) -> Node | None:
    """`changed(stage from "new" to "won")`: a field of the record that is being saved."""
    if not checker.slot.saving:
        checker.report(mistakes_names.NOT_SAVING, node, word="changed")
        return None
    field = checker.check(node.field)
    if field is None:
        return None
    if not isinstance(field, Path) or field.root != "this" or len(field.steps) != 1 or _is_a_part(field):
        checker.report(mistakes_names.CHANGED_FIELD, node.field)
        return None
    before, after = side(checker, field, node.before), side(checker, field, node.after)
    if (node.before is not None and before is None) or (node.after is not None and after is None):
        return None
    step = field.steps[0]
    found = Changed(BOOL, node.start, node.end, step.name, before, after, step.entity, step.type, step.part)
    if is_owned(field) and before is None and after is None:
        # 100 USD may become as many EUR, or what they are worth in the workspace's currency.
        return Call(BOOL, node.start, node.end, "or", (replace(found, part=""), found))
    return found


def _is_a_part(field: Path) -> bool:
    return bool(field.steps[0].part) and not is_owned(field)


def side(checker: Checker, field: Path, part: syntax.Syntax | None) -> Node | None:
    """The value after `from` or `to`, of the field's type."""
    value = checker.check(part) if part is not None else None
    if value is None:
        return None
    united = unify(checker, (field, value))
    return united[0][1] if united else None
