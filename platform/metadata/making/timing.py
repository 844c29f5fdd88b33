"""What time has to do with a rule: its schedule with the records it is about, or the day that a field names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context
from kith.metadata.making.scopes import EntityScope
from kith.metadata.mistakes import model as model_mistakes
from kith.metadata.mistakes import timing as mistakes
from kith.metadata.timing import CLOCK, SAFE_DAY, Due, Schedule, cron_of, meant_by, schedule_of
from kith.problems import Excerpt, Fix, Problem, Words, did_you_mean
from kith.rules.compiling import compile_expression
from kith.rules.program import Expression
from kith.source import Mapping, Scalar

FORMS = Words(
    "hour at :15, day at 06:00, weekday at 06:00, mon, thu at 06:00, month on 1 at 06:00, month on last at 06:00,"
    ' or {cron: "0 6 * * 1-5"}',
    "可写：hour at :15、day at 06:00、weekday at 06:00、mon, thu at 06:00、month on 1 at 06:00、month on last at 06:00，"
    '或 {cron: "0 6 * * 1-5"}',
)


DAYS = ("date", "datetime")
"""Types that name a day."""
CRON = Words(
    'five fields, such as "0 6 * * 1-5": minute, hour, day of month, month, day of week',
    "五项依次为分、时、日、月、星期，例如“0 6 * * 1-5”",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """When time wakes a rule, and for which records; nothing where time does not."""

    every: Schedule | None = None
    due: Due | None = None
    over: Expression | None = None


def is_timed(at: At) -> bool:
    """Whether time wakes a rule."""
    return at.get("every") is not None or at.get("due") is not None


def timing_of(context: Context, scope: EntityScope | None, at: At) -> Timing:
    """What time has to do with a rule."""
    if isinstance(at.get("due"), Mapping):
        return _due(context, scope, at.part("due"))
    if at.get("every") is None:
        return Timing()
    return Timing(_every(context, at), None, context.expression(at.get("for"), scope, slots.FOR))


def _every(context: Context, at: At) -> Schedule | None:
    node = at.scalar("every")
    if node is None:
        return _cron(context, at.part("every").scalar("cron"))
    found = schedule_of(node.text)
    if found is None:
        meant = meant_by(node.text)
        hint = Words(f'did you mean "{meant}"?', f"是否想写“{meant}”？") if meant else FORMS
        if meant.startswith("month on last"):
            late = Words(
                f"not every month has a day after the {SAFE_DAY}th: ", f"并非每个月都有 {SAFE_DAY} 日以后的日子："
            )
            hint = Words(late.en + hint.en, late.zh + hint.zh)
        fix = Fix(node.span, f'"{meant}"') if meant else None
        context.report(Problem(mistakes.BAD_SCHEDULE, node.span, {"text": node.text}, hint, fix))
    return found


def _cron(context: Context, node: Scalar | None) -> Schedule | None:
    if node is None:
        return None
    found = cron_of(node.text)
    if found is None:
        context.report(Problem(mistakes.BAD_CRON, node.span, {"text": node.text}, CRON))
    return found


def _due(context: Context, scope: EntityScope | None, at: At) -> Timing:
    named, clock = at.scalar("field"), at.text("at")
    if scope is None or named is None or not CLOCK.fullmatch(clock):
        return Timing()
    known = scope.name(named.text)
    if known is None or known.type.kind not in DAYS:
        if named.text not in context.broken:
            context.report(_no_day(scope, named) if known else _no_field(scope, named))
        return Timing()
    side = "after" if at.get("after") is not None else "before"
    due = Due(named.text, side, at.text(side), time.fromisoformat(clock))
    return Timing(None, due, _condition(scope, named, due, known.type.kind == "datetime"))


def _no_field(scope: EntityScope, named: Scalar) -> Problem:
    hint = did_you_mean(named.text, scope.names())
    return Problem(model_mistakes.NO_FIELD, named.span, {"entity": scope.label, "name": named.text}, hint)


def _no_day(scope: EntityScope, named: Scalar) -> Problem:
    kinds = {name: known.type.kind for name in scope.names() if (known := scope.name(name))}
    listed = ", ".join(name for name, kind in kinds.items() if kind in DAYS)
    hint = Words(f"fields with a day: {listed}", f"可用的日期字段：{listed}")
    return Problem(mistakes.NO_DAY, named.span, {"name": named.text, "type": kinds[named.text]}, hint)


def _condition(scope: EntityScope, named: Scalar, due: Due, is_instant: bool) -> Expression | None:
    """The condition that a record's day is today, as if it stood at the field's name."""
    text = due.condition(is_instant)
    excerpt = Excerpt(text, named.span.source, (named.span.start,) * len(text) + (named.span.end,))
    return compile_expression(excerpt, scope, slots.FOR)[0]
