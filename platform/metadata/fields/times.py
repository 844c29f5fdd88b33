"""Field types whose value is a day, an instant or a stretch of time."""

from __future__ import annotations

from typing import Any

from kith.metadata.fields.kind import INPUT, ORDER, PRESENCE, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import DATE, DATETIME, DURATION, TIME, Type

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
DATE_VALUE: Schema = {
    "type": "string",
    "pattern": f"^{DAY}$",
    "kith:wanted": Words("a day such as 2026-01-31", "日期（如 2026-01-31）"),
}
DATETIME_VALUE: Schema = {
    "type": "string",
    "pattern": rf"^{DAY}[T ]{CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?$",
    "kith:wanted": Words("an instant such as 2026-01-31T09:00", "时刻（如 2026-01-31T09:00）"),
}
TIME_VALUE: Schema = {
    "type": "string",
    "pattern": f"^{CLOCK}$",
    "kith:wanted": Words("a time such as 09:30", "时间（如 09:30）"),
}
DURATION_VALUE: Schema = {
    "type": "string",
    "pattern": r"^-?[0-9]+(w|d|h|min)( ?[0-9]+(d|h|min))*$",
    "kith:wanted": Words("a stretch of time such as 90min or 2d", "时长（如 90min、2d）"),
}


def _kind(name: str, title: Words, doc: Words, example: str, type_: Type, value: Schema, **more: Any) -> FieldType:
    settings: dict[str, Any] = {"common": INPUT, "operators": ORDER, "storage": name}
    return FieldType(name, title, doc, lambda _: type_, example=example, value=value, **(settings | more))


TYPES = (
    _kind(
        "date",
        Words("Date", "日期"),
        Words("A day.", "某一天。"),
        "{type: date, default_from: today()}",
        DATE,
        DATE_VALUE,
    ),
    _kind(
        "datetime",
        Words("Date and time", "日期时间"),
        Words("An instant; shown in the reader's time zone.", "一个时刻，按读者的时区显示。"),
        "{type: datetime, default_from: now()}",
        DATETIME,
        DATETIME_VALUE,
    ),
    _kind(
        "time",
        Words("Time of day", "时间"),
        Words("A time of day.", "一天中的时间。"),
        "{type: time}",
        TIME,
        TIME_VALUE,
    ),
    _kind(
        "duration",
        Words("Duration", "时长"),
        Words("A stretch of time; a day is 24 hours.", "一段时间；一天为 24 小时。"),
        "{type: duration}",
        DURATION,
        DURATION_VALUE,
    ),
    _kind(
        "date_range",
        Words("Date range", "日期范围"),
        Words("A first and a last day, both inside.", "起止日期，均包含在内。"),
        "{type: date_range}",
        Type("record", entity=":date_range"),
        parts.keys(Words("a date range", "日期范围"), start=DATE_VALUE, end=DATE_VALUE),
        storage="columns",
        parts={"start": DATE, "end": DATE},
        operators=PRESENCE,
        sortable=False,
    ),
)
