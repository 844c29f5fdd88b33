"""What each column is: the first type that all its values, or all but a few of many, fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kith.inferring.columns import Column, Sheet
from kith.inferring.findings import Doubt, joined, sample
from kith.inferring.guessing import choosing, numbers, texts, times
from kith.inferring.guessing.guess import Asked, Guess
from kith.inferring.hints import hints_of
from kith.problems import Words

NOTHING = frozenset(
    {
        "n/a",
        "#n/a",
        "na",
        "null",
        "none",
        "nan",
        "nil",
        "-",
        "--",
        "—",
        "——",
        "?",
        "#ref!",
        "#value!",
        "#div/0!",
        "\\n",
        "无",
        "空",
    }
)
"""Texts that mean nothing where everything else is a number or a day."""
PLACEHOLDERS = frozenset(
    {
        "n/a",
        "#n/a",
        "null",
        "nan",
        "#ref!",
        "#value!",
        "#div/0!",
        "\\n",
        "select",
        "please select",
        "请选择",
        "--",
        "——",
    }
)
"""Texts that mean nothing among others."""

NUMBERS_AND_TIMES: tuple[Callable[[Asked], Guess | None], ...] = (
    numbers.truth,
    numbers.share,
    times.guess,
    numbers.number,
    numbers.with_commas,
    texts.mail,
    texts.web,
    texts.telephone,
)
"""Types whose values look like no text."""
TEXTS: tuple[Callable[[Asked], Guess | None], ...] = (
    texts.country,
    texts.number_of_something,
    choosing.choices,
    choosing.choice,
    texts.person,
    texts.postal,
)


def guesses(sheet: Sheet, currency: str, region: str) -> dict[str, Guess]:
    """What each column of a sheet is; formats of dates that leave no doubt decide those that do."""
    asked = {
        column.name: Asked(column, f"{sheet.name}.{column.header}", hints_of(column.header), currency, region)
        for column in sheet.columns
    }
    found = {name: guess(one) for name, one in asked.items()}
    known = frozenset(
        str(one.reading["date"])
        for one in found.values()
        if one.type in ("date", "datetime") and "date" in one.reading and not one.doubts
    )
    for name, one in found.items():
        if known and one.type in ("date", "datetime") and one.doubts:
            found[name] = guess(asked[name], known)
    return found


def guess(asked: Asked, known: frozenset[str] = frozenset()) -> Guess:
    """What a column is."""
    if not asked.column.filled:
        return Guess("text", asked.column, Words("No row has a value.", "没有任何值。"))
    for markers in ((), NOTHING):
        cleaned, empty = without(asked.column, frozenset(markers))
        if markers and not empty:
            break
        if not cleaned.filled:
            continue
        tried = replace(asked, column=cleaned)
        for kind in NUMBERS_AND_TIMES:
            found = times.guess(tried, known) if kind is times.guess else kind(tried)
            if found is not None:
                return emptied(found, asked, empty)
    return _among_texts(asked)


def _among_texts(asked: Asked) -> Guess:
    """A column of texts: only what cannot be one of them means nothing."""
    column = asked.column
    usual = column.filled / max(column.distinct, 1)
    # What comes no more often than any other value is one: somebody may be called Null.
    rare = {text.lower() for _, text, count in column.each() if usual < 2 and count < 3 and text[0] != "#"}
    cleaned, empty = without(column, PLACEHOLDERS - rare)
    if not cleaned.filled:
        return texts.anything(asked)
    tried = replace(asked, column=cleaned)
    found = next((one for kind in TEXTS if (one := kind(tried)) is not None), None)
    found = emptied(found or texts.anything(tried), asked, empty)
    more = () if found.type == "country" else (*texts.almost_countries(tried), *texts.users(tried))
    return replace(found, doubts=(*found.doubts, *more))


def as_text(sheet: Sheet, name: str, empty: Sequence[str]) -> Guess:
    """A column as text, for its values do not fit what they looked like; some texts not even that."""
    column = sheet.by_name[name]
    asked = Asked(column.without(empty), f"{sheet.name}.{column.header}", frozenset(), "", "")
    found = texts.anything(asked) if asked.column.filled else Guess("text", asked.column, Words("", ""))
    return emptied(found, replace(asked, column=column), empty)


def without(column: Column, markers: frozenset[str]) -> tuple[Column, list[str]]:
    """A column without texts that mean nothing, and which of them there are."""
    empty = [text for value, text, _ in column.each() if isinstance(value, str) and text.lower() in markers]
    return (column.without(empty), empty) if empty else (column, [])


def emptied(found: Guess, asked: Asked, empty: Sequence[str]) -> Guess:
    """A guess about a column of which some texts mean nothing."""
    if not empty:
        return found
    count = asked.column.count_of(empty)
    told = Words(f"{count:,} times {sample(empty)} means nothing.", f"{count:,} 个 {sample(empty)} 视为空。")
    also = found.reading.get("empty", [])
    assert isinstance(also, list)
    doubt = Doubt(
        asked.place,
        Words(f"{sample(empty)} is read as empty, {count:,} times.", f"{sample(empty)} 读作空，共 {count:,} 次。"),
        Words("Without `empty:` in the import it would be a value.", "去掉导入中的 `empty:` 则作为值。"),
    )
    reading = {**found.reading, "empty": [*empty, *also]}
    return replace(found, why=joined((found.why, told)), reading=reading, doubts=(*found.doubts, doubt))
