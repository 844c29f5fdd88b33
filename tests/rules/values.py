"""A table of meanings: expression, types, values → type, value; values as they travel in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Case(NamedTuple):
    """One expression with what it must give."""

    expression: str
    type: str
    value: object
    types: Mapping[str, object] = {}
    values: Mapping[str, object] = {}


INT = {"a": "int?", "b": "int?"}
NUMBERS = {
    "n": "int",
    "d": "decimal(10,2)",
    "e": "decimal(10,4)?",
    "p": "percent",
    "m": "money(10,2,CNY)",
    "k": "money(10,2,CNY)?",
}
SIX: dict[str, object] = {"n": 3, "d": "12.50", "e": "0.1250", "p": "0.15", "m": "100", "k": "30.00"}
STAGE = {"s": "choice<new,won,lost>", "t": "choice<low,high>?"}
LINES = {
    "lines": {
        "amount": "decimal(10,2)?",
        "n": "int?",
        "on": "date?",
        "ok": "bool?",
        "label": "text?",
        "stage": "choice<z,a>?",
    }
}
ROWS: dict[str, object] = {
    "lines": [
        {"amount": "1.10", "n": 3, "on": "2026-03-01", "ok": True, "label": "b", "stage": "a"},
        {"amount": None, "n": None, "on": None, "ok": False, "label": None, "stage": None},
        {"amount": "2.25", "n": -1, "on": "2026-02-01", "ok": None, "label": "a", "stage": "z"},
        {"amount": "2.25", "n": 3, "on": "2026-02-01", "ok": True, "label": "Z", "stage": "z"},
    ]
}
NONE: dict[str, object] = {"lines": []}
DATES = {"d": "date?", "e": "date?", "t": "datetime?", "u": "datetime?", "w": "duration?"}
TIMES: dict[str, object] = {
    "d": "2024-02-29", "e": "2026-01-31", "t": "2026-03-08T06:30:00Z", "u": "2026-03-07T06:00:00Z", "w": "PT36H",
}  # fmt: skip
TEXTS = {"x": "text?", "y": "text?"}

NULLS = [
    Case("a == b", "bool", True, INT),
    Case("a == 1", "bool", False, INT),
    Case("a != 1", "bool", True, INT),
    Case("a < 1", "bool", False, INT),
    Case("not (a < 1)", "bool", True, INT),
    Case("a >= 1 or a < 1", "bool", False, INT),
    Case("a between 1 and b", "bool", False, INT, {"a": 2}),
    Case("not (a between 1 and 3)", "bool", True, INT),
    Case("a in [1, 2]", "bool", False, INT),
    Case("a not in [1, 2]", "bool", True, INT),
    Case("a in []", "bool", False, INT, {"a": 1}),
    Case("a in [b, 1]", "bool", False, INT, {"b": None}),
    Case("a in [b, 1]", "bool", True, INT, {"a": 7, "b": 7}),
    Case("a not in [b, 1]", "bool", True, INT),
    Case("a in s", "bool", False, {"a": "int", "s": "set<int>?"}, {"a": 1}),
    Case("f", "bool?", None, {"f": "bool?"}),
    Case("not f", "bool", True, {"f": "bool?"}),
    Case("f and true", "bool", False, {"f": "bool?"}),
    Case("if f then 1 else 2", "int", 2, {"f": "bool?"}),
    Case("a + b", "int?", None, INT, {"a": 1}),
    Case("a + 1 is not set", "bool", True, INT),
    Case("a ?? b ?? 3", "int", 3, INT),
    Case("a == null", "bool", True, INT),
    Case("null != a", "bool", False, INT),
    Case("min(a, b)", "int?", None, INT, {"a": 1}),
    Case("s is set", "bool", False, {"s": "set<text>"}, {"s": []}),
    Case("s is set", "bool", True, {"s": "set<text>"}, {"s": ["a"]}),
    Case('"" is set and length("") == 0', "bool", True),
    Case("x is set", "bool", False, TEXTS, {"x": ""}),
    Case("a.b", "text?", None, {"a": "ref<a>?", "a.b": "text"}),
]

EXACT = [
    Case("2 / 3 * 3", "decimal(9,6)", "2.000001"),
    Case("n / 2", "decimal(22,6)", "1.500000", NUMBERS, SIX),
    Case("d / 3", "decimal(15,6)", "4.166667", NUMBERS, SIX),
    Case("-1 / 3", "decimal(8,6)", "-0.333333"),
    Case("1 / 0", "decimal(8,6)?", None),
    Case("d / (d - 12.5)", "decimal(17,6)?", None, NUMBERS, SIX),
    Case("d * d", "decimal(20,4)", "156.2500", NUMBERS, SIX),
    Case("d + e", "decimal(13,4)?", "12.6250", NUMBERS, SIX),
    Case("n + d", "decimal(18,2)", "15.50", NUMBERS, SIX),
    Case("n * 2", "int", 6, NUMBERS, SIX),
    Case("p == 0.15 and p == 15%", "bool", True, NUMBERS, SIX),
    Case("p + 5%", "percent", "0.2", NUMBERS, SIX),
    Case("p - 1", "percent", "-0.85", NUMBERS, SIX),
    Case("p * p", "decimal(18,12)", "0.022500000000", NUMBERS, SIX),
    Case("p + d", "decimal(15,6)", "12.650000", NUMBERS, SIX),
    Case("m * p", "money(19,8,CNY)", "15.00000000", NUMBERS, SIX),
    Case("m + k", "money(11,2,CNY)?", "130.00", NUMBERS, SIX),
    Case("m + 0.005", "money(12,3,CNY)", "100.005", NUMBERS, SIX),
    Case("m / k", "decimal(17,6)?", "3.333333", NUMBERS, SIX),
    Case("m / 3", "money(15,6,CNY)", "33.333333", NUMBERS, SIX),
    Case("m > 99", "bool", True, NUMBERS, SIX),
    Case("m ?? 0", "money(10,2,CNY)", "100.00", {"m": "money(10,2,CNY)?"}, {"m": 100}),
    Case("if n > 1 then m else 0", "money(10,2,CNY)", "100.00", NUMBERS, SIX),
    Case("max(n, d)", "decimal(17,2)", "12.50", NUMBERS, SIX),
    Case("div(m, k)", "int?", 3, NUMBERS, SIX),
    Case("mod(m, k)", "money(10,2,CNY)?", "10.00", NUMBERS, SIX),
    Case("mod(-5, 3) == -2 and div(-5, 3) == -1", "bool", True),
    Case("round(-2.5) == -3 and round(2.5) == 3 and round(2.49) == 2", "bool", True),
    Case("round(m / 3, 2)", "money(12,2,CNY)", "33.33", NUMBERS, SIX),
    Case("floor(-0.5) == -1 and ceil(-0.5) == 0", "bool", True),
    Case("text(ceil(-0.5))", "text", "0"),
    Case("text(-0.00)", "text", "0.00"),
    Case("text(0 * -1.5)", "text", "0.0"),
    Case("999_999_999_999_999 * 999_999_999_999_999", "int", 999_999_999_999_998_000_000_000_000_001),
    Case("0.1 + 0.2 == 0.3", "bool", True),
    Case("1_000.50", "decimal(6,2)", "1000.50"),
    Case("n in [3.0, 4]", "bool", True, NUMBERS, SIX),
    Case("n > 0 and d / n > 1", "bool", True, NUMBERS, SIX),
]

CONVERTED = [
    Case('convert(m, "CNY", @2026-01-01)', "money(28,2,CNY)?", "100.00", NUMBERS, SIX),
    Case('convert(m, "USD", @2026-01-01)', "money(28,2,USD)?", None, NUMBERS, SIX),
    Case('convert(m - m, "CNY")', "money(29,2,CNY)?", "0.00", NUMBERS, SIX),
    Case("percent_of(m, k)", "percent?", "3.333333", NUMBERS, SIX),
    Case("clamp(m, 0, k)", "money(10,2,CNY)?", "30.00", NUMBERS, SIX),
    Case("round_to(m + 0.3, 0.25)", "money(12,2,CNY)", "100.25", NUMBERS, SIX),
    Case("bands(m, [50, 100], [5%, 10%, 15%])", "percent", "0.15", NUMBERS, SIX),
    Case('case(k, 1, "one", [2, 3], "few", "many")', "text", "many", NUMBERS, SIX),
    Case("case(d, 1, 1, [2, 12.5], 2.5, 4)", "decimal(2,1)", "2.5", NUMBERS, SIX),
    Case("case(e, null, 1, [2, 3], 2, 3)", "int", 1, NUMBERS, SIX | {"e": None}),
    Case('has_any(t, ["b", "z"])', "bool", True, {"t": "set<text>"}, {"t": ["a", "b"]}),
    Case('has_all(t, ["b", "z"])', "bool", False, {"t": "set<text>"}, {"t": ["a", "b"]}),
    Case('has_all(t, ["b", x])', "bool", True, {"t": "set<text>", "x": "text?"}, {"t": ["a", "b"], "x": "a"}),
    Case('has_none(t, ["y", "z"])', "bool", True, {"t": "set<text>"}, {"t": ["a", "b"]}),
    Case('has_none(t, ["y", x])', "bool", True, {"t": "set<text>", "x": "text?"}, {"t": []}),
    Case('bands(e, [0.2], ["low", "high"])', "text?", "low", NUMBERS, SIX),
]

CHOICES = [
    Case('s == "won"', "bool", True, STAGE, {"s": "won"}),
    Case('s > "new"', "bool", True, STAGE, {"s": "lost"}),
    Case('"lost" > s', "bool", True, STAGE, {"s": "won"}),
    Case('t < "high"', "bool", False, STAGE),
    Case('s in ["won", "lost"]', "bool", True, STAGE, {"s": "won"}),
    Case('max(s, "won")', "choice<new,won,lost>", "won", STAGE, {"s": "new"}),
    Case('t ?? "low"', "choice<low,high>", "low", STAGE),
    Case('(if s == "won" then "high" else "low") == t', "bool", True, STAGE, {"s": "won", "t": "high"}),
    Case("text(s)", "text", "won", STAGE, {"s": "won"}),
    Case('"{s}!"', "text", "won!", STAGE, {"s": "won"}),
    Case('s between "new" and "won"', "bool", False, STAGE, {"s": "lost"}),
]

AGGREGATES = [
    Case("sum(lines.amount)", "decimal(18,2)", "5.60", LINES, ROWS),
    Case("sum(lines.n where ok)", "int", 6, LINES, ROWS),
    Case("sum(lines.amount)", "decimal(18,2)", "0.00", LINES, NONE),
    Case("count(lines)", "int", 4, LINES, ROWS),
    Case("count(lines where not ok)", "int", 2, LINES, ROWS),
    Case("count(lines where amount > this.limit)", "int", 2, {**LINES, "limit": "int"}, {**ROWS, "limit": 2}),
    Case("avg(lines.n)", "decimal(21,6)?", "1.666667", LINES, ROWS),
    Case("avg(lines.n)", "decimal(21,6)?", None, LINES, NONE),
    Case("min(lines.on)", "date?", "2026-02-01", LINES, ROWS),
    Case("max(lines.label)", "text?", "b", LINES, ROWS),
    Case("max(lines.stage)", "choice<z,a>?", "a", LINES, ROWS),
    Case("min(lines.n)", "int?", None, LINES, NONE),
    Case("median(lines.n)", "decimal(21,6)?", "3.000000", LINES, ROWS),
    Case("median(lines.n where n is not set or n > -9)", "decimal(21,6)?", "3.000000", LINES, ROWS),
    Case("median(lines.amount where label < \"b\")", "decimal(14,6)?", "2.250000", LINES, ROWS),
    Case("median(lines.amount where stage is set and n > 0)", "decimal(14,6)?", "1.675000", LINES, ROWS),
    Case("median(lines.n)", "decimal(21,6)?", None, LINES, NONE),
    Case("count_distinct(lines.n)", "int", 2, LINES, ROWS),
    Case("count_distinct(lines.stage)", "int", 2, LINES, ROWS),
    Case("count_distinct(lines.on)", "int", 0, LINES, NONE),
    Case("join(lines.label)", "text?", "Z, a, b", LINES, ROWS),
    Case('join(lines.label where ok, "/")', "text?", "Z/b", LINES, ROWS),
    Case("join(lines.label)", "text?", None, LINES, NONE),
    Case("last(lines.label by on)", "text?", "b", LINES, ROWS),
    Case("last(lines.label by on desc, n)", "text?", "Z", LINES, ROWS),
    Case("last(lines.n by on)", "int?", None, LINES, NONE),
    Case("any(lines where n < 0)", "bool", True, LINES, ROWS),
    Case("any(lines)", "bool", False, LINES, NONE),
    Case("all(lines, n > 0)", "bool", False, LINES, ROWS),
    Case("all(lines where ok, n == 3)", "bool", True, LINES, ROWS),
    Case("all(lines, n > 0)", "bool", True, LINES, NONE),
    Case("first(lines.label by on, n desc)", "text?", "Z", LINES, ROWS),
    Case("first(lines.label by on desc)", "text?", "b", LINES, ROWS),
    Case("first(lines.n where n is not set or n > 0 by label)", "int?", 3, LINES, ROWS),
    Case("first(lines.amount where n is not set by n)", "decimal(10,2)?", None, LINES, ROWS),
    Case("first(lines.label by amount desc)", "text?", "a", LINES, ROWS),
    Case("first(lines.n by stage desc)", "int?", 3, LINES, ROWS),
    Case(
        "sum(boss.lines.n)", "int", 5,
        {"boss": "ref<boss>?", "boss.lines": {"n": "int"}}, {"boss": {"lines": [{"n": 2}, {"n": 3}]}},
    ),
    Case("count(boss.lines)", "int", 0, {"boss": "ref<boss>?", "boss.lines": {"n": "int"}}),
]  # fmt: skip

CALENDAR = [
    Case("d + 1y", "date?", "2025-02-28", DATES, TIMES),
    Case("e + 1mo", "date?", "2026-02-28", DATES, TIMES),
    Case("e - 2mo", "date?", "2025-11-30", DATES, TIMES),
    Case("3d + e", "date?", "2026-02-03", DATES, TIMES),
    Case("e + w", "date?", None, DATES, TIMES),
    Case("e + w * 2", "date?", "2026-02-03", DATES, TIMES),
    Case("@2999-12-31 + 1d is set", "bool", False),
    Case("@1900-01-01 - 1mo", "date?", None),
    Case("e - d", "int?", 702, DATES, TIMES),
    Case("days_between(d, e)", "int?", 702, DATES, TIMES),
    Case("t - u", "duration?", "P1DT30M", DATES, TIMES),
    Case("t + 90min", "datetime?", "2026-03-08T08:00:00Z", DATES, TIMES),
    Case("t - u > 1d", "bool", True, DATES, TIMES),
    Case("w / 1d", "decimal(24,6)?", "1.500000", DATES, TIMES),
    Case("w * 0.5", "duration?", "PT18H", DATES, TIMES),
    Case("w / 2", "duration?", "PT18H", DATES, TIMES),
    Case("w / 0", "duration?", None, DATES, TIMES),
    Case("w / 0.0000001", "duration?", None, DATES, TIMES),
    Case("1d / 0.0000001", "duration?", None),
    Case("1d / 0.0000001 + 1d", "duration?", None),
    Case("1d / 0.000001", "duration?", "P1000000D"),
    Case("1d / 0.0000001 ?? 2d", "duration", "P2D"),
    Case("1d / 0.0000001 > 1d", "bool", False),
    Case("-w < 0d", "bool", True, DATES, TIMES),
    Case("1y == 12mo", "bool", True),
    Case("1d * 10_000_000", "duration?", None),
    Case("local_date(t)", "date?", "2026-03-08", DATES, TIMES),
    Case("local_date(@2026-03-07T17:00Z) == @2026-03-08", "bool", True),
    Case("@2026-01-31T09:00 == @2026-01-31T01:00Z", "bool", True),
    Case("@2026-01-31T09:00+01:00", "datetime", "2026-01-31T08:00:00Z"),
    Case("iso_week(@2021-01-03)", "int", 53),
    Case("next_anniversary(d)", "date?", "2027-02-28", DATES, TIMES),
    Case("age(d)", "int?", 2, DATES, TIMES),
    Case("today()", "date", "2026-06-15"),
    Case("today() + 1d > today()", "bool", True),
]

WORDS = [
    Case("x + y", "text?", None, TEXTS, {"x": "a"}),
    Case('"{x} {y}"', "text", "a ", TEXTS, {"x": "a"}),
    Case('"a" < "b" and "Z" < "a" and "10" < "9"', "bool", True),
    Case('"\U0001f600" > "\uffff"', "bool", True),
    Case("length(x)", "int?", 2, TEXTS, {"x": "\U0001f600e"}),
    Case('"e\u0301" == "\u00e9"', "bool", True),
    Case('fold("ΑΣ") == "ας" and fold("İx") == "i\u0307x"', "bool", True),
    Case('contains(x, "%")', "bool?", False, TEXTS, {"x": "a"}),
    Case('contains(x, "%")', "bool?", None, TEXTS),
    Case('not contains(x, "%")', "bool", True, TEXTS),
    Case('trim("\u3000a ")', "text", "\u3000a"),
    Case('"{p} {m} {d} {b}"', "text", "12.5% 3.50 2026-01-31 true",
         {"p": "percent", "m": "money(8,2,CNY)", "d": "date", "b": "bool"},
         {"p": "0.125", "m": "3.5", "d": "2026-01-31", "b": True}),
    Case('"a" in tags', "bool", True, {"tags": "set<text>"}, {"tags": ["b", "a"]}),
    Case('tags == ["a", "b"]', "bool", True, {"tags": "set<text>"}, {"tags": ["b", "a"]}),
]  # fmt: skip

SAVING = [
    Case("changed(a)", "bool", True, INT, {"a": 1, "old": {}}),
    Case("changed(a)", "bool", False, INT, {"a": 1, "old": {"a": 1}}),
    Case("changed(a from 1)", "bool", True, INT, {"a": 2, "old": {"a": 1}}),
    Case("changed(a to 1)", "bool", False, INT, {"a": 2, "old": {"a": 1}}),
    Case("changed(a from 1 to 2)", "bool", True, INT, {"a": 2, "old": {"a": 1}}),
    Case("changed(a from null)", "bool", True, INT, {"a": 2, "old": {}}),
    Case("old.a == 1 and a is not set", "bool", True, INT, {"old": {"a": 1}}),
]

CASES = [*CONVERTED, *NULLS, *EXACT, *CHOICES, *AGGREGATES, *CALENDAR, *WORDS, *SAVING]
