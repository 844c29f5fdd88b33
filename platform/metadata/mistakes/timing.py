"""D46 of schedules and due dates; the examples stand in the app of `model`."""

from __future__ import annotations

from kith.problems import Mistake, Words

_DO = "do: set amount = 1"


def _rule(when: str) -> str:
    return f"rules: r\nof: thing\nitems: {{a: {{{when}, {_DO}}}}}"


BAD_SCHEDULE = Mistake(
    "D460",
    Words('"{text}" is no schedule', "“{text}”不是可识别的时间安排"),
    _rule("every: day at 6, for: due is set"),
    _rule('every: "day at 06:00", for: due is set'),
)
BAD_CRON = Mistake(
    "D461",
    Words('"{text}" is no cron expression', "“{text}”不是 cron 表达式"),
    _rule('every: {cron: "0 25 * * *"}, for: due is set'),
    _rule('every: {cron: "0 5 * * *"}, for: due is set'),
)
NO_DAY = Mistake(
    "D462",
    Words('"{name}" names no day: it is of type {type}', "“{name}”不表示日期：类型是 {type}"),
    _rule('due: {field: name, before: 3d, at: "06:00"}'),
    _rule('due: {field: due, before: 3d, at: "06:00"}'),
)
NO_TIMED_RULE = Mistake(
    "D463",
    Words('{entity} has no rule "{name}" that time wakes', "{entity}没有由时间触发的规则“{name}”"),
    f"# rules/r.yaml\n{_rule('every: day at 06:00, for: due is set')}\n"
    "# tests/t.yaml\ntests: t\nof: thing\ncases: {a: {act: {schedule: b}, expect: {saved: true}}}",
    f"# rules/r.yaml\n{_rule('every: day at 06:00, for: due is set')}\n"
    "# tests/t.yaml\ntests: t\nof: thing\ncases: {a: {act: {schedule: a}, expect: {saved: true}}}",
)
