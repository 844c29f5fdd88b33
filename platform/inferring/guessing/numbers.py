"""Truths, shares, whole numbers, decimals and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt, joined
from kith.inferring.guessing.guess import Asked, Fitting, Guess, fitting, reading_of
from kith.problems import Words
from kith.runtime.coerce.numbers import NO, PLAIN, SYMBOLS, WIDE, YES
from kith.runtime.transfer.table import Cell
from kith.runtime.transfer.values import pointed

MARKS = {"t": "true", "f": "false", "√": "true", "×": "false", "✓": "true", "✗": "false", "1": "true", "0": "false"}
SIGNS = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "CNY": "CNY",
    "$": "USD",
    "USD": "USD",
    "€": "EUR",
    "EUR": "EUR",
    "£": "GBP",
}
SIGNS |= {"GBP": "GBP", "RMB": "CNY", "人民币": "CNY", "美元": "USD"}
COMMA = re.compile(r"[+-]?(\d+|\d{1,3}([.\u00a0\u202f ']\d{3})+)(,\d+)?")
NAMED = re.compile(r"USD|CNY|RMB|EUR|GBP|人民币|美元|[¥￥$€£]|元")
MOST_DIGITS = 15
FINEST = 6
"""Digits behind the point that are believed; what is behind them is what binary fractions add."""


def truth(asked: Asked) -> Guess | None:
    """Yes and no in both languages; 1 and 0 where both come and nothing else does."""
    texts = {text.lower() for _, text, _ in asked.column.each()}
    words = YES | NO | MARKS.keys()
    if not texts <= words:
        return None
    numeric = texts <= {"0", "1"}
    if numeric and len(texts) < 2:
        return None
    if len(texts) < 2 and "truth" not in asked.hints:
        return None
    found = fitting(asked.column, lambda value, text: text.lower() in words)
    map_ = {text: MARKS[text.lower()] for _, text, _ in asked.column.each() if text.lower() in MARKS}
    doubt = Doubt(
        asked.place,
        Words("Only 1 and 0 come: taken for yes and no.", "只有 1 和 0：视为是否。"),
        Words("As an integer it could be added up.", "若为 integer 则可以求和。"),
    )
    said = found.says("yes or no", "是否值")
    return Guess("boolean", found.kept(), said, {}, {"map": map_} if map_ else {}, (doubt,) if numeric else ())


def share(asked: Asked) -> Guess | None:
    """A percentage: written with %, or as fractions or points where the heading says so."""
    column = asked.column
    signed = fitting(
        column, lambda value, text: isinstance(value, str) and text.endswith(("%", "％")) and _is(text[:-1])
    )
    if signed.is_good:
        said = signed.says("percentages with %", "带 % 的百分比")
        return Guess("percent", signed.kept(), said, {}, reading_of(signed), signed.lost(asked.place))
    if "percent" not in asked.hints or "money" in asked.hints:
        return None
    found = fitting(column, is_number)
    if not found.is_good:
        return None
    numbers = [abs(number_of(value, text)) for value, text, _ in found.kept().each()]
    places = max(_places(numbers), 0)
    if numbers and max(numbers) <= 1 and places <= FINEST:
        said = found.says(
            "fractions between 0 and 1, and the heading speaks of a share", "0 到 1 的小数，且标题表示比例"
        )
        return _share(asked, found, said, "fraction", "points", "0.15 = 0.15%")
    if numbers and max(numbers) <= 100 and places <= FINEST - 2:
        said = found.says("numbers up to 100, and the heading speaks of a share", "不超过 100 的数，且标题表示比例")
        return _share(asked, found, said, "points", "fraction", "15 = 1,500%")
    return None


def _share(asked: Asked, found: Fitting, said: Words, percent: str, other: str, example: str) -> Guess:
    doubt = Doubt(
        asked.place,
        Words(f"Read as percent: {percent}.", f"按 percent: {percent} 读取。"),
        Words(f"With percent: {other}, {example}; as a decimal the numbers stay as they are.",
              f"若为 percent: {other}，则 {example}；若为 decimal，则数字保持原样。"),
    )  # fmt: skip
    keys = reading_of(found, percent=percent)
    return Guess("percent", found.kept(), said, {}, keys, (doubt, *found.lost(asked.place)))


def number(asked: Asked) -> Guess | None:
    """A whole number, a decimal or an amount."""
    column = asked.column
    found = fitting(column, is_amount)
    if not found.is_good or has_leading_zeros(found.kept()) or is_number_of_something(asked):
        return None
    kept = found.kept()
    pairs = [(value, text) for value, text, _ in kept.each()]
    numbers = [number_of(value, text) for value, text in pairs]
    digits, places = max(len(str(int(abs(n)))) for n in numbers), _places(numbers)
    if digits > MOST_DIGITS or digits + places > 18:
        return None
    keys, lost = reading_of(found), found.lost(asked.place)
    currency = _currency(asked, (text for _, text in pairs))
    if currency or ("money" in asked.hints and "count" not in asked.hints and not asked.hints & {"id", "code"}):
        return _money(asked, found, currency, digits, places)
    if places == 0:
        return Guess("integer", kept, found.says("whole numbers", "整数"), {}, keys, lost)
    said = found.says(*_with_places("numbers", "数", places))
    return Guess("decimal", kept, said, _size(digits, places), keys, lost)


def with_commas(asked: Asked) -> Guess | None:
    """Shares and numbers with a comma before the decimals, as 1.234,5: all values are, and some can be nothing else."""
    column = asked.column
    texts = [text for value, text, _ in column.each() if isinstance(value, str)]
    if len(texts) < column.distinct or not all(COMMA.fullmatch(bare(text.rstrip("%％ "))) for text in texts):
        return None
    pointed_ = tuple(pointed(value) if isinstance(value, str) else value for value in column.values)
    tried = replace(asked, column=replace(column, values=pointed_))
    found = share(tried) or number(tried)
    if found is None or found.reading.get("empty"):
        return None
    said = Words("Decimals stand behind a comma.", "小数点写作逗号。")
    return replace(found, column=column, why=joined((found.why, said)), reading={**found.reading, "decimal": "comma"})


def _with_places(english: str, chinese: str, places: int) -> tuple[str, str]:
    """Numbers in words, with how many decimals they have at most."""
    if places == 0:
        return f"whole {english}", f"没有小数的{chinese}"
    counted = "1 decimal" if places == 1 else f"{places} decimals"
    return f"{english} with up to {counted}", f"最多 {places} 位小数的{chinese}"


def _money(asked: Asked, found: Fitting, currency: str, digits: int, places: int) -> Guess:
    said = found.says(*_with_places("amounts", "金额", places))
    own: dict[str, object] = {"currency": currency} if currency and currency != asked.currency else {}
    doubts: tuple[Doubt, ...] = ()
    if not currency:
        doubts = (
            Doubt(
                asked.place,
                Words(
                    f"The heading speaks of money, no value names a currency: {asked.currency}, the app's, is taken.",
                    f"标题表示金额，但没有值注明货币：取应用的货币 {asked.currency}。",
                ),
                Words(
                    "`currency:` names another one; as a decimal it has none.",
                    "可用 `currency:` 指定其他货币；若为 decimal 则没有货币。",
                ),
            ),
        )
    keys = own | _size(digits, max(places, 2), usual=2)
    return Guess("money", found.kept(), said, keys, reading_of(found), (*doubts, *found.lost(asked.place)))


def _size(digits: int, places: int, usual: int = -1) -> dict[str, object]:
    """The precision and scale, where the usual ones do not do; numbers may grow by three digits."""
    keys: dict[str, object] = {"scale": places} if places != (usual if usual >= 0 else 2) else {}
    wanted = min(digits + 3 + places, 18)
    return keys | ({"precision": wanted} if wanted > MOST_DIGITS else {})


def _currency(asked: Asked, texts: Iterable[str]) -> str:
    """The currency that the heading or all values with a sign name; "" for none."""
    if named := NAMED.search(asked.column.header):
        return SIGNS[named.group()]
    found = {SIGNS[match.group()] for text in texts for match in [NAMED.search(text)] if match}
    return found.pop() if len(found) == 1 else ""


def _is(text: str) -> bool:
    return bool(PLAIN.fullmatch(text.translate(WIDE).strip()))


def is_number(value: Cell, text: str) -> bool:
    """Whether a value is a number, with grouping commas or without."""
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float, Decimal)) or (isinstance(value, str) and len(text) < 40 and _is(text))


def is_amount(value: Cell, text: str) -> bool:
    """Whether a value is a number, perhaps with the sign of a currency."""
    return is_number(value, text) or (isinstance(value, str) and len(text) < 40 and _is(bare(text)))


def bare(text: str) -> str:
    """An amount without the sign of its currency, as an import reads it."""
    return SYMBOLS.sub("", text.translate(WIDE).strip())


def number_of(value: Cell, text: str) -> Decimal:
    """A value that is a number; what binary fractions add behind the sixth digit is left out."""
    if isinstance(value, float):
        rounded = round(Decimal(repr(value)), FINEST)
        near = abs(rounded - Decimal(repr(value))) <= Decimal("1e-9") * max(Decimal(1), abs(rounded))
        return rounded if near else Decimal(repr(value))
    return Decimal(bare(text).replace(",", ""))


def _places(numbers: Iterable[Decimal]) -> int:
    """Digits behind the point, at most nine."""
    found = max((-int(number.normalize().as_tuple().exponent) for number in numbers), default=0)
    return min(max(found, 0), 9)


def has_leading_zeros(column: Column) -> bool:
    """Whether texts begin with a zero that a number would lose: these are codes."""
    return any(
        isinstance(value, str) and len(text) > 1 and text[0] == "0" and text[1].isdigit()
        for value, text, _ in column.each()
    )


def is_number_of_something(asked: Asked) -> bool:
    """Whether whole numbers are numbers of things, with which nobody reckons."""
    if asked.hints & {"post", "phone"}:
        return True
    return bool(asked.hints & {"id", "code"}) and not asked.hints & {"count", "money", "percent"}
