"""From text to a checked expression, template or action block, with every problem of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kith.problems import Excerpt, Problem, in_order
from kith.rules import mistakes_types
from kith.rules.checking import checker as fresh
from kith.rules.checking.checker import Checker
from kith.rules.checking.logic import condition
from kith.rules.checking.owning import owned
from kith.rules.checking.statements import statements
from kith.rules.checking.storing import stored
from kith.rules.checking.uses import cost, uses, uses_of_block
from kith.rules.checking.weighing import weighed, weighed_block
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.program import (
    Action,
    Amend,
    Assign,
    Bind,
    Branch,
    Expression,
    Halt,
    Handing,
    Joining,
    Make,
    Program,
    Refusal,
    Remove,
)
from kith.rules.rewriting import statements as statements_within
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Syntax
from kith.rules.tree import Node
from kith.rules.types import Type


def compile_expression(excerpt: Excerpt, scope: Scope, slot: Slot) -> tuple[Expression | None, list[Problem]]:
    """An expression at its place; none where a problem is an error."""
    syntax, problems = parse_expression(excerpt)
    return checked(excerpt, scope, slot, syntax, problems)


def compile_template(excerpt: Excerpt, scope: Scope, slot: Slot) -> tuple[Expression | None, list[Problem]]:
    """A text with holes that stands without quotes, such as a title or a message."""
    syntax, problems = parse_template(excerpt)
    return checked(excerpt, scope, slot, syntax, problems)


def checked(
    excerpt: Excerpt, scope: Scope, slot: Slot, syntax: Syntax | None, problems: Iterable[Problem]
) -> tuple[Expression | None, list[Problem]]:
    """Parsed text with its types, and what the place says to them."""
    found = list(problems)
    if syntax is None:
        return None, in_order(found)
    check = fresh(excerpt, scope, slot)
    check.problems = found
    tree = placed(check, syntax, slot.result)
    if tree is not None and slot.database:
        not_in_database(check, tree)
    if tree is not None and slot.advice:
        weighed(check, tree)
    if tree is None or any(problem.is_error for problem in found):
        return None, in_order(found)
    reads = uses([tree], scope.entity)
    return Expression(excerpt, syntax, tree, reads, check.volatile, cost(tree)), in_order(found)


def placed(check: Checker, syntax: Syntax, wanted: Type | None) -> Node | None:
    """A tree of the type that its place wants; a condition may be a null, which is false."""
    if wanted is not None and wanted.kind == "bool" and not wanted.nullable:
        return condition(check, syntax)
    tree = check.check(syntax)
    if tree is not None and check.slot.currency:
        tree = owned(check, tree, check.slot.name, ("this", check.slot.currency))
    if tree is None or wanted is None:
        return tree
    return stored(check, tree, wanted)


def not_in_database(check: Checker, tree: Node) -> None:
    """Each part that has no proven form in SQL, with its reason (E5)."""
    from kith.rules.sql.support import unsupported

    for node, reason in unsupported(tree):
        check.report(mistakes_types.NOT_IN_DATABASE, node, reason=reason)


def compile_program(excerpt: Excerpt, scope: Scope, slot: Slot) -> tuple[Program | None, list[Problem]]:
    """An action block at its place; none where a problem is an error."""
    block, problems = parse_block(excerpt)
    found = list(problems)
    if block is None:
        return None, in_order(found)
    check = fresh(excerpt, scope, slot)
    check.problems = found
    actions = statements(check, block.statements)
    if slot.advice:
        weighed_block(check, actions)
    if any(problem.is_error for problem in found):
        return None, in_order(found)
    reads = uses_of_block(actions, scope.entity)
    sets = tuple(dict.fromkeys(own_fields(actions)))
    writes = tuple(dict.fromkeys(written(actions, scope.entity)))
    before = all(map(is_before, actions))
    return Program(excerpt, block, actions, reads, sets, before, writes, check.volatile), in_order(found)


def own_fields(actions: Iterable[Action]) -> Iterator[str]:
    """The record's own fields that a block may set."""
    for action in statements_within(actions):
        if isinstance(action, Assign) and len(action.target) == 1:
            yield action.target[0].name


def written(actions: Iterable[Action], entity: str) -> Iterator[tuple[str, str]]:
    """Entity and field of everything that a block may write."""
    for action in statements_within(actions):
        match action:
            case Assign() | Joining():
                yield action.target[-1].entity, action.target[-1].name
            case Make():
                yield action.entity, ""
                yield from ((action.entity, name) for name, _ in action.values)
            case Amend(over=over, values=values):
                yield from ((over.rows.entity, name) for name, _ in values)
            case Remove(over=over):
                yield over.rows.entity, ""
            case Handing(field=field):
                yield entity, field
            case _:
                pass


def is_before(action: Action) -> bool:
    """Whether a statement runs before the write: it does nothing beyond the record itself."""
    match action:
        case Assign():
            return len(action.target) == 1
        case Branch():
            return all(map(is_before, (*action.then, *action.otherwise)))
        case Bind() | Refusal() | Halt():
            return True
        case _:
            return False
