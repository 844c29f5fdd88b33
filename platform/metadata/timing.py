"""When time itself wakes rules: schedules and due dates as values, read from what authors write, and the slots they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from cronsim import CronSim, CronSimError

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_HOUR = re.compile(r"hour at :([0-5]\d)")
_DAY = re.compile(r"(day|weekday|[a-z]{3}(?:, ?[a-z]{3})*) at ([01]\d|2[0-3]):([0-5]\d)")
_MONTH = re.compile(r"month on (\d{1,2}|last) at ([01]\d|2[0-3]):([0-5]\d)")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
CRON_FIELDS = 5
SAFE_DAY = 28
"""The last day that every month has."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Slots that come again and again, in the workspace's time zone.

    `cron` is the same in the five fields of cron, whose rules for changes of the clock hold: what falls into the hour that is
    left out comes at its end; what falls into the hour that comes twice comes once, except what runs every hour.
    """

    text: str
    cron: str

    def after(self, instant: datetime, zone: tzinfo) -> datetime:
        """The first slot after an instant; both are instants in UTC."""
        return next(self.slots(instant, zone))

    def slots(self, instant: datetime, zone: tzinfo) -> Iterator[datetime]:
        """The slots after an instant, in order."""
        for local in CronSim(self.cron, instant.astimezone(zone)):
            slot = local.astimezone(UTC)
            # Within an hour that comes twice, the wall clock alone does not tell what has been already.
            if slot > instant:
                yield slot


@dataclass(frozen=True, slots=True)
class Due:
    """A day that a record names by one of its fields, or a span before or after it, at a time of the day.

    `span` is "" on the day itself; `side` is "before" or "after".
    """

    field: str
    side: str
    span: str
    at: time

    @property
    def schedule(self) -> Schedule:
        """When to look for such records: every day at that time."""
        return Schedule(f"day at {self.at:%H:%M}", f"{self.at.minute} {self.at.hour} * * *")

    def condition(self, is_instant: bool) -> str:
        """The expression that says that a record's day is today.

        Days and weeks stand on the side of today, so that an index over the field can be used; months do not turn round:
        the 28th of February is a month before several days.
        """
        if not self.span or self.span.endswith(("mo", "y")):
            return f"{self.day(is_instant)} == today()"
        return f"{self._named(is_instant)} == today() {'+' if self.side == 'before' else '-'} {self.span}"

    def day(self, is_instant: bool) -> str:
        """The expression of the day on which a record comes up."""
        sign = "-" if self.side == "before" else "+"
        return f"{self._named(is_instant)} {sign} {self.span}" if self.span else self._named(is_instant)

    def _named(self, is_instant: bool) -> str:
        return f"local_date({self.field})" if is_instant else self.field


def schedule_of(text: str) -> Schedule | None:
    """The schedule that words say, or None where they say none."""
    if found := _HOUR.fullmatch(text):
        return Schedule(text, f"{int(found[1])} * * * *")
    if found := _DAY.fullmatch(text):
        days = _days(found[1])
        return Schedule(text, f"{int(found[3])} {int(found[2])} * * {days}") if days else None
    if (found := _MONTH.fullmatch(text)) and (found[1] == "last" or 1 <= int(found[1]) <= SAFE_DAY):
        day = "L" if found[1] == "last" else str(int(found[1]))
        return Schedule(text, f"{int(found[3])} {int(found[2])} {day} * *")
    return None


def cron_of(text: str) -> Schedule | None:
    """The schedule of a cron expression with five fields, or None where it is none or no day is like that."""
    schedule = Schedule(text, text)
    try:
        schedule.after(datetime(2024, 1, 1, tzinfo=UTC), UTC)
    except (CronSimError, StopIteration):
        return None
    return schedule if len(text.split()) == CRON_FIELDS else None


def _days(word: str) -> str:
    if word in ("day", "weekday"):
        return "*" if word == "day" else "1-5"
    named = [one.strip() for one in word.split(",")]
    if len(set(named)) < len(named) or not set(named) <= set(DAYS):
        return ""
    return ",".join(str(DAYS.index(one)) for one in named)


_MEANT = (
    (r"^every ", ""),
    (r"^(daily|days|everyday)\b", "day"),
    (r"^(weekdays|workdays?)\b", "weekday"),
    (r"^(hourly|hours)\b", "hour"),
    (r"^(monthly|months)\b", "month"),
    (r"\b(sun|mon(?!th)|tue|wed|thu|fri|sat)[a-z]*", r"\1"),
    (r"\s+and\s+|\s*[,，、]\s*", ", "),
    ("：", ":"),
    (r"^month on (?:the )?(\d+)(?:st|nd|rd|th)\b", r"month on \1"),
    (r"^hour at (?:\d\d)?:?(\d\d)$", r"hour at :\1"),
    (r"^(month on \w+|day|weekday|[a-z]{3}(?:, [a-z]{3})*) (?=\d)", r"\1 at "),
    (r"(?<=at )(\d\d?)$", r"\1:00"),
    (r"(?<=at )(\d)(?=:)", r"0\1"),
    (r"^month on (?:29|30|31)\b", "month on last"),
)
"""What people write, and how it is written: each in turn."""


def meant_by(text: str) -> str:
    """What somebody means who writes a schedule almost right; "" where that cannot be told."""
    meant = text.strip().lower()
    for pattern, replacement in _MEANT:
        meant = re.sub(pattern, replacement, meant)
    return meant if schedule_of(meant) else ""
