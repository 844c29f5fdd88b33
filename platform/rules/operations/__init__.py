"""The one table of everything that can be done to values: how it is written, typed and meant."""

from __future__ import annotations

from kith.rules.operations.comparing import COMPARING
from kith.rules.operations.dates import DATES
from kith.rules.operations.numbers import NUMBERS
from kith.rules.operations.operation import Operation
from kith.rules.operations.texts import TEXTS

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for operation in (*NUMBERS, *TEXTS, *COMPARING, *DATES)
}  # fmt: skip
FUNCTIONS = {name: operation for name, operation in OPERATIONS.items() if operation.called}
"""The operations that authors call by name."""
