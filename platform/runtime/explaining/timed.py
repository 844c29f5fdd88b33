"""Why time does or does not wake a rule for a record: its schedule, whom it is for, and the day on which a record comes up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from kith.metadata.model import Rule
from kith.metadata.timing import Due
from kith.rules.explaining import reasons
from kith.rules.reference import evaluate, holds
from kith.rules.types import DATE, DATETIME
from kith.rules.values import Env
from kith.runtime.explaining.asking import Asking
from kith.runtime.read.asking import VALUE, asked
from kith.runtime.read.reader import reader_of as rights_of_reader
from kith.runtime.write.explaining import may_read, reader_of
from kith.runtime.write.session import Session


def timing_told(asking: Asking, session: Session, rule: Rule, env: Env) -> Iterator[str]:
    """When time wakes a rule, and what of that is so for a record."""
    if rule.schedule is None or rule.over is None:
        return
    if rule.due is not None:
        yield from _of_day(asking, session, rule, rule.due, env)
        return
    following = rule.schedule.after(asking.context.now, asking.context.zone)
    yield asking.say("timed.every", when=rule.schedule.text, next=asking.show(following, DATETIME))
    yield asking.say(f"timed.for_{str(holds(rule.over.tree, env)).lower()}")
    yield from reasons(reader_of(session, env, rule.over.excerpt.text), rule.over.tree)


def _of_day(asking: Asking, session: Session, rule: Rule, due: Due, env: Env) -> Iterator[str]:
    name, at = asking.name_of(rule.of, due.field), f"{due.at:%H:%M}"
    yield asking.say(f"timed.due_{due.side if due.span else 'on'}", name=name, span=due.span, at=at)
    if not may_read(session, rule.of, due.field):
        yield asking.say("timed.hidden")
        return
    day = day_of(asking, rule, due, env)
    if day is None:
        yield asking.say("timed.never", name=name)
        return
    local = asking.context.now.astimezone(asking.context.zone)
    comes = datetime.combine(day, due.at, tzinfo=asking.context.zone)
    key = "today" if day == local.date() and comes > local else "passed" if comes <= local else "not_yet"
    yield asking.say(f"timed.{key}", day=asking.show(day, DATE), at=at)


def day_of(asking: Asking, rule: Rule, due: Due, env: Env) -> date | None:
    """The day on which a record comes up; None where its field is empty."""
    declared = asking.release.model.entities[rule.of].fields.get(due.field)
    text = due.day(declared is None or declared.type.kind == "datetime")
    found, _ = asked(rights_of_reader(asking.context, asking.release), rule.of, text, VALUE)
    value = evaluate(found.tree, env) if found is not None else None
    return value if isinstance(value, date) else None
