"""Dates, instants, times of day and lengths of time as people and files write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from kith.metadata.model import Field
from kith.rules.operations.dates import LONGEST
from kith.runtime.coerce.reading import Misread, Reading, shown

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
ISO_DURATION = re.compile(r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?")
SHORT_DURATION = re.compile(
    r"(-)?\s*(?:(\d+)\s*w)?\s*(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*(?:min|m))?", re.IGNORECASE
)
CLOCK_DURATION = re.compile(r"(-)?(\d{1,5}):([0-5]\d)(?::([0-5]\d))?")
MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
"""What other programs put behind a day."""
PARTS = {"YYYY": r"(?P<y>\d{4})", "MM": r"(?P<m>\d{1,2})", "M": r"(?P<m>\d{1,2})", "DD": r"(?P<d>\d{1,2})"}
PARTS |= {"D": r"(?P<d>\d{1,2})", "YY": r"(?P<s>\d{2})"}


def read_date(field: Field, raw: object, reading: Reading) -> date:
    """A date: ISO, 2026年1月31日, or the format that the file's mapping names."""
    if isinstance(raw, datetime):
        found: date = raw.date()
    elif isinstance(raw, date):
        found = raw
    else:
        found = _date(raw, reading)
    if not FIRST <= found <= LAST:
        raise Misread("date_range")
    return found


def _date(raw: object, reading: Reading) -> date:
    code = "not_date_format" if reading.date_format else "not_date"
    text = str(raw).strip() if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    text = MIDNIGHT.sub("", text)
    try:
        if reading.date_format:
            match = _pattern(reading.date_format).fullmatch(text)
            if match:
                parts = match.groupdict()
                year = int(parts.get("y") or 0) or whole_year(int(parts.get("s") or 0))
                return date(year, int(parts["m"]), int(parts["d"]))
        elif chinese := CHINESE_DATE.fullmatch(text):
            return date(*(int(part) for part in chinese.groups()))
        elif isinstance(raw, str) and len(text) == 10:
            return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        pass
    raise Misread(code, value=shown(raw), format=reading.date_format)


def whole_year(short: int) -> int:
    """The year that two digits mean: from 69 on one of the last century, as everywhere in computing."""
    return short + (1900 if short >= 69 else 2000)


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    tokens = re.split(r"(YYYY|YY|MM|M|DD|D)", form)
    return re.compile("".join(PARTS.get(token) or re.escape(token) for token in tokens))


def read_datetime(field: Field, raw: object, reading: Reading) -> datetime:
    """An instant in UTC; a text without an offset is in the reader's zone."""
    if isinstance(raw, datetime):
        moment = raw
    elif isinstance(raw, date):
        moment = datetime.combine(raw, time())
    else:
        moment = _moment(raw, reading)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=reading.zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise Misread("date_range") from None
    if not FIRST <= moment.date() <= LAST:
        raise Misread("date_range")
    return moment


def _moment(raw: object, reading: Reading) -> datetime:
    if isinstance(raw, str) and len(raw) <= 40:
        text = raw.strip()
        try:
            if reading.date_format:
                day, _, clock = text.partition(" ")
                return datetime.combine(_date(day, reading), time.fromisoformat(clock) if clock else time())
            if len(text) >= 10:
                return datetime.fromisoformat(text)
        except (ValueError, Misread):
            pass
    raise Misread("not_datetime", value=shown(raw))


def read_time(field: Field, raw: object, reading: Reading) -> time:
    """A time of day such as 09:30."""
    if isinstance(raw, time):
        return raw.replace(tzinfo=None)
    if isinstance(raw, str) and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", raw.strip()):
        try:
            return time.fromisoformat(raw.strip().zfill(5) if raw.strip().count(":") == 1 else raw.strip().zfill(8))
        except ValueError:
            pass
    raise Misread("not_time", value=shown(raw))


def read_duration(field: Field, raw: object, reading: Reading) -> timedelta:
    """A length of time: `P3DT4H`, `3d 4h`, `1:30`."""
    if isinstance(raw, timedelta):
        return raw
    if isinstance(raw, str) and 0 < len(raw) <= 40:
        text = raw.strip()
        for pattern, units in (
            (ISO_DURATION, ("weeks", "days", "hours", "minutes", "seconds")),
            (SHORT_DURATION, ("weeks", "days", "hours", "minutes")),
            (CLOCK_DURATION, ("hours", "minutes", "seconds")),
        ):
            match = pattern.fullmatch(text)
            if match and any(match.groups()[1:]):
                return _length(match, units)
    raise Misread("not_duration", value=shown(raw))


def _length(match: re.Match[str], units: tuple[str, ...]) -> timedelta:
    sign, *amounts = match.groups()
    total = timedelta()
    try:
        for unit, amount in zip(units, amounts, strict=True):
            if amount and unit == "seconds":
                whole, _, fraction = amount.partition(".")
                total += timedelta(seconds=int(whole), microseconds=int(fraction.ljust(6, "0")))
            elif amount:
                total += timedelta(**{unit: int(amount)})
    except OverflowError:
        raise Misread("too_long_duration", days=LONGEST.days) from None
    if total > LONGEST:
        raise Misread("too_long_duration", days=LONGEST.days)
    return -total if sign else total
