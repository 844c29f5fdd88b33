"""A condition over six fields: generated Python against a hand-written function, and what compiling costs.

Run as `python -m bench.rules_condition`; the design wants a ratio of at most 1.3 and a typical rule compiled in a millisecond.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kith.problems import Excerpt, Words
from kith.rules.compiling import compile_expression
from kith.rules.python import compile_condition
from kith.rules.scope import Name, Relation, Slot
from kith.rules.types import BOOL, DATE, INT, PERCENT, Type, choice, decimal, ref
from kith.rules.values import Env

STAGES = ("new", "proposal", "negotiation", "won", "lost")
CONDITION = (
    'stage in ["proposal", "negotiation"] and amount > 10000 and (discount ?? 0% > 15% or priority >= 3)'
    " and not archived and closes_on is set and closes_on < @2026-12-31"
)
FIELDS = {
    "stage": choice(STAGES, "deal.stage"), "amount": decimal().or_null(), "discount": PERCENT.or_null(),
    "priority": INT, "archived": BOOL, "closes_on": DATE.or_null(),
}  # fmt: skip
LABEL = Words("deal", "商机")
LIMIT, MOST = Decimal(10000), Decimal("0.15")
NOTHING, END = Decimal(0), date(2026, 12, 31)
OPEN = frozenset({"proposal", "negotiation"})


class Deal:
    """The names of one entity."""

    entity, label = "deal", LABEL

    def name(self, name: str) -> Name | None:
        """A field."""
        type_: Type | None = ref("deal") if name == "id" else FIELDS.get(name)
        return Name(name, type_, LABEL) if type_ else None

    def relation(self, name: str) -> Relation | None:
        """There is none."""
        return None

    def names(self) -> list[str]:
        """Every field."""
        return list(FIELDS)

    def of(self, entity: str) -> Deal | None:
        """Only this one."""
        return self if entity == "deal" else None


def by_hand(env: Env) -> bool:
    """What a careful programmer writes for the condition."""
    record: Any = env.this
    if record["stage"] not in OPEN:
        return False
    amount = record["amount"]
    if amount is None or amount <= LIMIT:
        return False
    discount = record["discount"]
    if not ((NOTHING if discount is None else discount) > MOST or record["priority"] >= 3):
        return False
    if record["archived"]:
        return False
    closes_on = record["closes_on"]
    return closes_on is not None and closes_on < END


def environments() -> list[Env]:
    """Records of which some fail early and some reach the end."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    records = [
        {
            "id": str(number), "stage": STAGES[1 + number % 3], "amount": Decimal(8000 + 700 * (number % 9)),
            "discount": None if number % 4 == 0 else Decimal(number % 30) / 100, "priority": number % 6,
            "archived": number % 7 == 0, "closes_on": None if number % 5 == 0 else date(2026, 1 + number % 12, 3),
        }
        for number in range(200)
    ]  # fmt: skip
    return [Env(this=record, now=now, zone=UTC) for record in records]


def seconds(function: Callable[[Env], bool], envs: list[Env]) -> float:
    """The time of some rounds over the records."""
    started = time.perf_counter()
    for _ in range(50):
        for env in envs:
            function(env)
    return time.perf_counter() - started


def main() -> None:
    """Print the ratio and the time of compiling."""
    expression, problems = compile_expression(Excerpt.whole(CONDITION), Deal(), Slot("when", BOOL))
    assert expression is not None, problems
    generated, envs = compile_condition(expression.tree), environments()
    assert [generated(env) for env in envs] == [by_hand(env) for env in envs]
    ratios = [seconds(generated, envs) / seconds(by_hand, envs) for _ in range(15)]
    started = time.perf_counter()
    for _ in range(100):
        compile_condition(expression.tree)
    compiling = (time.perf_counter() - started) / 100
    print(f"condition over six fields, generated / hand-written: {statistics.median(ratios):.2f} (at most 1.30)")
    print(f"compiling it: {compiling * 1000:.2f} ms (at most 1)")


if __name__ == "__main__":
    main()
