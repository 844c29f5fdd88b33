"""What is allowed and says nothing: conditions with one answer, `not` over an empty value, statements that are never reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kith.problems import Words
from kith.rules import mistakes_values
from kith.rules.checking.checker import Checker
from kith.rules.program import Action, Bind, Branch, Halt, Loop, Refusal
from kith.rules.rewriting import own_nodes, part_of, statements, with_parts
from kith.rules.tree import Call, Constant, Node, Path, Step, children

if TYPE_CHECKING:
    from kith.rules.proving.telling import Told

ORDERINGS = frozenset({"lt", "le", "gt", "ge", "between"})
NOWHERE = Words("", "")


def weighed(checker: Checker, tree: Node) -> None:
    """Tell of the parts of an expression that have one answer whatever the record holds."""
    from kith.rules.proving.telling import Telling  # a server that starts from a release compiles nothing

    if not any(problem.is_error for problem in checker.problems):
        tell(checker, Telling().all(unsettled(tree)))
        negated(checker, tree, denied=False)


def weighed_block(checker: Checker, actions: Sequence[Action]) -> None:
    """The same of an action block, and of its statements that are never reached."""
    from kith.rules.proving.telling import Telling, is_short

    if any(problem.is_error for problem in checker.problems):
        return
    trees = [node for action in statements(actions) for node in own_nodes(action)]
    if is_short(trees):
        tell(checker, Telling().block([part_of(action, unsettled) for action in actions]))
    for tree in trees:
        negated(checker, tree, denied=False)
    not_reached(checker, actions)


def unsettled(node: Node) -> Node:
    """The same with settings as values that nobody knows: what they are today makes no condition one with one answer."""
    if isinstance(node, Constant) and node.setting:
        return Path(node.type, node.start, node.end, "let", (Step("", f"settings.{node.setting}", node.type),))
    return with_parts(node, unsettled)


def tell(checker: Checker, found: Iterable[Told]) -> None:
    """Tell of each part where nothing has been told yet."""
    for told in found:
        if not isinstance(told.node, Constant) and not _is_told(checker, told.node):
            mistake = mistakes_values.ALWAYS if told.truth else mistakes_values.NEVER
            checker.report(mistake, told.node, beside=_beside(checker, told))


def _is_told(checker: Checker, node: Node) -> bool:
    """Whether a hint stands in that part already."""
    span = checker.excerpt.span(node.start, node.end)
    places = (problem.span for problem in checker.problems if problem.span is not None)
    return any(place.start < span.end and span.start < place.end for place in places)


def _beside(checker: Checker, told: Told) -> Words:
    if told.beside is None:
        return NOWHERE
    text = checker.text(told.beside)
    return Words(f" beside `{text}`", f"（与 `{text}` 相比）")


def negated(checker: Checker, node: Node, *, denied: bool) -> None:
    """An ordering of what may be empty is false there, and so `not` makes it true."""
    if isinstance(node, Call) and node.op in ("and", "or", "not"):
        for arg in node.args:
            negated(checker, arg, denied=denied != (node.op == "not"))
        return
    if denied and isinstance(node, Call) and node.op in ORDERINGS:
        empty = next((arg for arg in node.args if arg.type.nullable), None)
        if empty is not None and not _is_told(checker, node):
            checker.report(mistakes_values.NOT_OF_NULL, node, name=checker.text(empty))
    for part in children(node):
        negated(checker, part, denied=False)


def not_reached(checker: Checker, actions: Sequence[Action]) -> None:
    """Statements behind one that ends the block, and what a save would do that is refused."""
    for action in actions:
        if isinstance(action, Branch):
            not_reached(checker, action.then)
            not_reached(checker, action.otherwise)
        elif isinstance(action, Loop):
            not_reached(checker, action.body)
    for index, action in enumerate(actions[:-1]):
        rest = actions[index + 1 :]
        if _ends(action):
            checker.report(mistakes_values.NOT_REACHED, (rest[0].start, rest[-1].end), word="stop")
            return
        lost = [one for one in rest if not isinstance(one, Refusal | Halt | Branch | Bind | Loop)]
        if isinstance(action, Refusal) and lost:
            checker.report(mistakes_values.REFUSED_ANYWAY, (lost[0].start, lost[0].end))
            return


def _ends(action: Action) -> bool:
    """Whether nothing behind a statement is ever done."""
    if isinstance(action, Branch):
        return all(branch and any(map(_ends, branch)) for branch in (action.then, action.otherwise))
    return isinstance(action, Halt)
