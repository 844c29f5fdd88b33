"""What a comparison tells of the values that it compares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kith.rules.proving.domains import TRUTH, Domain, Rank
from kith.rules.proving.states import State, set_, unset
from kith.rules.proving.terms import Linear, Terms, rank, step
from kith.rules.tree import Call, Constant, Node

FLIPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
ORDERINGS = frozenset(OPPOSITE)
PLAIN = frozenset({"bool", "text", "ref"})
"""Kinds without ranks whose written values are kept."""


def compare(terms: Terms, node: Call, truth: bool, state: State) -> Iterator[State]:
    """The cases in which a comparison of two values is true, or is not."""
    if node.op == "ne":
        node, truth = Call(node.type, node.start, node.end, "eq", node.args), not truth
    left, right = node.args
    if isinstance(left, Constant):
        left, right, node = right, left, Call(node.type, node.start, node.end, FLIPPED[node.op], (right, left))
    if node.op == "eq" and isinstance(right, Constant) and right.value is None:
        yield from (unset if truth else set_)(terms, left, state)
        return
    one, other = terms.linear(left), terms.linear(right)
    if one is None or other is None:
        yield from _unordered(terms, node, truth, state)
    elif other.key is None:
        yield from _with_written(terms, node.op, (one, left), other.plus - one.plus, truth, state)
    elif one.key == other.key:
        yield from _with_itself(terms, node.op, (one, left), other, truth, state)
    else:
        yield from _of_two(terms, node, (one, other), truth, state)


def _with_written(
    terms: Terms, op: str, value: tuple[Linear, Node], limit: Rank, truth: bool, state: State
) -> Iterator[State]:
    """A term beside a rank that is known."""
    linear, whole = value
    if linear.key is None:
        if (op == "eq" and truth == (limit == 0)) or (op in ORDERINGS and truth == _holds(op, -limit)):
            yield state
        elif linear.may_end:
            yield from [] if truth else [state]
        return
    if not truth and linear.may_end:
        yield state  # the sum may be null
        return
    found = state.domain(terms, linear.node)
    if op == "eq":
        found = found.set().only({limit}) if truth else found.without({limit})
    else:
        found = narrowed(found.set() if truth else found, op if truth else OPPOSITE[op], limit)
    if found.is_nothing:
        return
    kept = state.with_(linear.key, found)
    yield from set_(terms, whole, kept) if truth else [kept]


def narrowed(domain: Domain, op: str, limit: Rank) -> Domain:
    """A domain of values that stand so to a rank."""
    match op:
        case "lt":
            return domain.below(limit)
        case "le":
            return domain.at_most(limit)
        case "gt":
            return domain.above(limit)
        case _:
            return domain.at_least(limit)


def _holds(op: str, difference: Rank) -> bool:
    """Whether two values with this difference stand so to each other."""
    return {"lt": difference < 0, "le": difference <= 0, "gt": difference > 0, "ge": difference >= 0}[op]


def _with_itself(
    terms: Terms, op: str, value: tuple[Linear, Node], other: Linear, truth: bool, state: State
) -> Iterator[State]:
    """A term beside itself, perhaps with something added to either."""
    linear, whole = value
    difference = linear.plus - other.plus
    may_end = linear.may_end or other.may_end
    if op == "eq":
        if truth:
            # Two nulls are the same.
            yield from [state] if difference == 0 or may_end else unset(terms, linear.node, state)
        elif difference != 0 or may_end:
            yield from [state] if may_end else set_(terms, linear.node, state)
    elif _holds(op, difference) == truth:
        yield from set_(terms, whole, state) if truth else [state]
    elif not truth:
        yield from [state] if may_end else unset(terms, linear.node, state)


def _of_two(terms: Terms, node: Call, values: tuple[Linear, Linear], truth: bool, state: State) -> Iterator[State]:
    """Two terms: what is known is kept of their difference, and of each as far as the ends of the other tell."""
    one, other = values
    op, (left, right) = node.op, node.args
    if one.key is None or other.key is None:
        return
    if one.key > other.key:
        one, other, left, right, op = other, one, right, left, FLIPPED[op]
    limit = other.plus - one.plus
    same = (one.key, other.key, limit, "eq")
    if op == "eq":
        known = _decided(state, same, truth)
        if known is None:
            return
        state = known
    may_be_null = state.domain(terms, one.node).null or state.domain(terms, other.node).null
    may_be_null = may_be_null or one.may_end or other.may_end
    pair = (one.key, other.key)
    distance: Rank = min(step(left.type), step(right.type))
    between = state.known.get(pair, Domain(may_be_null, step=distance))
    between = between if may_be_null else between.set()
    if op == "eq":
        between = between.only({limit}) if truth else between.without({limit})
    else:
        between = narrowed(between.set() if truth else between, op if truth else OPPOSITE[op], limit)
    if between.is_nothing:
        return
    states = [state.with_(pair, between)]
    if truth and op != "eq":
        states = [two for first in states for two in set_(terms, left, first)]
        states = [two for first in states for two in set_(terms, right, first)]
    for found in states:
        yield from _pushed(terms, (one, other), between, found)


def _decided(state: State, key: tuple[object, ...], truth: bool) -> State | None:
    """A state in which what holds between two terms is true or false; none where it is known to be otherwise."""
    found = state.known.get(key, TRUTH.set()).only({truth})
    return None if found.is_nothing else state.with_(key, found)


def _pushed(terms: Terms, values: tuple[Linear, Linear], between: Domain, state: State) -> Iterator[State]:
    """What the difference of two terms tells of each: `a - b` lies between its ends, so `a` between those of `b` and them."""
    one, other = values
    if between.null or one.key is None or other.key is None:
        yield state
        return
    a, b = state.domain(terms, one.node), state.domain(terms, other.node)
    low, high = between.span()
    a_low, a_high = a.span()
    b_low, b_high = b.span()
    a = a if low is None or b_low is None else a.at_least(low + b_low)
    a = a if high is None or b_high is None else a.at_most(high + b_high)
    b = b if high is None or a_low is None else b.at_least(a_low - high)
    b = b if low is None or a_high is None else b.at_most(a_high - low)
    if not a.is_nothing and not b.is_nothing:
        yield state.with_(one.key, a).with_(other.key, b)


def _unordered(terms: Terms, node: Call, truth: bool, state: State) -> Iterator[State]:
    """Values without ranks: those of a term are kept, what holds between two terms is a term of its own."""
    left, right = node.args
    if (
        node.op == "eq"
        and isinstance(right, Constant)
        and left.type.kind == right.type.kind
        and left.type.kind in PLAIN
    ):
        found = state.domain(terms, left)
        value = right.value
        found = found.set().only({value}) if truth else found.without({value})
        if not found.is_nothing:
            kept = state.with_(terms.key(left), found)
            yield from set_(terms, left, kept) if truth else [kept]
        return
    one, other, op = terms.key(left), terms.key(right), node.op
    if one > other:
        one, other, op = other, one, FLIPPED[op]
    if op == "eq" and one == other:
        yield from [state] if truth else []
        return
    decided = _decided(state, (one, other, op), truth)
    states = [] if decided is None else [decided]
    if truth and op in ORDERINGS:
        states = [two for first in states for two in set_(terms, left, first)]
        states = [two for first in states for two in set_(terms, right, first)]
    yield from states


def member(terms: Terms, node: Call, truth: bool, state: State) -> Iterator[State]:
    """The cases in which a value is in a list, or is not: null is in none."""
    value, items = node.args
    if not isinstance(items, Constant) or not isinstance(items.value, frozenset) or isinstance(value, Constant):
        yield from _in_terms(terms, node, truth, state)
        return
    linear = terms.linear(value)
    item = items.type.item or items.type
    wanted: set[object] = {rank(one, item) for one in items.value} if linear else set(items.value)
    plain = linear is not None or item.kind == value.type.kind in PLAIN
    if None in wanted or not plain or (linear is not None and (linear.key is None or linear.may_end)):
        yield from _in_terms(terms, node, truth, state)
        return
    if linear is not None:
        wanted = {one - linear.plus for one in wanted if isinstance(one, int | Fraction)}
    node_of = linear.node if linear is not None else value
    found = state.domain(terms, node_of)
    found = found.set().only(wanted) if truth else found.without(wanted)
    if not found.is_nothing:
        kept = state.with_(terms.key(node_of), found)
        yield from set_(terms, value, kept) if truth else [kept]


def _in_terms(terms: Terms, node: Call, truth: bool, state: State) -> Iterator[State]:
    value, items = node.args
    decided = _decided(state, (terms.key(value), terms.key(items), "in"), truth)
    states = [] if decided is None else [decided]
    for part in node.args if truth else ():
        states = [one for before in states for one in set_(terms, part, before)]
    yield from states
