"""The reference page of conversions: made of the table that plans use, so that it is never out of date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kith.runtime.converting.conversions import NO_WAY, NUMBERED, OTHER_CURRENCY, OTHER_TARGET, SAME, WAYS, Way, always

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "long_text", "markdown", "external_id"),
    "code": ("email", "phone", "url", "country", "language", "currency", "time_zone"),
    "reference": ("reference", "user", "team"),
    "references": ("references", "users"),
    "file": ("file", "image"),
}
"""Families of several types; others are called as their one type is."""
HEAD = """# Changing a field's type · 更改字段类型

A field whose `type` (or digits, or `max_length`) changes gets columns of its own, which are filled from the old ones; those stay
aside, so that `kith rollback` brings back what was in them. `kith plan` converts every value once and lists those that do not
fit: they need consent (`--allow-loss`). This table says what becomes of values. E-mails, phones, web addresses and other codes, and
autonumbers, convert as the texts they are; a formula converts as its result. A record's history tells values as they were, also
those from before the change.

字段的 `type`（或位数、`max_length`）改变时，会得到新的列，由旧列的值填充；旧列另行保留，因此 `kith rollback` 可以带回其中的值。
`kith plan` 会逐一转换并列出不适合的值：这需要确认（`--allow-loss`）。下表说明值会变成什么。
email、phone、url 等代码类型和自动编号按其文本转换，公式按其结果转换。记录的历史按当时的样子显示值，包括更改类型之前的值。

| from · 从 | to · 到 | values · 值 | fits · 适合 |
|---|---|---|---|"""
FOOT = """Refused where a record has a value, with what to do instead · 有值时拒绝，并说明替代做法：

"""


def conversions_page() -> str:
    """Every pair of types that convert, and why others do not."""
    refused = {
        "reference → reference": OTHER_TARGET,
        "money → money": OTHER_CURRENCY,
        "… → autonumber": NUMBERED,
        "…": NO_WAY,
    }
    reasons = "\n".join(f"- {pair}: {words.en} {words.zh}" for pair, words in refused.items())
    return "\n".join([HEAD, *_rows()]) + f"\n\n{FOOT}{reasons}\n"


def _rows() -> Iterator[str]:
    told: dict[tuple[Way, tuple[str, ...]], list[str]] = {}
    for before, ways in WAYS.items():
        for way in dict.fromkeys(ways.values()):
            after = tuple(name for name, other in ways.items() if other is way and (name != before or way is not SAME))
            told.setdefault((way, after), []).append(before)
    for (way, families), befores in told.items():
        if families:
            fits = "always · 总是" if way.fits is always else "where it fits · 视值而定"
            words = f"{way.words.en} · {way.words.zh}"
            yield f"| {_spelled(befores)} | {_spelled(families)} | {words} | {fits} |"


def _spelled(families: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for family in families for name in _types(family))


def _types(family: str) -> tuple[str, ...]:
    return FAMILIES.get(family, (family,))
