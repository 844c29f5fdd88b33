"""Words, numbers, dates and stray characters judged one by one: what is well written, and what was meant if not."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from kith.problems import Mistake, Words
from kith.rules import mistakes_literals as literals
from kith.rules import mistakes_syntax as m
from kith.rules.findings import Findings

RESERVED = frozenset(
    "and or not in is between if then else true false null where by asc desc".split(),
)
"""Never the name of anything."""
RECORDS = frozenset({"me", "this", "old"})
"""Whole names that already mean a record."""
STATEMENTS = tuple(
    "let set if for create update delete link unlink notify email webhook assign submit refuse stop".split(),
)
"""Words that begin a statement."""
UNITS = ("min", "h", "d", "w", "mo", "y")
MAX_DIGITS = 38
MAX_SPAN_DIGITS = 8
"""So that no span, not even in weeks, is longer than can be counted in microseconds."""
MAX_NAME = 48
MAX_OFFSET = timedelta(hours=14)

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_NUMBER = re.compile(r"([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)(%?)")
_SPAN = re.compile(r"([0-9]+)([^\W\d_]+)")
_MOMENT = re.compile(
    r"@(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_NOTHINGS = frozenset({"None", "Nil", "NIL", "NONE", "Undefined"})

FOREIGN_OPERATORS = {
    "&&": "and",
    "||": "or",
    "!": "not",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&": "and",
    "|": "or",
    "?.": ".",
    "?:": "??",
}
"""Operators of other languages, and what they are called here."""
_FOREIGN: dict[str, Mistake] = {
    "**": m.NO_OPERATOR,
    "^": m.NO_OPERATOR,
    "%": m.MODULO,
    "?": m.TERNARY,
    "//": m.COMMENT_FORM,
    "/*": m.COMMENT_FORM,
    ";": m.SEMICOLON,
    "+=": m.SET_IN_PLACE,
    "-=": m.SET_IN_PLACE,
    "*=": m.SET_IN_PLACE,
    "/=": m.SET_IN_PLACE,
    ":=": m.SET_IN_PLACE,
}
_WIDE = str.maketrans(
    {
        "　": " ", "\xa0": " ", "。": ".", "、": ",", "【": "[", "】": "]", "×": "*", "÷": "/", "−": "-", "–": "-", "—": "-",
        "≠": "!=", "≤": "<=", "≥": ">=",
    }
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
)  # fmt: skip


def operator(found: Findings, start: int, text: str) -> None:
    """Report a sign that is no operator of the language."""
    end = start + len(text)
    good = FOREIGN_OPERATORS.get(text)
    if good:
        space = " " if text == "!" and found.excerpt.text[end : end + 1] != " " else ""
        found.add(m.FOREIGN_OPERATOR, start, end, mend=good + space, text=text, good=good)
    elif text in _FOREIGN:
        found.add(_FOREIGN[text], start, end, hint=_hint(text), text=text)
    elif ord(text) < 32 or ord(text) == 127:
        found.add(m.CONTROL, start, end, code=f"U+{ord(text):04X}")
    else:
        found.add(m.STRANGE, start, end, text=text)


def _hint(text: str) -> Words | None:
    if text == "%":
        return Words("the remainder is `mod(a, b)`", "余数写作 `mod(a, b)`")
    return Words("multiply it out: `a * a`", "请用乘法：`a * a`") if text in {"**", "^"} else None


def wide(found: Findings, start: int, text: str) -> str:
    """Report a run of full-width characters; return what they stand for."""
    good = text.translate(_WIDE)
    shown = f"`{good}`" if good.strip() else Words("an ordinary space", "普通空格")
    found.add(m.FULL_WIDTH, start, start + len(text), mend=good, text=text, good=shown)
    return good


def quoted(found: Findings, start: int, text: str) -> None:
    """Report a text in quotes other than `"`."""
    inner = text[1:-1] if len(text) > 1 else text
    mend = None if re.search(r'["\\{}]', inner) or len(text) < 2 else f'"{inner}"'
    if text[0] in "'‘’`":
        found.add(m.SINGLE_QUOTES, start, start + len(text), mend=mend)
    else:
        found.add(m.FULL_WIDTH, start, start + len(text), mend=mend, text=text[0], good='`"`')


def word(found: Findings, start: int, text: str) -> None:
    """Report a word that has not the form of a name."""
    end = start + len(text)
    if NAME.fullmatch(text) and len(text) <= MAX_NAME:
        return
    lower = text.lower()
    if text in _NOTHINGS:
        found.add(m.FOREIGN_NULL, start, end, mend="null", text=text)
    elif lower in RESERVED or lower in {"set", *STATEMENTS}:
        found.add(m.LETTER_CASE, start, end, mend=lower, good=lower)
    else:
        likely = re.sub(r"_+", "_", re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", text).lower()).strip("_")
        good = NAME.fullmatch(likely) and len(likely) <= MAX_NAME and likely not in RESERVED
        hint = Words(f"perhaps `{likely}`?", f"是否想写 `{likely}`？") if good else None
        shown = text if len(text) <= MAX_NAME else text[:MAX_NAME] + "…"
        found.add(literals.NAME_FORM, start, end, hint=hint, name=shown)


def number(found: Findings, start: int, text: str) -> None:
    """Report a number, percentage or span of time that is not well written."""
    end = start + len(text)
    digits = sum(map(str.isdigit, text))
    if _NUMBER.fullmatch(text):
        if digits > MAX_DIGITS:
            found.add(literals.DIGITS, start, end, digits=digits, limit=MAX_DIGITS)
        return
    span = _SPAN.fullmatch(text)
    if not span:
        hint = None
        if re.fullmatch(r"[0-9]+\.[0-9]+[a-z]+", text):
            hint = Words(
                "spans of time are whole: `90min` for one and a half hours", "时间长度是整数：一个半小时写 `90min`"
            )
        found.add(literals.NUMBER_FORM, start, end, hint=hint)
    elif span[2] == "m":
        found.add(
            literals.BARE_M,
            start,
            end,
            hint=Words(f"`{span[1]}min` or `{span[1]}mo`", f"`{span[1]}min` 或 `{span[1]}mo`"),
        )
    elif span[2] not in UNITS:
        _unit(found, start, end, span[1], span[2])
    elif digits > MAX_SPAN_DIGITS:
        found.add(literals.DIGITS, start, end, digits=digits, limit=MAX_SPAN_DIGITS)


_MEANT = {
    "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d",
    "week": "w", "weeks": "w", "month": "mo", "months": "mo", "year": "y", "years": "y", "yr": "y",
}  # fmt: skip


def _unit(found: Findings, start: int, end: int, digits: str, unit: str) -> None:
    meant = _MEANT.get(unit.lower(), unit.lower())
    found.add(literals.UNKNOWN_UNIT, start, end, mend=digits + meant if meant in UNITS else None, unit=unit)


def moment(found: Findings, start: int, text: str) -> None:
    """Report a date or instant that is not well written or does not exist."""
    end = start + len(text)
    match = _MOMENT.fullmatch(text)
    if not match:
        found.add(literals.DATE_FORM, start, end, mend=_likely_date(text))
    elif not 1900 <= int(match["day"][:4]) <= 2999:
        found.add(literals.YEAR_RANGE, start, end)
    elif not _exists(match["day"], match["time"], match["zone"]):
        found.add(literals.NO_SUCH_DATE, start, end, text=text[1:])


def _exists(day: str, time: str | None, zone: str | None) -> bool:
    try:
        if time is None:
            return bool(date.fromisoformat(day))
        whole = datetime.fromisoformat(f"{day}T{time}{zone or 'Z'}")
    except ValueError:
        return False
    return abs(whole.utcoffset() or timedelta()) <= MAX_OFFSET


def _likely_date(text: str) -> str | None:
    parts = re.fullmatch(r"@([0-9]{4})[-/.]?([0-9]{1,2})[-/.]([0-9]{1,2})", text)
    return f"@{parts[1]}-{parts[2]:0>2}-{parts[3]:0>2}" if parts else None
