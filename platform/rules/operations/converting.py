"""Money of one currency as money of another, by the rates that the workspace keeps by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kith.problems import Words
from kith.rules import sizes
from kith.rules.operations.numbers import GROUP
from kith.rules.operations.operation import Operation
from kith.rules.tree import Constant, Node
from kith.rules.types import Type
from kith.rules.values import Env

RATE_DIGITS = 18
"""Digits that an amount may gain: a rate has up to ten before its point, and the other as many behind as make eight."""
NO_RATES = Words("exchange rates are not known", "无法得知汇率")


def convert(env: Env, amount: Decimal, from_: str, to: str, day: date) -> Fraction | None:
    """What an amount was worth on a day; null where a rate is missing."""
    if from_ == to:
        return Fraction(amount)
    one, other = env.rate(from_, day), env.rate(to, day)
    return Fraction(amount) * Fraction(one) / Fraction(other) if one and other else None


def _converted(args: Sequence[Node]) -> Type:
    type_, target = args[0].type, args[2]
    currency = str(target.value) if isinstance(target, Constant) else ""
    return sizes.number("money", sizes.whole(type_) + RATE_DIGITS, type_.scale, currency)


CONVERTING = (
    Operation(
        "convert", GROUP, ("money", "text", "text", "date"), _converted, convert,
        Words(
            "What an amount is worth in another currency, by the latest exchange rates on or before a day (today where none is "
            "given); null where there is no rate. What is stored keeps the rates that were known when it was saved.",
            "金额按某日（不写则为今天）或之前最近的汇率折算为另一种货币；没有汇率则为空。存储的值保留保存时的汇率。",
        ),
        (), 'convert(a, "USD", day)', clock=True, may_null=True, no_sql=NO_RATES,
    ),
)  # fmt: skip
