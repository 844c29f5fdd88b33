"""The shape of business calendars."""

from __future__ import annotations

from typing import Any

from kith.metadata.shapes import parts
from kith.problems import Words

DAY: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "kith:wanted": Words("a date such as 2026-10-01", "日期（如 2026-10-01）"),
}
STRETCH: dict[str, Any] = {
    "type": "string",
    "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "kith:wanted": Words("a stretch of a day such as 09:00-17:30", "一天中的时段（如 09:00-17:30）"),
}
_HOURS = parts.list_of(STRETCH, "When people work on that day; left out on days off.", least=1, most=12)
_HOLIDAY = parts.keys(
    Words("a holiday", "假日"),
    ("from",),
    label=parts.LABEL,
    from_=DAY | {"description": "The first day off."},
    to=DAY | {"description": "The last day off; the first one unless it is said."},
    work=parts.list_of(DAY, "Days of work that make up for it, such as swapped Saturdays and Sundays."),
)
CALENDAR = parts.keys(
    Words("a calendar", "日历"),
    ("calendar", "hours"),
    calendar=parts.name("name", "The name of the calendar; `standard` is the workspace's."),
    label=parts.LABEL,
    hours=parts.keys(
        Words("the hours of a week", "一周的工作时间"),
        mon=_HOURS,
        tue=_HOURS,
        wed=_HOURS,
        thu=_HOURS,
        fri=_HOURS,
        sat=_HOURS,
        sun=_HOURS,
    )
    | {"minProperties": 1, "description": "By day of the week, when people work."},
    holidays=parts.names_to(_HOLIDAY, doc="Days off, by a name under which later layers replace them.", most=2_000),
)
