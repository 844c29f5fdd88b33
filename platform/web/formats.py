"""Values in the reader's locale: a formatter is made once from Babel's patterns and then costs next to nothing.

`formatter(kind, locale, …)` answers the same text as Babel; where a pattern is not one that can be laid down as a
format string, the formatter asks Babel for each value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel import Locale, dates, numbers, units

Format = Callable[[Any], str]
Number = int | float | Decimal
Width = Literal["short", "medium", "long", "full"]

PROBES = (Decimal(0), Decimal("1.5"), Decimal("-7.25"), Decimal("1234567.891"), Decimal("-1234567.5"))
"""What a laid-down number format must show as Babel does, or it is not used."""


def locale_of(language: str) -> Locale:
    """Return Babel's locale of a language tag."""
    return Locale.parse(language, sep="-")


@lru_cache(maxsize=1024)
def formatter(
    kind: str,
    language: str,
    *,
    scale: int | None = None,
    currency: str = "",
    zone: str = "UTC",
    width: Width = "medium",
) -> Format:
    """Return the function that shows values of a kind.

    Kinds: integer, decimal, percent (0.15 is 15%) and money with `scale` decimals; date, time and instant with Babel's
    `width` (an aware datetime, shown in `zone`); duration, a timedelta shown to the minute, or to the second below one.
    """
    locale = locale_of(language)
    match kind:
        case "integer" | "decimal" | "percent" | "money":
            return _number(kind, locale, scale, currency)
        case "date":
            return _pattern(dates.get_date_format(width, locale).pattern, locale)
        case "time":
            return _pattern(dates.get_time_format(width, locale).pattern, locale)
        case "instant":
            return _instant(locale, zone, width)
        case "duration":
            return _duration(locale)
    raise ValueError(f"no formatter for {kind}")


# ---- numbers ------------------------------------------------------------------------------------------------------


def _number(kind: str, locale: Locale, scale: int | None, currency: str) -> Format:
    if kind == "integer":
        scale = 0
    if kind != "integer" and scale is None:
        scale = numbers.get_currency_precision(currency) if kind == "money" else None
    slow = _babel_number(kind, locale, scale, currency)
    if scale is None:
        return slow
    quick = _laid_down(slow, locale, scale, 100 if kind == "percent" else 1)
    return quick if all(quick(probe) == slow(probe) for probe in PROBES) else slow


def _babel_number(kind: str, locale: Locale, scale: int | None, currency: str) -> Format:
    styles = {"money": locale.currency_formats["standard"], "percent": locale.percent_formats[None]}
    pattern = copy(styles.get(kind, locale.decimal_formats[None]))
    if scale is not None:
        pattern.frac_prec = (scale, scale)
    return lambda value: str(pattern.apply(value, locale, currency or None, currency_digits=False))


def _laid_down(slow: Format, locale: Locale, scale: int, factor: int) -> Format:
    """Take what stands before and after the digits from Babel's own words for 0 and -1."""
    zero = format(Decimal(0), f".{scale}f").replace(".", numbers.get_decimal_symbol(locale))
    minus_one = slow(Decimal(-1) / factor)
    one = format(Decimal(1), f".{scale}f").replace(".", numbers.get_decimal_symbol(locale))
    before, _, after = slow(Decimal(0)).partition(zero)
    below_before, _, below_after = minus_one.partition(one)
    spec, whole = f",.{scale}f", scale == 0 and factor == 1
    signs = str.maketrans({",": numbers.get_group_symbol(locale), ".": numbers.get_decimal_symbol(locale)})
    plain = numbers.get_group_symbol(locale) == "," and numbers.get_decimal_symbol(locale) == "."

    def show(value: Number) -> str:
        if value.__class__ is int and whole:
            digits = f"{value:,}"
        else:
            number = value if isinstance(value, Decimal) else Decimal(repr(value))
            digits = f"{number if factor == 1 else number * factor:{spec}}"
        if not plain:
            digits = digits.translate(signs)
        if digits[0] == "-":
            return below_before + digits[1:] + below_after
        return before + digits + after

    return show


# ---- dates and times ----------------------------------------------------------------------------------------------

