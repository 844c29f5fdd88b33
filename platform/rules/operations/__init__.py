"""The one table of everything that can be done to values: how it is written, typed and meant."""

from __future__ import annotations

from kith.rules.operations.business import BUSINESS
from kith.rules.operations.calendar import CALENDAR
from kith.rules.operations.comparing import COMPARING
from kith.rules.operations.contacts import CONTACTS
from kith.rules.operations.converting import CONVERTING
from kith.rules.operations.dates import DATES
from kith.rules.operations.finding import FINDING
from kith.rules.operations.likeness import LIKENESS
from kith.rules.operations.numbers import NUMBERS
from kith.rules.operations.operation import Operation
from kith.rules.operations.rounding import ROUNDING
from kith.rules.operations.shorthand import SHORTHANDS, Shorthand
from kith.rules.operations.texts import TEXTS
from kith.rules.operations.words import WORDS

TABLES = (
    NUMBERS, ROUNDING, CONVERTING, TEXTS, WORDS, CONTACTS, LIKENESS, COMPARING, FINDING, DATES, CALENDAR, BUSINESS,
)  # fmt: skip
"""Each group of operations, in the order of the manual."""
OPERATIONS: dict[str, Operation] = {operation.name: operation for table in TABLES for operation in table}
FUNCTIONS: dict[str, Operation | Shorthand] = {
    **{name: operation for name, operation in OPERATIONS.items() if operation.called},
    **SHORTHANDS,
}
"""What authors call by name."""

__all__ = ["FUNCTIONS", "OPERATIONS", "SHORTHANDS", "Operation", "Shorthand"]
