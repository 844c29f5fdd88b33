"""`kith eval`: JSON lines in, JSON lines out, in the same order."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from kith.problems import Mistake
from kith.rules.evaluating import MISTAKES, answer, reference
from kith.rules.typetext import parse_type

CLOCK = datetime(2026, 6, 15, tzinfo=UTC)


def asked(**request: object) -> dict[str, object]:
    return answer(json.dumps({"id": 1, **request}), reference, CLOCK)


def test_each_line_has_its_answer_in_the_same_order() -> None:
    lines = ['{"id": "a", "expr": "1 + 1"}', "", "nonsense", '{"id": 2, "expr": "1 +"}', '{"id": 3, "expr": "\\"é\\""}']
    result = CliRunner().invoke(app, ["eval"], input="\n".join(lines))
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers[0] == {"id": "a", "type": "int", "value": 2}
    assert answers[1]["error"]["code"] == "E901"
    assert answers[2]["id"] == 2
    assert set(answers[2]["error"]) == {"code", "message", "line", "column"}
    assert answers[3]["value"] == "é"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_each_mistake_of_a_request_has_an_example(mistake: Mistake) -> None:
    error = answer(mistake.bad, reference, CLOCK)["error"]
    assert isinstance(error, dict)
    assert error["code"] == mistake.code
    assert "{" not in str(error["message"]).replace(mistake.bad, "")
    assert "error" not in answer(mistake.good, reference, CLOCK)


def test_an_error_has_line_and_column() -> None:
    error = asked(expr="1 == 1 and\n  stage > 1", types={"stage": "int"}, values={"stage": 1}, now="2026-01-01T00:00Z")
    assert error == {"id": 1, "type": "bool", "value": False}
    assert asked(expr="true and\n  stag > 1", types={"stage": "int"})["error"] == {
        "code": "E203",
        "message": 'Record has no field "stag". did you mean "stage" (int)?',
        "line": 2,
        "column": 3,
    }


def test_paths_and_relations_come_from_names_or_from_objects() -> None:
    types = {"account.name": "text", "account.lines": {"n": "int", "item.price": "decimal(8,2)"}}
    lines = [{"n": 2, "item.price": "1.50"}, {"n": 3, "item": {"price": "2"}}]
    flat = {"account.name": "Acme", "account.lines": lines}
    deep = {"account": {"name": "Acme", "lines": lines}}
    for values in (flat, deep):
        found = asked(expr='"{account.name} {sum(account.lines.item.price)}"', types=types, values=values)
        assert found == {"id": 1, "type": "text", "value": "Acme 3.50"}


def test_the_actor_has_an_id_and_fields() -> None:
    types = {"me.team": "text", "owner": "ref<user>"}
    values = {"me": "u1", "me.team": "north", "owner": "u1"}
    assert asked(expr='owner == me and me.team == "north"', types=types, values=values)["value"] is True


TYPES = [
    "int?",
    "decimal(10,2)",
    "money(15,2,CNY)?",
    "choice<a,b>",
    "set<int>",
    "set<choice<a,b>>",
    "ref<account>",
    "duration",
]


@pytest.mark.parametrize("text", TYPES)
def test_a_type_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_type(text)) == text


@pytest.mark.parametrize(
    "text", ["integer", "decimal(19,2)", "decimal(2,3)", "choice<>", "choice<a,a>", "set<", "money(CN)", ""]
)
def test_a_type_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_type(text)


TRAVELS = [
    ("decimal(10,2)", "12.5", "12.50"),
    ("decimal(10,2)", "0.125", "0.13"),
    ("percent", "0.15", "0.15"),
    ("date", "2026-01-31", "2026-01-31"),
    ("date?", "3000-01-01", None),
    ("datetime", "2026-01-31T09:00:00+08:00", "2026-01-31T01:00:00Z"),
    ("duration", "P1W", "P7D"),
    ("duration", "-PT90M", "-PT1H30M"),
    ("duration", "PT0.5S", "PT0.5S"),
    ("period", "P14M", "P1Y2M"),
    ("set<int>", [2, 1, 2], [1, 2]),
    ("text?", "", None),
    ("choice<a,b>", "a", "a"),
    ("time", "09:30", "09:30:00"),
    ("bool", True, True),
]


@pytest.mark.parametrize(("type_", "given", "wanted"), TRAVELS, ids=[f"{case[0]} {case[1]}" for case in TRAVELS])
def test_a_value_travels_as_json(type_: str, given: object, wanted: object) -> None:
    assert asked(expr="x", types={"x": type_}, values={"x": given})["value"] == wanted


REFUSED = [
    ("int", 1.5), ("int", True), ("int", "x"), ("decimal(4,2)", "100"), ("decimal(4,2)", "NaN"), ("bool", 1),
    ("date", "2026-02-30"), ("datetime", "2026-01-31T09:00"), ("choice<a,b>", "c"), ("duration", "P"), ("set<int>", 1),
    ("text", "a\0"), ("decimal(4,2)", "1e999999999"), ("duration", "P2000000D"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "given"), REFUSED, ids=[f"{case[0]} {case[1]!r}" for case in REFUSED])
def test_a_value_that_is_none_of_its_type_is_refused(type_: str, given: object) -> None:
    error = asked(expr="x", types={"x": type_}, values={"x": given})["error"]
    assert isinstance(error, dict)
    assert error["code"] == "E903"


LACKING = [
    ("a + 1", {"a": "int"}, {}, "a"),
    ("a + 1", {"a": "int"}, {"a": None}, "a"),
    ('t == "x"', {"t": "text"}, {"t": ""}, "t"),
    ("account.credit > 1", {"account": "ref<account>", "account.credit": "int"}, {}, "account"),
    ("account.credit > 1", {"account.credit": "int"}, {"account": {}}, "account.credit"),
    ("sum(lines.n)", {"lines": {"n": "int"}}, {"lines": [{"n": 1}, {}]}, "lines.000001.n"),
    ("a + 1", {"a": "int?"}, {}, ""),
    ("1 in a", {"a": "set<int>"}, {}, ""),
    ("b + 1", {"a": "int", "b": "int"}, {"b": 1}, ""),
    ("account.name", {"account.name": "text?"}, {}, ""),
]


@pytest.mark.parametrize(("expr", "types", "values", "name"), LACKING)
def test_a_missing_value_whose_type_takes_no_null_is_named(
    expr: str, types: dict[str, object], values: dict[str, object], name: str
) -> None:
    found = asked(expr=expr, types=types, values=values)
    error = found.get("error")
    if not name:
        assert error is None, error
        return
    assert isinstance(error, dict) and error["code"] == "E903"
    assert f'"{name}" has no value' in error["message"]


HOSTILE = [
    {"expr": "1", "types": {"a": "set<" * 5000 + "int" + ">" * 5000}},
    {"expr": "1", "types": {"a" + ".a" * 5000: "int"}},
    {"expr": "(" * 10_000 + "1" + ")" * 10_000},
    {"expr": "9" * 5000},
    {"expr": "a", "types": {"a": "int"}, "values": {"a": "9" * 5000}},
    {"expr": "a", "types": {"a": "decimal(4,2)"}, "values": {"a": "1e-999999"}},
    {"expr": "1", "tz": "../../etc/passwd"},
    {"expr": "1", "now": "yesterday"},
]


@pytest.mark.parametrize("request_", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_a_hostile_request_has_an_answer(request_: dict[str, object]) -> None:
    found = asked(**request_)
    assert "error" in found or "value" in found


def test_a_deeply_nested_line_has_an_answer() -> None:
    nested = '{"a":' * 800 + "1" + "}" * 800
    assert "error" in answer('{"id": 1, "expr": "1", "types": ' + nested + "}", reference, CLOCK)
    assert "error" in answer("[" * 100_000, reference, CLOCK)


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    line = '{"id": 1, "expr": "a", "types": {"a": "integer"}}'
    told = answer(line, reference, CLOCK, "en")["error"]
    assert isinstance(told, dict)
    assert 'there is no type "integer"; did you mean "int"? Known: bool, int, decimal,' in told["message"]
    chinese = answer(line, reference, CLOCK, "zh-CN")["error"]
    assert isinstance(chinese, dict)
    assert "没有类型“integer”；是否想写“int”？可用：bool" in chinese["message"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("junk", "此行不是有效的请求：从第 1 列起不是 JSON。"),
        ("[1]", "此行不是有效的请求：它不是对象。"),
        ('{"expr": "1", "now": "soon"}', "此行不是有效的请求：`now` 应为时刻，如 2026-01-31T09:00:00Z。"),
        ('{"expr": "1", "tz": "Mars"}', "此行不是有效的请求：`tz` 应为时区，如 Asia/Shanghai。"),
        ('{"expr": "a", "types": {"a": "int"}, "values": {"a": "x"}}', "值有误：'x' 不是 int。"),
    ],
)
def test_what_is_wrong_with_a_request_is_told_in_chinese_throughout(line: str, said: str) -> None:
    told = answer(line, reference, CLOCK, "zh-CN")["error"]
    assert isinstance(told, dict)
    assert told["message"] == said
