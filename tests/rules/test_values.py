"""What expressions mean, by the table of `values.py` and the examples of the table of operations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from kith.rules.evaluating import answer, reference
from kith.rules.operations import OPERATIONS, SHORTHANDS, Operation, Shorthand
from tests.rules.values import CASES, Case

NOW = "2026-06-15T09:00:00Z"
ZONE = "Asia/Shanghai"
CLOCK = datetime(2026, 6, 15, 9, tzinfo=UTC)


def evaluated(text: str, types: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    request = {"id": 1, "expr": text, "types": types, "values": values, "now": NOW, "tz": ZONE}
    return answer(json.dumps(request), reference, CLOCK)


@pytest.mark.parametrize("case", CASES, ids=[f"{number}: {case.expression}" for number, case in enumerate(CASES)])
def test_an_expression_has_its_type_and_value(case: Case) -> None:
    found = evaluated(case.expression, case.types, case.values)
    assert found == {"id": 1, "type": case.type, "value": case.value}
    assert type(found["value"]) is type(case.value)


WRITTEN: list[Operation | Shorthand] = [*OPERATIONS.values(), *SHORTHANDS.values()]
EXAMPLES = [(op.name, text, value) for op in WRITTEN for text, value in op.examples]


@pytest.mark.parametrize(("op", "text", "value"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_an_example_of_the_table_of_operations_holds(op: str, text: str, value: object) -> None:
    assert evaluated(text, {}, {}).get("value") == value, op
