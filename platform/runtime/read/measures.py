"""Measures such as `sum(amount where stage == "won")`: how they are read, and what they are in SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from kith.rules.measuring import gathered_type
from kith.rules.program import Expression
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.tables import Element
from kith.rules.types import Type
from kith.runtime.context import Context
from kith.runtime.read.arrays import Asking
from kith.runtime.read.asking import CONDITION, VALUE, expression
from kith.runtime.read.messages import unfit
from kith.runtime.read.reader import Reader
from kith.runtime.read.statement import Statement

MEASURE = re.compile(r"\s*(sum|avg|min|max|count)\s*\((.*)\)\s*", re.DOTALL)
PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[A-Za-z_]\w*|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its function, its value (none: the records themselves), and which records count."""

    function: str
    value: Expression | None
    where: Expression | None
    type: Type


def read_measure(reader: Reader, context: Context, entity: str, name: str, text: str) -> Measure:
    """A measure as a person writes it."""
    match = MEASURE.fullmatch(text)
    if match is None:
        raise unfit(context, "no_measure", name, text=text)
    function, inside = match[1], match[2]
    value_text, where_text = divided(inside)
    value = expression(reader, context, entity, value_text, name, VALUE) if value_text.strip() else None
    where = expression(reader, context, entity, where_text, name, CONDITION) if where_text is not None else None
    if value is None and function != "count":
        raise unfit(context, "no_measure", name, text=text)
    return Measure(function, value, where, _type(context, name, function, value))


def divided(text: str) -> tuple[str, str | None]:
    """A measure's inside before and after its own `where`, which stands in no parentheses and no text."""
    depth, place = 0, 0
    for match in PIECE.finditer(text):
        piece, place = match[0], match.start()
        if piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth -= 1
        elif piece == "where" and not depth:
            return text[:place], text[place + len(piece) :]
    return text, None


def _type(context: Context, name: str, function: str, value: Expression | None) -> Type:
    found = gathered_type(function, value.type if value is not None else None)
    if isinstance(found, str):
        raise unfit(context, found, name, function=function)
    return found


def counted(statement: Statement, measure: Measure) -> Element:
    """What a measure takes of each record: null where the record does not count."""
    if measure.value is None:
        element: Element = sa.literal_column("1")
    elif measure.function in ("min", "max") and measure.type.kind == "choice":
        element = Asking(statement.tables, statement.tables.dialect).rank(measure.value.tree)
    else:
        element = statement.value(measure.value.tree)
    return element if measure.where is None else sa.case((statement.holds(measure.where.tree), element))


def gathered(measure: Measure, element: Element, dialect: Dialect) -> Element:
    """A measure over the records of a group."""
    if measure.function == "count" or measure.value is None:
        return sa.func.count(element)
    type_ = measure.value.type
    if measure.function == "avg":
        return dialect.mean(element, type_, measure.type)
    if measure.function == "sum":
        if type_.kind == "duration":
            return sa.cast(sa.func.coalesce(sa.func.sum(element), 0), sa.BigInteger())
        return dialect.total(element, type_, measure.type)
    pick = sa.func.min if measure.function == "min" else sa.func.max
    if type_.kind == "text":
        element = dialect.code_points(element)
    return pick(element, type_=element.type)


def option_at(place: object, type_: Type) -> str | None:
    """The option that stands at a place of the declared order."""
    return type_.options[place] if isinstance(place, int) else None
