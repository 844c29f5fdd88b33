"""Business calendars: working hours, days off, and the working days that make up for them."""

from __future__ import annotations

from datetime import date, timedelta

from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.model_calendars import Calendar, Holiday
from kith.rules.calendars import BusinessCalendar, Hours

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = timedelta(days=366)
"""How long days off under one name may last."""


def calendars_of(context: Context) -> dict[str, Calendar]:
    """All calendars."""
    return {document.name: calendar_of(context, document.name, at) for document, at in context.documents("calendar")}


def calendar_of(context: Context, name: str, at: At) -> Calendar:
    """One calendar; what is no date or stretch has been told, or will be, and is left out."""
    holidays = {key: holiday for key, part in at.parts("holidays") if (holiday := holiday_of(context, key, part))}
    off = {day for holiday in holidays.values() for day in days(holiday.first, holiday.last)}
    work = {day for holiday in holidays.values() for day in holiday.work}
    hours = at.part("hours")
    week = tuple(hours_of(hours.texts(day)) for day in WEEK)
    return Calendar(
        name=name,
        label=context.label(at, fallback=humanize(name)),
        business=BusinessCalendar(week, frozenset(off - work), frozenset(work)),
        holidays=holidays,
        span=at.span,
        layer=context.layer(at.span),
    )


def holiday_of(context: Context, name: str, at: At) -> Holiday | None:
    """Days off under one name; they last one day where no last one is said."""
    first = day_of(at.text("from"))
    last = day_of(at.text("to")) if at.text("to") else first
    label = context.label(at, fallback=humanize(name))
    if first is None or last is None or not timedelta(0) <= last - first <= LONGEST:
        return None
    work = (day_of(text) for text in at.texts("work"))
    return Holiday(name, label, first, last, tuple(day for day in work if day is not None))


def days(first: date, last: date) -> list[date]:
    """The days from one to another."""
    return [first + timedelta(count) for count in range((last - first).days + 1)]


def day_of(text: str) -> date | None:
    """A date as it is written; none where there is no such day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2999 else None


def hours_of(texts: tuple[str, ...]) -> Hours:
    """The stretches of a day: `09:00-12:00`."""
    return tuple((minutes(text[:5]), minutes(text[6:])) for text in texts if len(text) == 11)


def minutes(text: str) -> int:
    """The minutes since midnight of a time such as 09:30."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute) if hour.isdecimal() and minute.isdecimal() else 0
