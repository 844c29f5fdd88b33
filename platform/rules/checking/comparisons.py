"""Comparisons: `== != < <= > >=`, `in`, `between`, `is set`."""

from __future__ import annotations

from kith.problems import Words
from kith.rules import mistakes_types, mistakes_values, syntax
from kith.rules.checking.adapting import unify
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import belongs, type_words
from kith.rules.checking.literals import as_set, constant_items
from kith.rules.checking.missing import may_miss
from kith.rules.tree import Call, Constant, Node, Path, is_written
from kith.rules.types import BOOL, NULL, Type, set_of

EQUALITY = {"==": "eq", "!=": "ne"}
ORDER = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
MEMBER = {"in": "in", "not in": "not_in"}


def test(place: syntax.Syntax, op: str, *args: Node) -> Call:
    """A comparison: it is true or false, never null."""
    return Call(BOOL, place.start, place.end, op, args)


def equality(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a == b`; beside a bare null it asks whether a value is set."""
    left, right = checker.check(node.left), checker.check(node.right)
    if left is None or right is None:
        return None
    for value, other in ((left, right), (right, left)):
        if value.type.kind == "null" and isinstance(value, Constant):
            return null_test(checker, node, other)
    united = unify(checker, (left, right))
    if united is None:
        return None
    lint_percent(checker, left, right)
    lint_constant(checker, node, united[0])
    lint_empty_text(checker, node, united[0])
    return test(node, EQUALITY[node.op], *united[0])


def null_test(checker: Checker, node: syntax.Binary, value: Node) -> Node:
    """`x == null` is `x is not set`."""
    if value.type.kind == "null":
        checker.report(mistakes_values.CONSTANT, node, truth=truth_words(node.op == "=="))
        return Constant(BOOL, node.start, node.end, node.op == "==")
    lint_set(checker, node, value, node.op == "!=")
    return test(node, "is_not_set" if node.op == "==" else "is_set", value)


def ordering(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a < b` and the like: false where one is null."""
    return ordered(checker, node, ORDER[node.op], (node.left, node.right))


def between(checker: Checker, node: syntax.Between) -> Node | None:
    """`a between low and high`, both included."""
    return ordered(checker, node, "between", (node.value, node.low, node.high))


def ordered(checker: Checker, node: syntax.Syntax, op: str, parts: tuple[syntax.Syntax, ...]) -> Node | None:
    """An ordering of values of one type that has an order."""
    checked = [checker.check(part) for part in parts]
    nodes = [item for item in checked if item is not None]
    if len(nodes) < len(checked):
        return None
    for item in nodes:
        if not belongs(item.type, "ordered"):
            checker.report(mistakes_types.NO_ORDER, item, found=type_words(item.type))
            return None
    united = unify(checker, nodes)
    if united is None:
        return None
    lint_percent(checker, *nodes)
    if any(isinstance(item, Constant) and item.value is None for item in nodes):
        checker.report(mistakes_values.CONSTANT, node, truth=truth_words(False))
    else:
        lint_constant(checker, node, united[0])
    guard(checker, node, united[0])
    return test(node, op, *united[0])


def guard(checker: Checker, node: syntax.Syntax, operands: list[Node]) -> None:
    """In a `require`, a comparison of a value that may be missing must say what that means (E4)."""
    if not checker.slot.guarded:
        return
    for operand in operands:
        if may_miss(operand, checker.known) and not isinstance(operand, Constant):
            name, whole, zero = checker.text(operand), checker.text(node), default_for(operand.type)
            # A compound operand binds weaker than `??`.
            value = name if isinstance(operand, Path) else f"({name})"
            hint = Words(
                f"write `{name} is not set or …` (only when filled) or `{value} ?? {zero} …` (count empty as {zero})",
                f"请写 `{name} is not set or …`（仅在填写时检查）或 `{value} ?? {zero} …`（空值按 {zero} 计）",
            )
            checker.report(
                mistakes_values.UNGUARDED,
                node,
                hint=hint,
                fix=f"({name} is not set or {whole})",
                other_fix=(operand, f"{value} ?? {zero}"),
                name=name,
            )
            return


def default_for(type_: Type) -> str:
    """A value that an empty one may count as, for a hint."""
    match type_.kind:
        case "percent":
            return "0%"
        case "int" | "decimal" | "money":
            return "0"
        case "text":
            return '""'
        case "choice" if type_.options:
            return f'"{type_.options[0]}"'
        case "duration":
            return "0d"
        case "date":
            return "today()"
        case "datetime":
            return "now()"
        case "bool":
            return "false"
        case _:
            return "…"


def member(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a in b`: b is a list or a field that holds several values."""
    value = checker.check(node.left)
    if isinstance(node.right, syntax.Items):
        return member_of_list(checker, node, value, node.right)
    items = checker.check(node.right)
    if value is None or items is None:
        return None
    if items.type.kind == "null":
        items = Constant(set_of(NULL).or_null(), items.start, items.end, None)
    if items.type.kind != "set":
        hint = Words("a part of a text is found with contains(text, part)", "查找文本片段请用 contains(text, part)")
        texts = items.type.kind == "text"
        checker.report(mistakes_types.NOT_A_LIST, items, hint=hint if texts else None, found=type_words(items.type))
        return None
    return belonging(checker, node, value, items)


def belonging(checker: Checker, node: syntax.Binary, value: Node, items: Node) -> Node | None:
    """A value and a set whose members are of its kind."""
    item = items.type.item
    if item is not None and item.kind != "null":
        # A written value takes the type of the members; a written list that of the value.
        if isinstance(items, Constant):
            united = fit_items(checker, value, items)
        else:
            united = unify(checker, (value, Constant(item, items.start, items.end, None)))
        if united is None:
            return None
        value, items = united[0][0], united[0][1] if isinstance(items, Constant) else items
    guard(checker, node, [value])
    lint_empty(checker, node, items)
    return test(node, MEMBER[node.op], value, items)


def fit_items(checker: Checker, value: Node, items: Constant) -> tuple[list[Node], Type] | None:
    """A written list against the type of the value: its texts may be options."""
    united = unify(checker, [value, *members(items)])
    if united is None:
        return None
    values = frozenset(item.value for item in united[0][1:] if isinstance(item, Constant))
    type_ = set_of(united[1].or_null(False))
    return [united[0][0], Constant(type_, items.start, items.end, values)], type_


def members(items: Constant) -> list[Node]:
    """The members of a constant set, each at the place of the list."""
    item = items.type.item or NULL
    values = items.value if isinstance(items.value, frozenset) else frozenset()
    return [Constant(item, items.start, items.end, value) for value in sorted(values, key=repr)]


def member_of_list(checker: Checker, node: syntax.Binary, value: Node | None, written: syntax.Items) -> Node | None:
    """`a in [b, c]`: each item meets the value by itself, so that mistakes stand at the item."""
    checked = [checker.check(item) for item in written.items]
    nodes = [item for item in checked if item is not None]
    if value is None or len(nodes) < len(checked):
        return None
    for item in nodes:
        if item.type.kind in {"null", "set"}:
            checker.report(mistakes_types.LIST_ITEM, item, found=type_words(item.type))
            return None
    united = unify(checker, [value, *nodes])
    if united is None:
        return None
    value, items = united[0][0], united[0][1:]
    guard(checker, node, [value])
    if not constant_items(items):
        return one_of(node, value, items)
    as_list = as_set(checker, written, items)
    if as_list is None:
        return None
    lint_empty(checker, node, as_list)
    return test(node, MEMBER[node.op], value, as_list)


def one_of(node: syntax.Binary, value: Node, items: list[Node]) -> Node:
    """A list with names in it, taken apart: `a is set and (a == b or a == c)`."""
    equal = [Call(BOOL, item.start, item.end, "eq", (value, item)) for item in items]
    either = test(node, "or", *equal) if len(equal) > 1 else equal[0]
    found = test(node, "and", test(node, "is_set", value), either)
    return found if node.op == "in" else test(node, "not", found)


def is_set(checker: Checker, node: syntax.IsSet) -> Node | None:
    """`a is set`, `a is not set`."""
    value = checker.check(node.value)
    if value is None:
        return None
    lint_set(checker, node, value, not node.negated)
    return test(node, "is_not_set" if node.negated else "is_set", value)


def truth_words(truth: bool) -> Words:
    """Always true or always false."""
    return Words("true", "真") if truth else Words("false", "假")


def lint_set(checker: Checker, node: syntax.Syntax, value: Node, truth: bool) -> None:
    """A value that is always there need not be asked for."""
    required = isinstance(value, Path) and bool(value.steps) and not value.steps[-1].type.nullable
    if not value.type.nullable and value.type.kind != "set" and (required or not isinstance(value, Path)):
        checker.report(mistakes_values.CONSTANT, node, truth=truth_words(truth))


def lint_constant(checker: Checker, node: syntax.Syntax, nodes: list[Node]) -> None:
    """A comparison of written values, or of a value with itself, has one answer."""
    if all(map(is_written, nodes)):
        checker.report(mistakes_values.SAME_ANSWER, node)
        return
    paths = [(item.root, item.steps) for item in nodes if isinstance(item, Path)]
    if len(paths) == len(nodes) == 2 and paths[0] == paths[1]:
        checker.report(mistakes_values.SAME_ANSWER, node)


def lint_empty_text(checker: Checker, node: syntax.Binary, nodes: list[Node]) -> None:
    """A field beside a written empty text: it holds null, never that."""
    written = [item for item in nodes if is_written(item) and item.value == ""]
    if written and any(isinstance(item, Path) for item in nodes):
        checker.report(mistakes_values.EMPTY_TEXT, node)


def lint_empty(checker: Checker, node: syntax.Binary, items: Node) -> None:
    """Nothing is in an empty list."""
    if isinstance(items, Constant) and not items.value:
        checker.report(mistakes_values.CONSTANT, node, truth=truth_words(node.op == "not in"))


def lint_percent(checker: Checker, *nodes: Node) -> None:
    """A percent beside a bare number above one: `discount > 15` means 1500 %."""
    if any(node.type.kind == "percent" for node in nodes):
        for node in nodes:
            if isinstance(node, Constant) and node.type.kind in {"int", "decimal"} and abs(float(str(node.value))) > 1:
                checker.report(mistakes_values.PERCENT, node, text=checker.text(node), fix=f"{checker.text(node)}%")
