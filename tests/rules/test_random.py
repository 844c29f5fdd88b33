"""Random texts never break the checker, and what it accepts gives a value of the type that it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import DictScope, Records
from kith.rules.explaining import Reader, reasons
from kith.rules.operations import FUNCTIONS
from kith.rules.reference import evaluate
from kith.rules.types import Type
from kith.rules.values import DoesNotFit, Period
from tests.rules.scopes import ANY, REQUIRE, WHEN, demo

LITERALS = (
    "0 1 -3 2.50 15% 0% true false null @2026-01-31 @1900-01-01 @2999-12-31 @2026-01-31T09:00 @2026-03-08T02:30Z 3d 4h 90min "
    '1mo 2y "a" "" "won" "low" [1,2] ["won"] [] 1_000 999999999999999 0.000001'
).split()
BEHIND = (
    "account.name account.owner account.owner.team account.parent.name account.owner.team.name old.stage old.discount "
    "this me me.team old.amount owner.teams this.amount"
).split()
ROW = "amount quantity label cancelled due product product.name this.quantity".split()
AGGREGATES = ("sum", "count", "any", "all", "avg", "min", "max", "first")
SAMPLES: dict[str, list[object]] = {
    "bool": [True, False],
    "int": [0, 1, -1, 3, 999_999_999_999_999],
    "text": ["a", "A", "x y", "ß", "文本", " t "],
    "date": ["2026-01-31", "1900-01-01", "2999-12-31", "2024-02-29"],
    "datetime": ["2026-01-31T00:00:00Z", "1900-01-01T00:00:00Z", "2999-12-31T23:59:59.999999Z"],
    "duration": ["P1D", "PT90M", "-P3D", "P1000000D", "PT0S"],
    "time": ["09:00"],
    "ref": ["x"],
    "set": [[]],
}


class Writer:
    """Writes expressions and values by chance."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 – chance, no secret
        self.scope = demo()
        self.names = [*self.scope.fields, *BEHIND]

    def expression(self, depth: int, names: Sequence[str]) -> str:
        """An expression that mostly does not make sense."""
        if depth <= 0 or self.random.random() < 0.15:
            return self.random.choice(names if self.random.random() < 0.65 else LITERALS)
        form = self.random.choice(
            ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} == {}", "{} != {}", "{} < {}", "{} >= {}", "{} and {}", "{} or {}",
             "not {}", "-{}", "{} is set", "{} is not set", "{} ?? {}", "{} in {}", "{} not in [{}, {}]", "{} in tags",
             "if {} then {} else {}", "{} between {} and {}", "call", "call", "aggregate"]
        )  # fmt: skip
        if form == "call":
            function = self.random.choice(list(FUNCTIONS.values()))
            form = f"{function.name}({', '.join(['{}'] * len(function.takes))})"
        elif form == "aggregate":
            return self.aggregate(depth)
        parts = [self.expression(depth - 1, names) for _ in range(form.count("{}"))]
        return f"({form})".format(*parts)

    def aggregate(self, depth: int) -> str:
        """An aggregate over the demo record's lines."""
        function = self.random.choice(AGGREGATES)
        field = "" if function in {"count", "any", "all"} else "." + self.random.choice(ROW[:-1])
        where = f" where {self.expression(depth - 1, ROW)}" if self.random.random() < 0.6 else ""
        test = f", {self.expression(depth - 1, ROW)}" if function == "all" else ""
        order = f" by {self.random.choice(ROW)} desc" if function == "first" else ""
        return f"{function}(lines{field}{where}{order}{test})"

    def value(self, type_: Type) -> object:
        """A value of a type, often an extreme one."""
        if type_.nullable and self.random.random() < 0.4:
            return None
        if type_.kind == "choice":
            return self.random.choice(type_.options)
        if type_.kind in SAMPLES:
            return self.random.choice(SAMPLES[type_.kind])
        most = 10**type_.precision - 1
        return str(
            Decimal(self.random.choice([0, 5, -5, most, -most, self.random.randrange(most)])).scaleb(-type_.scale)
        )

    def record(self, scope: DictScope, depth: int) -> dict[str, object]:
        """A record with records behind its references and lines."""
        whole = {name for name, field in scope.fields.items() if field.type.kind == "record"}
        values = {name: self.value(field.type) for name, field in scope.fields.items() if name not in whole}
        for name, field in scope.fields.items():
            behind = scope.world.get(field.type.entity)
            # The parts of a value belong to the record itself, however far away it is.
            if (depth or name in whole) and behind and (not field.type.nullable or self.random.random() < 0.6):
                values[name] = self.record(behind, depth - 1)
        for name, relation in scope.relations.items():
            rows = range(self.random.randrange(4) if depth else 0)
            values[name] = [self.record(scope.world[relation.entity], depth - 1) for _ in rows]
        return values


def conforms(value: object, type_: Type) -> bool:
    """Whether a value is one of the type, as exact as it says."""
    match type_.kind:
        case _ if value is None:
            return type_.nullable
        case "bool":
            return isinstance(value, bool)
        case "int":
            return type(value) is int and abs(value) < 10**type_.precision
        case "decimal" | "money" | "percent":
            if not isinstance(value, Decimal) or (value == 0 and value.is_signed()):
                return False
            return value.as_tuple().exponent == -type_.scale and abs(value) < 10 ** (type_.precision - type_.scale)
        case "choice":
            return value in type_.options
        case "date":
            return type(value) is date and 1900 <= value.year <= 2999
        case "datetime":
            return isinstance(value, datetime) and value.tzinfo is UTC
        case kind:
            kinds = {"duration": timedelta, "period": Period, "set": frozenset, "text": str, "ref": str}
            return isinstance(value, kinds.get(kind, object))


@pytest.mark.parametrize("seed", range(4))
def test_what_the_checker_accepts_gives_a_value_of_its_type(seed: int) -> None:
    writer, accepted = Writer(seed), 0
    for _ in range(600):
        text = writer.expression(writer.random.randrange(1, 5), writer.names)
        expression, problems = compile_expression(
            Excerpt.whole(text), writer.scope, writer.random.choice([ANY, WHEN, REQUIRE])
        )
        if expression is None:
            assert problems, text
            continue
        accepted += 1
        values = {**writer.record(writer.scope, 2), "old": writer.record(writer.scope, 0)}
        values["me"] = writer.record(writer.scope.world["user"], 1)
        env = Records(writer.scope, values).env(datetime(2026, 6, 15, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
        try:
            value = evaluate(expression.tree, env)
        except DoesNotFit:
            continue
        assert conforms(value, expression.type), (text, expression.type, value)
        reader = Reader(text, env, lambda _entity, _field: True, "en")
        assert expression.type.kind != "bool" or reasons(reader, expression.tree), text
    assert accepted > 30
