"""Functions that PostgreSQL says in its own words, and SQLite by a function that Kith registers from the table of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from kith.rules.operations.calendar import FAR_DAYS
from kith.rules.operations.texts import MAX_TEXT, SPACE
from kith.rules.operations.words import LONGEST_RUN
from kith.rules.sql.dialect import MONTHS, infix
from kith.rules.sql.tables import Element

if TYPE_CHECKING:
    from kith.rules.sql.postgresql import PostgreSQL

Build = Callable[..., Element]
BIGINT, INTEGER, TEXT = sa.BigInteger(), sa.Integer(), sa.Text()
MOMENT = sa.DateTime()
SPACES = f"[{SPACE}]+"
DIGIT = "[0123456789]"


def _text(value: str) -> Element:
    return sa.literal(value, TEXT)


def _n(value: int) -> Element:
    return sa.literal_column(str(value), INTEGER)


def _call(name: str, *args: Element, type_: TypeEngine[Any] = TEXT) -> Element:
    return getattr(sa.func, name)(*args, type_=type_)  # type: ignore[no-any-return]


def _length(text: Element) -> Element:
    return _call("char_length", text, type_=INTEGER)


def _less(left: Element, right: Element) -> Element:
    return infix(left, "-", right, INTEGER)


# --- texts -------------------------------------------------------------------------------------------------------------


def _right(_: PostgreSQL, text: Element, count: Element) -> Element:
    return _call("right", text, _call("greatest", count, _n(0), type_=INTEGER))


def _padded(name: str) -> Build:
    def build(_: PostgreSQL, text: Element, length: Element, fill: Element | None = None) -> Element:
        fill = _text(" ") if fill is None else fill
        long_enough = sa.or_(_length(text) >= length, fill == _text(""))
        return sa.case(
            (length > _n(LONGEST_RUN), sa.null()), (long_enough, text), else_=_call(name, text, length, fill)
        )

    return build


def _repeat(_: PostgreSQL, text: Element, times: Element) -> Element:
    size = infix(sa.cast(_length(text), BIGINT), "*", times, BIGINT)
    return sa.case(
        (times > _n(LONGEST_RUN), sa.null()),
        (size > _n(MAX_TEXT), _refused(size)),
        else_=_call("repeat", text, times),
    )


def _refused(size: Element) -> Element:
    """A text that would be too long is refused by a number that is too large for its type, before the text is made."""
    return sa.cast(sa.cast(infix(size, "*", _n(MAX_TEXT), BIGINT), INTEGER), TEXT)


def _capitalize(dialect: PostgreSQL, text: Element) -> Element:
    first = dialect.text("upper", _call("left", text, _n(1)))
    return infix(first, "||", _call("substr", text, _n(2)), TEXT)


def _index_of(_: PostgreSQL, text: Element, part: Element) -> Element:
    return sa.cast(_call("strpos", text, part, type_=INTEGER), BIGINT)


def _count(text: Element, part: Element) -> Element:
    left = _less(_length(text), _length(_call("replace", text, part, _text(""))))
    found = infix(left, "/", _call("nullif", _length(part), _n(0), type_=INTEGER), INTEGER)
    return _call("coalesce", found, _n(0), type_=INTEGER)


def replaced(text: Element, old: Element, new: Element) -> Element:
    """Every `old` replaced."""
    more = infix(sa.cast(_count(text, old), BIGINT), "*", _less(_length(new), _length(old)), BIGINT)
    size = infix(sa.cast(_length(text), BIGINT), "+", more, BIGINT)
    return sa.case((size > _n(MAX_TEXT), _refused(size)), else_=_call("replace", text, old, new))


def _count_of(_: PostgreSQL, text: Element, part: Element) -> Element:
    return sa.cast(_count(text, part), BIGINT)


def _split_part(_: PostgreSQL, text: Element, separator: Element, number: Element) -> Element:
    found = _call("abs", number, type_=INTEGER)
    none = sa.or_(number == _n(0), found > infix(_count(text, separator), "+", _n(1), INTEGER))
    return sa.case((none, sa.null()), else_=_call("split_part", text, separator, number))


def _before(_: PostgreSQL, text: Element, part: Element) -> Element:
    place = _call("strpos", text, part, type_=INTEGER)
    return _call("left", text, _call("greatest", _less(place, _n(1)), _n(0), type_=INTEGER))


def _after(_: PostgreSQL, text: Element, part: Element) -> Element:
    place = _call("strpos", text, part, type_=INTEGER)
    rest = _call("substr", text, infix(place, "+", _length(part), INTEGER))
    return sa.case((place == _n(0), _text("")), else_=rest)


def _replaced(text: Element, pattern: str, with_: str) -> Element:
    return _call("regexp_replace", text.collate("C"), _text(pattern), _text(with_), _text("g"))


def _digits(_: PostgreSQL, text: Element) -> Element:
    return _replaced(text, "[^0123456789]", "")


def _normalize_spaces(_: PostgreSQL, text: Element) -> Element:
    return _replaced(_call("btrim", text, _text(SPACE)), SPACES, " ")


def _initials(_: PostgreSQL, text: Element) -> Element:
    return _replaced(_call("ltrim", text, _text(SPACE)), f"([^{SPACE}])[^{SPACE}]*[{SPACE}]*", r"\1")


def _combine(_: PostgreSQL, separator: Element, *texts: Element) -> Element:
    filled = (_call("nullif", text, _text("")) for text in texts)
    return _call("concat_ws", _call("coalesce", separator, _text("")), *filled)


def _behind_at(text: Element) -> Element:
    """How many code points stand behind the last @."""
    return _less(_call("strpos", _call("reverse", text), _text("@"), type_=INTEGER), _n(1))


def _email_local(_: PostgreSQL, text: Element) -> Element:
    before = _less(_less(_length(text), _behind_at(text)), _n(1))
    return sa.case((_behind_at(text) < _n(0), sa.null()), else_=_call("left", text, before))


def _email_domain(dialect: PostgreSQL, text: Element) -> Element:
    domain = dialect.text("lower", _call("right", text, _behind_at(text)))
    return sa.case((_behind_at(text) < _n(0), sa.null()), else_=domain)


def _url_host(dialect: PostgreSQL, text: Element) -> Element:
    pattern = _text("^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)")
    return dialect.text("lower", _call("substring", text.collate("C"), pattern))


def _as_number(_: PostgreSQL, text: Element) -> Element:
    trimmed = _call("btrim", text, _text(SPACE))
    number = trimmed.collate("C").op("~")(_text(rf"^-?{DIGIT}{{1,12}}(\.{DIGIT}{{1,6}})?$"))
    return sa.case((number, sa.cast(trimmed, sa.Numeric(18, 6))), else_=sa.null())


# --- dates -------------------------------------------------------------------------------------------------------------


def _start(unit: str) -> Build:
    def build(_: PostgreSQL, day: Element) -> Element:
        return sa.cast(_call("date_trunc", _text(unit), sa.cast(day, MOMENT), type_=MOMENT), sa.Date())

    return build


def _end(unit: str, months: int, days: int) -> Build:
    """The day before the next one begins."""

    def build(dialect: PostgreSQL, day: Element) -> Element:
        span = _call("make_interval", _n(0), _n(months), _n(0), _n(days - 1), type_=sa.Interval())
        start = _call("date_trunc", _text(unit), sa.cast(day, MOMENT), type_=MOMENT)
        ended = sa.cast(infix(start, "+", span, MOMENT), sa.Date())
        return dialect.within_calendar(ended) if unit == "week" else ended

    return build


def _part(field: str) -> Build:
    return lambda _, day: sa.cast(sa.extract(field, sa.type_coerce(day, sa.Date())), BIGINT)


def _days_in_month(dialect: PostgreSQL, day: Element) -> Element:
    return _part("day")(dialect, _end("month", 1, 0)(dialect, day))


def _months_between(dialect: PostgreSQL, start: Element, end: Element) -> Element:
    years = infix(dialect.part("year", end), "-", dialect.part("year", start), BIGINT)
    months = infix(dialect.part("month", end), "-", dialect.part("month", start), BIGINT)
    both = infix(infix(years, "*", _n(12), BIGINT), "+", months, BIGINT)
    reached = dialect.add_months(start, both) <= end
    return infix(both, "-", sa.case((reached, _n(0)), else_=_n(1)), BIGINT)


def _add_days(dialect: PostgreSQL, day: Element, days: Element) -> Element:
    far = _call("abs", days, type_=INTEGER) > _n(FAR_DAYS)
    return sa.case((far, sa.null()), else_=dialect.add_days(day, days))


def _add_months(dialect: PostgreSQL, day: Element, months: Element) -> Element:
    far = _call("abs", months, type_=INTEGER) > _n(MONTHS)
    return sa.case((far, sa.null()), else_=dialect.add_months(day, months))


def _add_years(dialect: PostgreSQL, day: Element, years: Element) -> Element:
    far = _call("abs", years, type_=INTEGER) > _n(MONTHS // 12)
    return sa.case((far, sa.null()), else_=dialect.add_months(day, infix(years, "*", _n(12), INTEGER)))


def _date(_: PostgreSQL, year: Element, month: Element, day: Element) -> Element:
    # PostgreSQL may look at any part of a CASE first where all of it is written down: so no part may fail by itself.
    safe_year = _call("least", _call("greatest", year, _n(1900), type_=INTEGER), _n(2999), type_=INTEGER)
    safe_month = _call("least", _call("greatest", month, _n(1), type_=INTEGER), _n(12), type_=INTEGER)
    first = _call("make_date", safe_year, safe_month, _n(1), type_=sa.Date())
    within = sa.and_(year.between(_n(1900), _n(2999)), month.between(_n(1), _n(12)), day.between(_n(1), _n(31)))
    past = _call("least", _call("greatest", day, _n(1), type_=INTEGER), _n(31), type_=INTEGER)
    moved = infix(first, "+", _less(past, _n(1)), sa.Date())
    same = sa.cast(sa.extract("month", sa.type_coerce(moved, sa.Date())), INTEGER) == safe_month
    return sa.case((sa.and_(within, same), moved), else_=sa.null())


def _as_date(dialect: PostgreSQL, text: Element) -> Element:
    written = text.collate("C").op("~")(_text(f"^{DIGIT}{{4}}-{DIGIT}{{2}}-{DIGIT}{{2}}$"))
    said = sa.case((written, text), else_=_text("0000-00-00"))
    parts = [sa.cast(_call("substr", said, _n(at), _n(length)), INTEGER) for at, length in ((1, 4), (6, 2), (9, 2))]
    return dialect.once(lambda *found: _date(dialect, *found), *parts)


POSTGRESQL: Mapping[str, Build] = {
    "right": _right, "pad_left": _padded("lpad"), "pad_right": _padded("rpad"), "repeat": _repeat,
    "capitalize": _capitalize, "reverse": lambda _, text: _call("reverse", text), "index_of": _index_of,
    "count_of": _count_of, "split_part": _split_part, "before": _before, "after": _after, "digits": _digits,
    "normalize_spaces": _normalize_spaces, "initials": _initials, "combine": _combine, "email_local": _email_local,
    "email_domain": _email_domain, "url_host": _url_host, "as_number": _as_number,
    "start_of_week": _start("week"), "start_of_month": _start("month"), "start_of_quarter": _start("quarter"),
    "start_of_year": _start("year"), "end_of_week": _end("week", 0, 7), "end_of_month": _end("month", 1, 0),
    "end_of_quarter": _end("quarter", 3, 0), "end_of_year": _end("year", 12, 0), "weekday": _part("isodow"),
    "day_of_year": _part("doy"), "iso_year": _part("isoyear"), "days_in_month": _days_in_month,
    "months_between": _months_between, "add_days": _add_days, "add_months": _add_months, "add_years": _add_years,
    "date": _date, "as_date": _as_date,
}  # fmt: skip
"""What each is in PostgreSQL, of operands none of which is null; whole numbers come as plain integers."""
FOLDING = frozenset({"capitalize", "email_domain", "url_host"})
"""Those that change case, which needs a collation of PostgreSQL."""
