"""The places where expressions stand, and what each allows (rules.md)."""

from __future__ import annotations

from kith.rules.scope import Slot
from kith.rules.types import BOOL, Type

REQUIRED_WHEN = Slot("required_when", BOOL, saving=True, actor=True)
LOCKED_WHEN = Slot("locked_when", BOOL, saving=True, actor=True)
INVALID_WHEN = Slot("invalid_when", BOOL, saving=True, actor=True)
OPTIONS_WHEN = Slot("options_when", BOOL, saving=True, actor=True)
VISIBLE_WHEN = Slot("visible_when", BOOL, saving=True, actor=True)
FILTER = Slot("filter", BOOL, actor=True, database=True)
SCOPE = Slot("scope", BOOL, actor=True, database=True)
CREATE_SCOPE = Slot("scope", BOOL, actor=True)
WHEN = Slot("when", BOOL, saving=True, actor=True)
FOR = Slot("for", BOOL, database=True)
REQUIRE = Slot("require", BOOL, saving=True, actor=True, guarded=True)
GUARD = Slot("guard", BOOL, saving=True, actor=True)
ACTION_WHEN = Slot("when", BOOL, actor=True)
DO = Slot("do", saving=True, actor=True)
TITLE = Slot("title", shown=True, relations=False)
MESSAGE = Slot("message", saving=True, actor=True, shown=True)
COLUMN = Slot("column", database=True)
SORT = Slot("sort", database=True)
MEASURE = Slot("measure", database=True)


def default_from(wanted: Type, currency: str = "") -> Slot:
    """What a new record gets: a value of the field's type, or none; `currency` names the field with that of an amount."""
    return Slot("default_from", wanted.or_null(), actor=True, currency=currency)


def formula(wanted: Type | None, database: bool = False) -> Slot:
    """What a field is computed from."""
    return Slot("value", wanted.or_null() if wanted else None, database=database)


def row_value(wanted: Type) -> Slot:
    """A value of a row of data that depends on the day it is loaded."""
    return Slot("data", wanted.or_null(), relations=False)
