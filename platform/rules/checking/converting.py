"""`convert(amount, "USD", day)`: an amount in another currency, which is written down."""

from __future__ import annotations

import re

from kith.problems import Words
from kith.rules import mistakes_types, syntax
from kith.rules.checking.arithmetic import call
from kith.rules.checking.checker import Checker
from kith.rules.checking.clock import volatile
from kith.rules.checking.families import family_words, type_words
from kith.rules.tree import Constant, Node
from kith.rules.types import TEXT

CURRENCY = re.compile("[A-Z]{3}")
WRITTEN = Words('a written currency such as "USD"', "直接写出的货币（如“USD”）")


def converted(checker: Checker, node: syntax.Invoke) -> Node | None:
    """A call of `convert`, with the currency that the amount is of and the day written out."""
    if not 2 <= len(node.args) <= 3:
        takes = Words("2 or 3", "2 或 3 个")
        checker.report(mistakes_types.ARGUMENTS, node, name="convert", takes=takes, count=len(node.args))
        return None
    amount, target = (checker.check(arg) for arg in node.args[:2])
    day = checker.check(node.args[2]) if len(node.args) > 2 else volatile(checker, node, "today")
    if amount is None or target is None or day is None:
        return None
    if amount.type.kind != "money" or not amount.type.currency:
        wrong(checker, amount, family_words("money"))
        return None
    if not isinstance(target, Constant) or not CURRENCY.fullmatch(str(target.value)):
        wrong(checker, target, WRITTEN)
        return None
    if day.type.kind != "date":
        wrong(checker, day, family_words("date"))
        return None
    from_ = Constant(TEXT, amount.start, amount.end, amount.type.currency)
    return call(checker, "convert", (amount, from_, target, day), node)


def wrong(checker: Checker, arg: Node, wanted: Words) -> None:
    """Tell that an argument is not what it should be."""
    checker.report(mistakes_types.ARGUMENT, arg, name="convert", wanted=wanted, found=type_words(arg.type))
