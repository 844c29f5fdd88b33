"""Other rule engines with the condition of `bench.rules_condition`, each as its own manual would write it.

They are optional (`requirements/bench.txt`): what is not installed is said, not measured. Each gets the record in the form that
it takes, made before the clock starts; a library that knows no decimal numbers or dates is given the nearest that it knows.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bench.rules_condition import END, MOST

Record = Mapping[str, Any]
Holds = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Engine:
    """A library: its distribution, its condition, how that is compiled, and how a record is given to it."""

    distribution: str
    module: str
    condition: str
    compile: Callable[[Any, str], Holds]
    given: Callable[[Any, Record], Any]
    note: str = ""

    def load(self) -> Any | None:
        """The library, or none where it is not installed."""
        try:
            return importlib.import_module(self.module)
        except ImportError:
            return None


def _simpleeval(library: Any, condition: str) -> Holds:
    evaluator = library.EvalWithCompoundTypes()
    parsed = evaluator.parse(condition)

    def holds(names: dict[str, Any]) -> object:
        evaluator.names = names
        return evaluator.eval(condition, previously_parsed=parsed)

    return holds


def _rule_engine(library: Any, condition: str) -> Holds:
    rule = library.Rule(condition, context=library.Context(default_timezone="utc"))
    return rule.matches  # type: ignore[no-any-return]


def _zen(library: Any, condition: str) -> Holds:
    return library.compile_expression(condition).evaluate  # type: ignore[no-any-return]


def _cel(library: Any, condition: str) -> Holds:
    environment = library.Environment()
    return environment.program(environment.compile(condition)).evaluate  # type: ignore[no-any-return]


def _as_json(library: Any, record: Record) -> dict[str, Any]:
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _as_cel(library: Any, record: Record) -> dict[str, Any]:
    """CEL tells only what is there: a field without a value is left out."""
    held = {name: _typed(library, value) for name, value in record.items() if value is not None}
    return {
        "deal": library.celtypes.MapType({library.celtypes.StringType(name): value for name, value in held.items()})
    }


def _typed(library: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        return library.celtypes.DoubleType(float(value))
    if isinstance(value, date):
        return library.celtypes.TimestampType(datetime(value.year, value.month, value.day, tzinfo=UTC))
    return library.json_to_cel(value)


ENGINES = (
    Engine(
        "simpleeval", "simpleeval",
        'stage in ("proposal", "negotiation") and amount is not None and amount > 10000'
        " and ((0 if discount is None else discount) > MOST or priority >= 3)"
        " and not archived and closes_on is not None and closes_on < END",
        _simpleeval, lambda _, record: {"None": None, "MOST": MOST, "END": END, **record},
    ),
    Engine(
        "rule-engine", "rule_engine",
        'stage in ["proposal", "negotiation"] and amount != null and amount > 10000'
        " and ((discount == null ? 0 : discount) > 0.15 or priority >= 3)"
        ' and not archived and closes_on != null and closes_on < d"2026-12-31"',
        _rule_engine, lambda _, record: dict(record),
    ),
    Engine(
        "zen-engine", "zen",
        'stage in ["proposal", "negotiation"] and amount != null and amount > 10000'
        " and ((discount ?? 0) > 0.15 or priority >= 3)"
        ' and not archived and closes_on != null and d(closes_on) < d("2026-12-31")',
        _zen, _as_json, "JSON in: numbers as floats, dates as text",
    ),
    Engine(
        "cel-python", "celpy",
        'deal.stage in ["proposal", "negotiation"] && has(deal.amount) && deal.amount > 10000.0'
        " && ((has(deal.discount) ? deal.discount : 0.0) > 0.15 || deal.priority >= 3)"
        ' && !deal.archived && has(deal.closes_on) && deal.closes_on < timestamp("2026-12-31T00:00:00Z")',
        _cel, _as_cel, "no decimal numbers: doubles",
    ),
)  # fmt: skip