_FIELDS: dict[tuple[str, int], tuple[str, str]] = {
    ("y", 1): ("%d", "moment.year"),
    ("y", 4): ("%04d", "moment.year"),
    ("M", 1): ("%d", "moment.month"),
    ("M", 2): ("%02d", "moment.month"),
    ("d", 1): ("%d", "moment.day"),
    ("d", 2): ("%02d", "moment.day"),
    ("H", 1): ("%d", "moment.hour"),
    ("H", 2): ("%02d", "moment.hour"),
    ("m", 2): ("%02d", "moment.minute"),
    ("s", 2): ("%02d", "moment.second"),
}
Lookup = tuple[tuple[str, ...], str]
"""Names, and which of them is a moment's."""


def _pattern(pattern: str, locale: Locale) -> Format:
    """Lay a date pattern down as one expression; names and half-days are looked up in tuples."""
    layout, values, names = "", list[str](), dict[str, Any]()
    for sort, value in dates.tokenize_pattern(pattern):
        if sort == "chars":
            layout += str(value).replace("%", "%%")
            continue
        letter, count = str(value[0]), int(value[1])
        if (letter, count) in _FIELDS:
            place, read = _FIELDS[letter, count]
        else:
            found = _lookup(letter, count, locale)
            if found is None:
                return lambda moment: str(dates.parse_pattern(pattern).apply(moment, locale))
            table, number = f"names{len(names)}", found[1]
            names[table], place, read = found[0], "%s", f"{table}[{number}]"
        layout += place
        values.append(read)
    # Nothing but expressions of this file stands in the text.
    made: Format = eval(f"lambda moment: layout % ({', '.join(values)},)", {**names, "layout": layout})  # noqa: S307
    return made


def _lookup(letter: str, count: int, locale: Locale) -> Lookup | None:
    widths: dict[int, Literal["abbreviated", "wide"]] = {3: "abbreviated", 4: "wide"}
    if letter in "ML" and count in widths:
        months = dates.get_month_names(widths[count], "format" if letter == "M" else "stand-alone", locale)
        return ("", *(months[month] for month in range(1, 13))), "moment.month"
    if letter == "E" and count in (1, 2, *widths):
        days = dates.get_day_names(widths.get(count, "abbreviated"), "format", locale)
        return tuple(days[day] for day in range(7)), "moment.weekday()"
    if letter == "a" and count in (1, 2, 3):
        return tuple(dates.parse_pattern("a").apply(dt.time(hour), locale) for hour in range(24)), "moment.hour"
    if letter == "h" and count in (1, 2):
        return tuple(format((hour + 11) % 12 + 1, f"0{count}") for hour in range(24)), "moment.hour"
    return None


def _instant(locale: Locale, zone: str, width: Width) -> Format:
    """Join date and time as the locale does; the time shows no seconds below `long`, as people write it."""
    both = str(dates.get_datetime_format(width, locale=locale)).replace("'", "")
    time = dates.get_time_format("short" if width == "medium" else width, locale).pattern
    local = _pattern(both.replace("{0}", time).replace("{1}", dates.get_date_format(width, locale).pattern), locale)
    place = dates.get_timezone(zone)
    return lambda moment: local(moment.astimezone(place))


# ---- durations ----------------------------------------------------------------------------------------------------


def _duration(locale: Locale) -> Format:
    names = ("hour", "minute", "second")
    space = "" if locale.language in ("zh", "ja") else " "
    one, other = ([_around(name, count, locale) for name in names] for count in (1, 2))

    def show(value: dt.timedelta) -> str:
        seconds = abs(round(value.total_seconds()))
        counts = (seconds // 3600, seconds % 3600 // 60, seconds % 60 if seconds < 60 else 0)
        parts = [
            str(count).join(single if count == 1 else many)
            for count, single, many in zip(counts, one, other, strict=True)
            if count
        ]
        return ("-" if value < dt.timedelta() else "") + (space.join(parts) or "0".join(other[1]))

    return show


def _around(unit: str, count: int, locale: Locale) -> tuple[str, str]:
    shown = units.format_unit(count, f"duration-{unit}", "narrow", locale=locale)
    if "duration-" in shown:
        shown = units.format_unit(count, f"duration-{unit}", "short", locale=locale)
    before, _, after = shown.partition(str(count))
    return before, after
