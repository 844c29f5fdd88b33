"""What generated code calls where Python's own operators do not have the language's meaning."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from kith.rules.operations.dates import add_days, add_months, duration_total, today
from kith.rules.operations.texts import fitting, fold, joined, replace
from kith.rules.plain import plain
from kith.rules.types import Type, in_currency
from kith.rules.values import DoesNotFit, Env, Record, instant

EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
"""Wide enough that only a scale rounds, and that a quotient which is rounded twice is rounded right."""
EMPTY: frozenset[object] = frozenset()


def fit(value: Any, unit: Decimal | None) -> Any:
    """A number at its type's scale, half-up and without a negative zero; whole where there is no unit."""
    if value is None:
        return None
    if unit is None:
        return int(EXACT.to_integral_value(value)) if isinstance(value, Decimal) else value
    fitted = EXACT.quantize(EXACT.create_decimal(value), unit)
    return fitted or fitted.copy_abs()


def store(value: Any, unit: Decimal | None, limit: int, type_: Type) -> Any:
    """The same, refused where it has more digits before the point than the type."""
    fitted = fit(value, unit)
    if fitted is not None and abs(fitted) >= limit:
        raise DoesNotFit(type_)
    return fitted


def divide(left: Any, right: Any, unit: Decimal) -> Decimal | None:
    """A quotient at a scale; null where the divisor is zero."""
    return EXACT.quantize(EXACT.divide(left, right), unit) if right else None


def div(left: Any, right: Any) -> int | None:
    """A quotient without its fraction."""
    return int(EXACT.divide_int(left, right)) if right else None


def mod(left: Any, right: Any) -> Any:
    """What `div` leaves, with the sign of the dividend."""
    if not right:
        return None
    left_over = EXACT.remainder(left, right)
    return int(left_over) if isinstance(left, int) and isinstance(right, int) else left_over


def substring(text: str, start: int, length: int | None = None) -> str:
    """So many code points from a position on, counted from 1."""
    begin = start - 1 if start > 0 else 0
    if length is None:
        return text[begin:]
    return text[begin : begin + length] if length > 0 else ""


def mean(values: Sequence[Any], unit: Decimal) -> Decimal | None:
    """The average at a scale; null over nothing."""
    if not values:
        return None
    return EXACT.quantize(EXACT.divide(exact_sum(values), len(values)), unit)


def median(values: Sequence[Any], unit: Decimal) -> Decimal | None:
    """The value in the middle, or the mean of the two, at a scale; null over nothing."""
    ranked, half = sorted(values), len(values) // 2
    return mean(ranked[half : half + 1] if len(ranked) % 2 else ranked[max(half - 1, 0) : half + 1], unit)


def exact_sum(values: Iterable[Any]) -> Any:
    """A sum of numbers that may have more digits than Python's own operators keep."""
    total: Any = 0
    for value in values:
        total = EXACT.add(total, value)
    return total


def first(rows: Iterable[Record], keys: Sequence[tuple[Callable[[Record], Any], bool]]) -> Record | None:
    """The first record by some keys, each with whether it descends: nulls last both ways, then by id."""
    left = list(rows)
    for key, descending in keys:
        if len(left) < 2:
            break
        keyed = [(value, row) for row in left if (value := key(row)) is not None]
        if keyed:
            best = (max if descending else min)(value for value, _ in keyed)
            left = [row for value, row in keyed if value == best]
    return min(left, key=lambda row: str(row.get("id")), default=None)


def has_changed(env: Env, field: str) -> bool:
    """Whether a field is no longer what it was; an empty set is nothing."""
    before = env.old.get(field) if env.old is not None else None
    after = env.this.get(field)
    return before != after and bool(before or after or not isinstance(before or after, frozenset))


def placed(record: Record | None, field: str) -> Any:
    """A field of a record that may be missing."""
    return record.get(field) if record is not None else None


def part(value: Any, name: str) -> Any:
    """A part of a value of several."""
    return None if value is None else value.get(name)


NAMES: dict[str, object] = {
    "fit": fit, "store": store, "divide": divide, "div": div, "mod": mod, "replace": replace,
    "substring": substring, "mean": mean, "median": median,
    "set": set, "sorted": sorted, "first": first, "has_changed": has_changed, "placed": placed,
    "fitting": fitting, "fold": fold, "plain": plain, "add_days": add_days, "add_months": add_months,
    "today": today, "instant": instant, "empty": EMPTY, "exact_add": EXACT.add, "exact_subtract": EXACT.subtract,
    "exact_multiply": EXACT.multiply, "exact_negate": EXACT.minus, "exact_abs": EXACT.abs, "floor": math.floor,
    "ceil": math.ceil, "abs": abs, "min": min, "max": max, "len": len, "sum": sum, "exact_sum": exact_sum,
    "sum_durations": duration_total, "part": part, "in_currency": in_currency, "str": str, "joined": joined, "list": list,
}  # fmt: skip
"""Everything that generated code can name besides its constants."""
