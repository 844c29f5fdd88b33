"""Dates, instants and times of day: of all formats the one that fits the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt
from kith.inferring.guessing.guess import Asked, Fitting, Guess, fitting, reading_of
from kith.metadata.model import Field, Label
from kith.problems import Source, Span, Words
from kith.rules.types import DATE, DATETIME
from kith.runtime.coerce import Misread, Reading
from kith.runtime.coerce.times import read_date, read_datetime
from kith.runtime.transfer.table import Cell

ISO = ""
FORMATS = (
    "YYYY/M/D",
    "YYYY-M-D",
    "YYYY.M.D",
    "M/D/YYYY",
    "D/M/YYYY",
    "D.M.YYYY",
    "M.D.YYYY",
    "D-M-YYYY",
    "M-D-YYYY",
    "M/D/YY",
    "D/M/YY",
    "D.M.YY",
    "YY/M/D",
    "YY-M-D",
    "YYYY年M月D日",
    "YYYYMMDD",
)
TWINS = {"M/D/YYYY": "D/M/YYYY", "M/D/YY": "D/M/YY", "M-D-YYYY": "D-M-YYYY", "M.D.YYYY": "D.M.YYYY"}
TWINS |= {after: before for before, after in TWINS.items()}
LIKE_A_DAY = re.compile(r"\d{1,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}日?|\d{8}")
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
NOWHERE = Span(Source("", ""), 0, 0)
_SAID = Label({})
DAY = Field("", "", "date", DATE, _SAID, _SAID, NOWHERE, "")
MOMENT = Field("", "", "datetime", DATETIME, _SAID, _SAID, NOWHERE, "")


def guess(asked: Asked, known: frozenset[str] = frozenset()) -> Guess | None:
    """A date, an instant or a time of day; `known` are formats of other columns of the file that leave no doubt."""
    column = asked.column
    if all(isinstance(value, (time, timedelta)) for value, _, _ in column.each()):
        return _clock(asked)
    first = next(column.each())
    if not looks_like_time(*first[:2]):
        # A single heading in between does not hide a column of dates.
        looks = sum(count for value, text, count in column.each() if looks_like_time(value, text))
        if looks * 2 < column.filled:
            return None
    if CLOCK.fullmatch(first[1]):
        return _clock(asked)
    return _day(asked, known) or _moment(asked, known)


def looks_like_time(value: Cell, text: str) -> bool:
    """Whether a value may be one of time at all."""
    if isinstance(value, (date, time, timedelta)):
        return True
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return False
    head = re.split(r"[ T]", text, maxsplit=1)[0]
    return bool(LIKE_A_DAY.fullmatch(head) or CLOCK.fullmatch(text))


def _clock(asked: Asked) -> Guess | None:
    values = [value for value, _, _ in asked.column.each()]
    if all(isinstance(value, timedelta) for value in values):
        found = fitting(asked.column, lambda value, _: isinstance(value, timedelta))
        return Guess("duration", found.kept(), found.says("lengths of time", "时长"))
    found = fitting(asked.column, _is_clock)
    if not found.is_good:
        return None
    keys = reading_of(found)
    return Guess("time", found.kept(), found.says("times of day", "时间"), {}, keys, found.lost(asked.place))


def _is_clock(value: Cell, text: str) -> bool:
    if isinstance(value, time):
        return True
    if not isinstance(value, str) or not CLOCK.fullmatch(text):
        return False
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return hours < 24 and minutes < 60 and not any(part > 59 for part in seconds)


def _formats(column: Column) -> Iterator[str]:
    """The formats that come into question, by what the first value looks like."""
    _, text, _ = next(column.each())
    yield ISO
    digits = text.split(" ")[0].isdigit()
    yield from (form for form in FORMATS if digits == (form == "YYYYMMDD"))


def _day(asked: Asked, known: frozenset[str]) -> Guess | None:
    found: dict[str, Fitting] = {}
    for form in _formats(asked.column):
        tried = fitting(asked.column, partial(is_day, form))
        if tried.is_good and (form != "YYYYMMDD" or "day" in asked.hints or tried.column.distinct > 1):
            found[form] = tried
    if not found:
        return None
    form, doubts = _decided(asked, found, known)
    best = found[form]
    shown = form or "YYYY-MM-DD"
    said = best.says(f"dates {shown}", f"日期（{shown}）")
    keys = reading_of(best, **({"date": form} if form else {}))
    return Guess("date", best.kept(), said, {}, keys, (*doubts, *best.lost(asked.place)))


def is_day(form: str, value: Cell, text: str) -> bool:
    """Whether a value is a day in a format; cells that are dates are so in each."""
    if isinstance(value, datetime):
        return value.time() == time() and 1900 <= value.year < 3000
    if isinstance(value, date):
        return 1900 <= value.year < 3000
    if not isinstance(value, (str, int)) or isinstance(value, bool) or (isinstance(value, int) and not form):
        return False
    try:
        read_date(DAY, text, Reading(zone=UTC, text=True, date_format=form))
    except Misread:
        return False
    return True


def _decided(asked: Asked, found: dict[str, Fitting], known: frozenset[str]) -> tuple[str, tuple[Doubt, ...]]:
    """The format to take, and the doubt where days and months could change places."""
    form = min(found, key=lambda one: (found[one].missing, one not in known, list(found).index(one)))
    twin = TWINS.get(form, "")
    if not twin or twin not in found or found[twin].missing > found[form].missing:
        return form, ()
    if form in known:
        said = Words(f"as in other columns of the file: {form}", f"与文件的其他列一致：{form}")
    else:
        said = Words(f"no value tells, {form} is taken", f"没有值可以判断，取 {form}")
    doubt = Doubt(
        asked.place,
        Words(
            f"All values are dates both as {form} and as {twin}; {said.en}.",
            f"所有值按 {form} 和 {twin} 都是日期；{said.zh}。",
        ),
        Words(
            f"With {twin}, day and month of every value change places (`date: {twin}` in the import).",
            f"若为 {twin}，每个值的日和月互换（导入中写 `date: {twin}`）。",
        ),
    )
    return form, (doubt,)


def _moment(asked: Asked, known: frozenset[str]) -> Guess | None:
    found: dict[str, Fitting] = {}
    for form in _formats(asked.column):
        tried = fitting(asked.column, partial(is_moment, form))
        if tried.is_good:
            found[form] = tried
    if not found:
        return None
    form, doubts = _decided(asked, found, known)
    best = found[form]
    shown = f"{form or 'YYYY-MM-DD'} hh:mm"
    said = best.says(f"instants {shown}", f"日期时间（{shown}）")
    keys = reading_of(best, **({"date": form} if form else {}))
    return Guess("datetime", best.kept(), said, {}, keys, (*doubts, *best.lost(asked.place)))


def is_moment(form: str, value: Cell, text: str) -> bool:
    """Whether a value is an instant in a format."""
    if isinstance(value, date):
        return 1900 <= value.year < 3000
    if not isinstance(value, str):
        return False
    try:
        read_datetime(MOMENT, text, Reading(zone=UTC, text=True, date_format=form))
    except Misread:
        return False
    return True
