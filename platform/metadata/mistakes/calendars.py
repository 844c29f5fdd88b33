"""D47 of business calendars."""

from __future__ import annotations

from kith.problems import Mistake, Words


def _calendar(hours: str, holidays: str) -> str:
    return f"# calendars/standard.yaml\ncalendar: standard\nhours: {{mon: [{hours}]}}\nholidays: {{spring: {{{holidays}}}}}"


NO_SUCH_DAY = Mistake(
    "D470",
    Words('there is no day "{text}"', "没有“{text}”这一天"),
    _calendar("09:00-17:00", "from: 2026-02-30"),
    _calendar("09:00-17:00", "from: 2026-02-28"),
)
NO_DAYS_OFF = Mistake(
    "D471",
    Words("a holiday ends on or after its first day, and within a year", "假日须在首日当天或之后结束，且不超过一年"),
    _calendar("09:00-17:00", "from: 2026-02-20, to: 2026-02-14"),
    _calendar("09:00-17:00", "from: 2026-02-14, to: 2026-02-20"),
)
HOURS_OUT_OF_ORDER = Mistake(
    "D472",
    Words(
        "stretches of a day end after they begin, and follow one another without overlaps",
        "一天中的时段须先开始后结束，依次排列且不重叠",
    ),
    _calendar("09:00-12:00, 11:00-17:00", "from: 2026-02-14"),
    _calendar("09:00-12:00, 13:00-17:00", "from: 2026-02-14"),
)
