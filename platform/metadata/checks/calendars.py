"""Checks of business calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kith.metadata.checks.checking import Check, Checking, tells
from kith.metadata.making.at import At
from kith.metadata.making.calendars import LONGEST, WEEK, day_of, hours_of
from kith.metadata.mistakes import calendars as mistakes
from kith.metadata.shapes.calendars import DAY
from kith.problems import Problem

WRITTEN = re.compile(DAY["pattern"])
"""What at least looks like a day; all else is a matter of shape."""


@tells(mistakes.NO_SUCH_DAY, mistakes.NO_DAYS_OFF)
def holidays_are_days(c: Checking) -> Iterator[Problem]:
    """Holidays and the days of work that make up for them are days of the calendar, and end after they begin."""
    for document, at in c.documents("calendar"):
        for name, holiday in at.parts("holidays"):
            yield from _days(c, document.name, name, holiday)


def _days(c: Checking, calendar: str, name: str, at: At) -> Iterator[Problem]:
    texts = [("from", at.text("from")), ("to", at.text("to")), *enumerate(at.texts("work"))]
    bad = [(key, text) for key, text in texts if WRITTEN.match(text) and day_of(text) is None]
    for key, text in bad:
        path = (key,) if isinstance(key, str) else ("work", key)
        yield Problem(mistakes.NO_SUCH_DAY, c.span("calendar", calendar, "holidays", name, *path), {"text": text})
    first, last = day_of(at.text("from")), day_of(at.text("to"))
    if first and last and not first <= last <= first + LONGEST:
        yield Problem(mistakes.NO_DAYS_OFF, c.span("calendar", calendar, "holidays", name, "to"))


@tells(mistakes.HOURS_OUT_OF_ORDER)
def hours_follow_one_another(c: Checking) -> Iterator[Problem]:
    """The working hours of a day are stretches in their order."""
    for document, at in c.documents("calendar"):
        for day in WEEK:
            marks = [minute for stretch in hours_of(at.part("hours").texts(day)) for minute in stretch]
            stretches = zip(marks[::2], marks[1::2], strict=True)
            if any(end <= start for start, end in stretches) or any(a > b for a, b in pairwise(marks)):
                yield Problem(mistakes.HOURS_OUT_OF_ORDER, c.span("calendar", document.name, "hours", day))


CHECKS: tuple[Check, ...] = (holidays_are_days, hours_follow_one_another)
