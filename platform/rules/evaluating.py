"""Evaluates expressions that come with their own types and values, so that anyone can compare the language with another engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kith.problems import Excerpt, Mistake, Problem, Words
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import Records, scope_of
from kith.rules.program import Expression
from kith.rules.reference import evaluate
from kith.rules.scope import Slot
from kith.rules.travel import NoValue, written
from kith.rules.typetext import NoType
from kith.rules.values import DoesNotFit, Env

Evaluator = Callable[[Expression, list[Env]], Sequence[object]]

BAD_REQUEST = Mistake(
    "E901",
    Words("This line is no request: {reason}.", "此行不是有效的请求：{reason}。"),
    '{"id": 1}',
    '{"id": 1, "expr": "1 + 1"}',
)
BAD_TYPE = Mistake(
    "E902",
    Words("These types do not work: {reason}.", "类型有误：{reason}。"),
    '{"id": 1, "expr": "a", "types": {"a": "integer"}}',
    '{"id": 1, "expr": "a", "types": {"a": "int"}, "values": {"a": 1}}',
)
BAD_VALUE = Mistake(
    "E903",
    Words("These values do not work: {reason}.", "值有误：{reason}。"),
    '{"id": 1, "expr": "a", "types": {"a": "int"}, "values": {"a": "one"}}',
    '{"id": 1, "expr": "a", "types": {"a": "int"}, "values": {"a": 1}}',
)
OUT_OF_RANGE = Mistake(
    "E701",
    Words("The result does not fit {type}.", "结果超出 {type} 的范围。"),
    '{"id": 1, "expr": "sum(l.a)", "types": {"l": {"a": "decimal(18,0)"}}, "values": {"l": [{"a": 999999999999999999}, {"a": 1}]}}',
    '{"id": 1, "expr": "sum(l.a)", "types": {"l": {"a": "decimal(18,0)"}}, "values": {"l": [{"a": 999999999999999998}, {"a": 1}]}}',
)
MISTAKES = (OUT_OF_RANGE, BAD_REQUEST, BAD_TYPE, BAD_VALUE)


class Refused(Exception):
    """A request that has no answer, for this reason."""

    def __init__(self, mistake: Mistake, reason: str | Words) -> None:
        super().__init__(str(reason))
        self.problem = Problem(mistake, None, {"reason": reason, "type": reason})


@dataclass(frozen=True, slots=True)
class Request:
    """One expression with its types and values."""

    id: object
    text: str
    types: Mapping[str, object]
    values: Mapping[str, object]
    now: datetime
    zone: ZoneInfo


def reference(expression: Expression, envs: list[Env]) -> list[object]:
    """The reference interpreter as a back end."""
    return [evaluate(expression.tree, env) for env in envs]


def answer(line: str, backend: Evaluator, clock: datetime, language: str = "en") -> dict[str, object]:
    """The answer to one line of JSON; `clock` is the instant of a request that names none."""
    id_: object = None
    try:
        data = parse(line)
        id_ = data.get("id")
        return {"id": id_, **result(request(data, clock), backend, language)}
    except Refused as refused:
        return {"id": id_, "error": error(refused.problem, language)}


def parse(line: str) -> dict[str, object]:
    """A line as an object; decimals stay exact."""
    try:
        data = json.loads(line, parse_float=Decimal)
    except json.JSONDecodeError as problem:
        column = problem.colno
        raise Refused(
            BAD_REQUEST, Words(f"it is no JSON from column {column} on", f"从第 {column} 列起不是 JSON")
        ) from problem
    except (ValueError, RecursionError) as problem:
        # Nested without end, or a number of thousands of digits.
        raise Refused(BAD_REQUEST, Words("it is too deep or too long", "嵌套过深或数字过长")) from problem
    if not isinstance(data, dict):
        raise Refused(BAD_REQUEST, Words("it is no object", "它不是对象"))
    return data


def request(data: dict[str, object], clock: datetime) -> Request:
    """A request whose parts are what they should be."""
    text, types, values = data.get("expr"), data.get("types") or {}, data.get("values") or {}
    if not isinstance(text, str):
        raise Refused(BAD_REQUEST, Words("`expr` is a text", "`expr` 应为文本"))
    if not isinstance(types, dict) or not isinstance(values, dict):
        raise Refused(BAD_REQUEST, Words("`types` and `values` are objects", "`types` 和 `values` 应为对象"))
    try:
        now = datetime.fromisoformat(str(data["now"])) if data.get("now") else clock
    except ValueError as problem:
        words = Words("`now` is an instant such as 2026-01-31T09:00:00Z", "`now` 应为时刻，如 2026-01-31T09:00:00Z")
        raise Refused(BAD_REQUEST, words) from problem
    try:
        zone = ZoneInfo(str(data.get("tz") or "UTC"))
    except (ValueError, ZoneInfoNotFoundError, OSError) as problem:
        words = Words("`tz` is a time zone such as Asia/Shanghai", "`tz` 应为时区，如 Asia/Shanghai")
        raise Refused(BAD_REQUEST, words) from problem
    placed = now if now.tzinfo else now.replace(tzinfo=zone)
    return Request(data.get("id"), text, types, values, placed.astimezone(UTC), zone)


def result(asked: Request, backend: Evaluator, language: str) -> dict[str, object]:
    """Type and value, or the first error."""
    try:
        scope = scope_of(asked.types)
    except NoType as problem:
        raise Refused(BAD_TYPE, problem.words) from problem
    except (ValueError, RecursionError) as problem:
        raise Refused(BAD_TYPE, str(problem)[:200]) from problem
    actor = any(name == "me" or name.startswith("me.") for name in asked.types)
    slot = Slot("eval", saving="old" in asked.values, actor=actor)
    expression, problems = compile_expression(Excerpt.whole(asked.text), scope, slot)
    if expression is None:
        return {"error": error(next(problem for problem in problems if problem.is_error), language)}
    try:
        needed = frozenset((use.entity, use.field) for use in expression.uses)
        env = Records(scope, asked.values, needed).env(asked.now, asked.zone)
    except NoValue as problem:
        raise Refused(BAD_VALUE, problem.words) from problem
    except (ValueError, DoesNotFit, RecursionError) as problem:
        raise Refused(BAD_VALUE, str(problem)[:200]) from problem
    try:
        value = backend(expression, [env])[0]
    except DoesNotFit as problem:
        raise Refused(OUT_OF_RANGE, str(problem.type)) from problem
    return {"type": str(expression.type), "value": written(value, expression.type)}


def error(problem: Problem, language: str) -> dict[str, object]:
    """A problem for JSON, with line and column from 1."""
    message = problem.message(language)
    if problem.hint:
        message = f"{message} {problem.hint.in_(language)}"
    line, column = problem.span.source.position(problem.span.start) if problem.span else (1, 1)
    return {"code": problem.code, "message": message, "line": line, "column": column}
