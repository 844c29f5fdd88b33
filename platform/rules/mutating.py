"""Small wrong turns of conditions, formulas and blocks: what a good set of cases would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kith.problems import Words
from kith.rules.program import Action, Branch, Program
from kith.rules.rewriting import block_exchanged, own_nodes, statement_exchanged, statements
from kith.rules.tree import Aggregate, Call, Changed, Constant, Node, Path, walk
from kith.rules.types import BOOL
from kith.rules.values import Period

BORDERS = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
OPPOSITES = {"eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in", "is_set": "is_not_set", "is_not_set": "is_set"}
SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
FALSE_FOR_NULL = frozenset({*BORDERS, "between", "in"})
"""Comparisons that are false where an operand is null."""

BORDER = Words("a case exactly at the border", "恰在边界上的用例")
BOTH = Words(
    "a case in which it holds and one in which it does not, with different ends", "成立与不成立各一个、结果不同的用例"
)
DECIDES = Words("a case in which this part alone decides", "仅由此部分决定结果的用例")
STEP = Words("a case exactly at the value and one just beside it", "恰为该值与紧邻该值的用例各一个")
DONE = Words("a case that expects what it does", "期望其结果的用例")


@dataclass(frozen=True, slots=True)
class Turn:
    """One wrong turn: the node or statement that goes, what comes instead, in words, and what to test."""

    old: Node | Action
    new: Node | None
    words: Words
    advice: Words


def turns_of(tree: Node, text: str) -> Iterator[Turn]:
    """The wrong turns of a tree, in the order of its text; `text` is the text it was made of."""
    defaults = {id(node.args[-1]) for node in walk(tree) if isinstance(node, Call) and node.op == "coalesce"}
    for node in walk(tree):
        match node:
            case Constant(value=0) if id(node) in defaults:
                # "None counts as zero" is meant as it stands; that the default is there is asked of it as a whole.
                continue
            case Call():
                yield from _of_call(node, text)
            case Aggregate():
                yield from _of_aggregate(node, text)
            case Changed():
                yield from _negated(node, text)
            case Path() if node.type.kind == "bool":
                yield from _negated(node, text)
            case Constant():
                yield from _of_constant(node, text)


def _of_call(node: Call, text: str) -> Iterator[Turn]:
    if node.op in BORDERS:
        other = BORDERS[node.op]
        told = f"{SIGNS[other]} ← {SIGNS[node.op]}: {said(node, text)}"
        yield Turn(node, replace(node, op=other), Words(told, told), BORDER)
    elif node.op in OPPOSITES:
        yield _not(node, replace(node, op=OPPOSITES[node.op]), text)
    elif node.op == "between":
        yield from _of_between(node, text)
    elif node.op in ("and", "or"):
        yield from _of_logic(node, text)
    elif node.op == "if":
        condition, then, otherwise = node.args
        words = Words(f"branches swapped: {said(node, text)}", f"分支互换：{said(node, text)}")
        yield Turn(node, replace(node, args=(condition, otherwise, then)), words, BOTH)
    elif node.op == "coalesce":
        words = Words(f"without its default: {said(node, text)}", f"去掉默认值：{said(node, text)}")
        yield Turn(node, replace(node.args[0], type=node.type.or_null()), words, DECIDES)


def _of_between(node: Call, text: str) -> Iterator[Turn]:
    value, low, high = node.args

    def compared(op: str, bound: Node) -> Call:
        return Call(BOOL, node.start, node.end, op, (value, bound))

    for lower, upper, bound in (("gt", "le", low), ("ge", "lt", high)):
        new = Call(BOOL, node.start, node.end, "and", (compared(lower, low), compared(upper, high)))
        words = Words(
            f"without its bound {said(bound, text)}: {said(node, text)}",
            f"不含边界 {said(bound, text)}：{said(node, text)}",
        )
        yield Turn(node, new, words, BORDER)


def _of_logic(node: Call, text: str) -> Iterator[Turn]:
    for part in node.args:
        if node.op == "and" and _is_implied(part, node.args):
            continue
        left = tuple(one for one in node.args if one is not part)
        new = left[0] if len(left) == 1 else replace(node, args=left)
        yield Turn(node, new, Words(f"without {said(part, text)}", f"去掉 {said(part, text)}"), DECIDES)


def _is_implied(part: Node, parts: tuple[Node, ...]) -> bool:
    """Whether a part only asks for the value that a comparison beside it is false without: nothing can tell them apart."""
    if not isinstance(part, Call) or part.op != "is_set":
        return False
    asked = part.args[0]
    return isinstance(asked, Path) and any(
        isinstance(other, Call)
        and other.op in FALSE_FOR_NULL
        and any(isinstance(one, Path) and (one.root, one.names) == (asked.root, asked.names) for one in other.args)
        for other in parts
    )


def _of_aggregate(node: Aggregate, text: str) -> Iterator[Turn]:
    if node.where is not None:
        words = Words(f"without its where: {said(node, text)}", f"去掉 where：{said(node, text)}")
        yield Turn(node, replace(node, where=None), words, DECIDES)
    if node.type.kind == "bool" and node.function in ("any", "all"):
        yield from _negated(node, text)
    for number, key in enumerate(node.by):
        turned = replace(key, descending=not key.descending)
        by = (*node.by[:number], turned, *node.by[number + 1 :])
        words = Words(f"the other way round: {said(key.value, text)}", f"顺序相反：{said(key.value, text)}")
        yield Turn(node, replace(node, by=by), words, DECIDES)


def _negated(node: Node, text: str) -> Iterator[Turn]:
    yield _not(node, Call(BOOL, node.start, node.end, "not", (node,)), text)


def _not(node: Node, new: Node, text: str) -> Turn:
    return Turn(node, new, Words(f"the opposite of {said(node, text)}", f"与 {said(node, text)} 相反"), BOTH)


def _of_constant(node: Constant, text: str) -> Iterator[Turn]:
    for value in beside(node.value):
        way = "+" if _is_more(value, node.value) else "-"
        words = Words(f"one step {way}: {said(node, text)}", f"差一步（{way}）：{said(node, text)}")
        yield Turn(node, replace(node, value=value), words, STEP)


def _is_more(new: object, old: object) -> bool:
    if isinstance(new, Period) and isinstance(old, Period):
        return new.months > old.months
    return bool(new > old)  # type: ignore[operator]


def beside(value: object) -> tuple[object, ...]:
    """The values one step beside, in the last digit that was written; none where there is no step."""
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1, value - 1)
        case Decimal():
            exponent = value.normalize().as_tuple().exponent if value else 0
            step = Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)
            return (value + step, value - step)
        case datetime():
            return (value + timedelta(minutes=1), value - timedelta(minutes=1))
        case date():
            return (value + timedelta(days=1), value - timedelta(days=1))
        case timedelta():
            whole = value % timedelta(days=1) == timedelta(0)
            step_of_time = timedelta(days=1) if whole else timedelta(minutes=1)
            return (value + step_of_time, value - step_of_time)
        case Period():
            return (Period(value.months + 1), Period(value.months - 1))
        case _:
            return ()


def block_turns(block: Program) -> Iterator[tuple[Turn, Program]]:
    """The wrong turns of an action block, each with the block that has it."""
    text = block.excerpt.text
    for statement in statements(block.actions):
        words = Words(f"without {said(statement, text)}", f"去掉 {said(statement, text)}")
        yield Turn(statement, None, words, DONE), statement_exchanged(block, statement, None)
        if isinstance(statement, Branch) and statement.otherwise:
            swapped = replace(statement, then=statement.otherwise, otherwise=statement.then)
            words = Words(f"branches swapped: {said(statement, text)}", f"分支互换：{said(statement, text)}")
            yield Turn(statement, None, words, BOTH), statement_exchanged(block, statement, swapped)
    for statement in statements(block.actions):
        for node in own_nodes(statement):
            for turn in turns_of(node, text):
                if isinstance(turn.old, Node) and turn.new is not None:
                    yield turn, block_exchanged(block, turn.old, turn.new)


def said(part: object, text: str) -> str:
    """A part as it is written, in one line."""
    written = " ".join(text[int(getattr(part, "start", 0)) : int(getattr(part, "end", 0))].split())
    return written if len(written) <= 60 else f"{written[:59]}…"
