"""Options: few values that come again and again, alone or several in one cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt, sample
from kith.inferring.guessing.guess import Asked, Guess
from kith.inferring.naming import HAN, identifier, in_chinese, in_english, sentence_case, tokens, unused
from kith.problems import Words
from kith.runtime.coerce.choosing import ITEM

FEW, MANY = 12, 60
"""Options of a column, and of one whose heading speaks of a kind."""
LONGEST = 60
REPEATED = 3
"""How often a value comes, on the average, at least."""
SEPARATORS = ",;，；、"
NEVER = frozenset({"name", "long", "address", "phone", "place", "post", "id", "code", "user"})
"""Headings under which values may repeat and are yet no options."""


def choice(asked: Asked) -> Guess | None:
    """One of few options."""
    column = asked.column
    is_kind = "kind" in asked.hints
    if not is_kind and asked.hints & NEVER:
        return None
    texts = {text.casefold() for _, text, _ in column.each()}
    if not all(
        isinstance(value, str) and len(text) <= LONGEST and "\n" not in text for value, text, _ in column.each()
    ):
        return None
    count = column.filled
    most = MANY if is_kind else FEW if count < MANY * FEW else 2 * FEW
    enough = count >= REPEATED * len(texts) or (is_kind and count >= 2 * len(texts))
    if not enough or len(texts) > most or (len(texts) < 2 and not is_kind):
        return None
    said = Words(
        f"{count:,} values are {len(texts)} different texts: {sample(_common(column))}.",
        f"{count:,} 个值只有 {len(texts)} 种文本：{sample(_common(column))}。",
    )
    return Guess("choice", column, said, {"options": options_of(_common(column))}, {}, _alike(asked, column))


def _common(column: Column) -> list[str]:
    """The texts of a column, the most common first; of those that differ in large and small letters the commonest."""
    found: dict[str, str] = {}
    for _, text, _ in sorted(column.each(), key=lambda each: (-each[2], each[1])):
        found.setdefault(text.casefold(), text)
    return list(found.values())


def options_of(texts: Iterable[str]) -> dict[str, object]:
    """Options with labels in both languages; reading a label gives its option."""
    found: dict[str, object] = {}
    labels: set[str] = {text.casefold() for text in texts}
    for text in texts:
        key = option_key(text, found, labels - {text.casefold()})
        en, zh = _labels(text)
        # A label that is another option's text would be read as this one.
        others = labels - {text.casefold()}
        found[key] = {
            "label": {"en": text if en.casefold() in others else en, "zh-CN": text if zh.casefold() in others else zh}
        }
        labels |= {en.casefold(), zh.casefold()}
    return found


def option_key(text: str, used: Mapping[str, object], others: set[str]) -> str:
    """The key of an option: no other's text, for a key is read as its option, too."""
    name = identifier(text).removeprefix("n_") if text[:1].isdigit() else identifier(text)
    name = (name or "option").strip("_") or "option"
    return unused(name, {*used, *(other for other in others)})


def _labels(text: str) -> tuple[str, str]:
    """A text in English and Chinese; as it is where it is not known in the other. One of the two is always the text."""
    if HAN.search(text):
        english = in_english(text)
        return (sentence_case(english) if english else text, text)
    english = text[:1].upper() + text[1:] if len(text) > 3 else text
    return english, in_chinese(tokens(text)) or english


def _alike(asked: Asked, column: Column) -> tuple[Doubt, ...]:
    """Options that differ by very little may be the same, misspelt."""
    texts = _common(column)
    counts = {text: count for _, text, count in column.each()}
    squashed: dict[str, str] = {}
    pairs = []
    for text in texts:
        key = squash(text)
        if key in squashed:
            pairs.append(f"{text} ({counts.get(text, 0):,}) ~ {squashed[key]} ({counts.get(squashed[key], 0):,})")
        squashed.setdefault(key, text)
    if not pairs:
        return ()
    return (
        Doubt(
            asked.place,
            Words(f"These options may be the same: {sample(pairs)}.", f"这些选项可能相同：{sample(pairs)}。"),
            Words("`map:` in the import makes them one.", "在导入中用 `map:` 可合为一个。"),
        ),
    )


def squash(text: str) -> str:
    """A text without blanks, signs and capitals: GTX Pro and GTXPro are the same."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def choices(asked: Asked) -> Guess | None:
    """Several options or tags in one cell, parted by commas and the like."""
    column = asked.column
    if asked.hints & (NEVER - {"code"}) or not all(isinstance(value, str) for value, _, _ in column.each()):
        return None
    several = sum(count for _, text, count in column.each() if any(sign in text for sign in SEPARATORS))
    if several * 5 < column.filled or column.filled < 6:
        return None
    items: Counter[str] = Counter()
    for _, text, count in column.each():
        parts = parts_of(text)
        if not parts or len(parts) > 30:
            return None
        items.update(dict.fromkeys(parts, count))
    if max(len(item) for item in items) > 40 or items.total() < REPEATED * len(items) or len(items) > 200:
        return None
    listed = [item for item, _ in sorted(items.items(), key=lambda one: (-one[1], one[0]))]
    folded = {item.casefold(): item for item in reversed(listed)}
    said = Words(
        f"{several:,} of {column.filled:,} values hold several of {len(folded)} texts: {sample(listed)}.",
        f"{column.filled:,} 个值中有 {several:,} 个含多项，共 {len(folded)} 种：{sample(listed)}。",
    )
    if len(folded) > 2 * FEW:
        return Guess("tags", column, said)
    return Guess(
        "choices", column, said, {"options": options_of([item for item in listed if folded[item.casefold()] == item])}
    )


def parts_of(text: str) -> list[str]:
    """The items of a cell as an import takes them apart."""
    found = ((match[1] or "").replace('""', '"') or match[2] or "" for match in ITEM.finditer(text))
    return [part.strip() for part in found if part.strip()]
