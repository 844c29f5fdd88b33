"""Texts that are more than texts: addresses of all kinds, telephones, countries, names, numbers of things."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC

from kith.inferring.findings import Doubt, sample
from kith.inferring.guessing.guess import Asked, Fitting, Guess, fitting, reading_of
from kith.inferring.guessing.times import NOWHERE
from kith.metadata.model import Field, Label
from kith.problems import Words
from kith.rules.types import TEXT
from kith.runtime.coerce import Misread, Reading
from kith.runtime.coerce.texts import read_country, read_email, read_phone, read_url
from kith.runtime.transfer.table import Cell

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
WEB = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
PHONE = re.compile(r"[+(]?[\d\s().+/-]{6,24}")
MOBILE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}")
HAN_NAME = re.compile(r"[\u3400-\u9fff·]{2,6}")
LINE, LONG, LONGEST = 255, 20_000, 60_000
"""Characters of a line, of a text, and of one whose field says so."""
FIELD = Field("", "", "text", TEXT, Label({}), Label({}), NOWHERE, "")
"""A field without settings, for readers that ask for nothing but the value."""


def _read(reader: Callable[[Field, object, Reading], str], asked: Asked, value: Cell, text: str) -> bool:
    try:
        return bool(reader(FIELD, text, Reading(zone=UTC, text=True, region=asked.region)))
    except Misread:
        return False


def mail(asked: Asked) -> Guess | None:
    """E-mail addresses."""
    first = next(asked.column.each())[1]
    if "@" not in first and "@" not in "".join(text for _, text, _ in list(asked.column.each())[:20]):
        return None
    found = fitting(
        asked.column, lambda value, text: bool(EMAIL.fullmatch(text)) and _read(read_email, asked, value, text)
    )
    return _plain("email", asked, found, "e-mail addresses", "邮箱地址")


def web(asked: Asked) -> Guess | None:
    """Addresses of the web."""
    found = fitting(asked.column, lambda value, text: bool(WEB.fullmatch(text)) and _read(read_url, asked, value, text))
    return _plain("url", asked, found, "web addresses", "网址")


def telephone(asked: Asked) -> Guess | None:
    """Telephone numbers: where the heading says so, or all look like Chinese mobiles or begin with a country code."""
    said = "phone" in asked.hints

    def fits(value: Cell, text: str) -> bool:
        own = text.startswith("+") or bool(MOBILE.fullmatch(text))
        return bool(PHONE.fullmatch(text)) and (said or own) and _read(read_phone, asked, value, text)

    found = fitting(asked.column, fits)
    guess = _plain("phone", asked, found, "telephone numbers", "电话号码")
    if guess is None or asked.region == "CN":
        return guess
    return Guess(guess.type, guess.column, guess.why, {"region": asked.region}, guess.reading, guess.doubts)


def _plain(type_: str, asked: Asked, found: Fitting, en: str, zh: str) -> Guess | None:
    if not found.is_good:
        return None
    return Guess(type_, found.kept(), found.says(en, zh), {}, reading_of(found), found.lost(asked.place))


def country(asked: Asked) -> Guess | None:
    """Countries by name or code, in either language."""
    if "country" not in asked.hints:
        return None
    found = fitting(asked.column, lambda value, text: _read(read_country, asked, value, text))
    return _plain("country", asked, found, "countries", "国家") if found.is_good else None


def almost_countries(asked: Asked) -> tuple[Doubt, ...]:
    """What speaks against countries where most values are some."""
    if "country" not in asked.hints:
        return ()
    strange = [text for value, text, _ in asked.column.each() if not _read(read_country, asked, value, text)]
    known = asked.column.distinct - len(strange)
    if known < 2 * len(strange):
        return ()
    listed = sample(strange)
    return (
        Doubt(
            asked.place,
            Words(
                f"{known} of {asked.column.distinct} different values are countries; not these: {listed}.",
                f"{asked.column.distinct} 种值中有 {known} 种是国家，这些不是：{listed}。",
            ),
            Words(
                "Map these in the import (`map:`), and it can be a country.",
                "在导入中用 `map:` 映射这些值后即可改为 country。",
            ),
        ),
    )


def users(asked: Asked) -> tuple[Doubt, ...]:
    """What could be people who sign in."""
    column = asked.column
    if "user" not in asked.hints or column.filled < 2 * column.distinct:
        return ()
    return (
        Doubt(
            asked.place,
            Words(
                f"{column.distinct:,} people may be users of the CRM; they are kept as texts.",
                f"{column.distinct:,} 个人员可能是系统用户；目前存为文本。",
            ),
            Words(
                "As `type: user` records could belong to them; they must be made as users first.",
                "若为 `type: user`，记录可归属于他们；须先创建这些用户。",
            ),
        ),
    )


def number_of_something(asked: Asked) -> Guess | None:
    """Codes and numbers that identify: kept as texts, for nobody reckons with them and zeros count."""
    column = asked.column
    if not asked.hints & {"id", "code"} or asked.hints & {"post", "phone", "money", "percent"}:
        return None
    if any(len(text) > 60 or "\n" in text for _, text, _ in column.each()):
        return None
    found = fitting(column, lambda value, _: isinstance(value, (str, int)) and not isinstance(value, bool))
    return (
        _plain("external_id", asked, found, "numbers or codes that identify", "用于识别的编号或代码")
        if found.is_good
        else None
    )


def person(asked: Asked) -> Guess | None:
    """Names of people, where the heading says so."""
    if "person" not in asked.hints:
        return None
    found = fitting(asked.column, is_person)
    return _plain("person_name", asked, found, "names of people", "人名")


def is_person(value: Cell, text: str) -> bool:
    """Whether a value looks like a person's name: two to six characters of Chinese, or two to four words without digits."""
    if not isinstance(value, str):
        return False
    words = text.split()
    return bool(HAN_NAME.fullmatch(text)) or (1 < len(words) < 5 and not any(sign.isdigit() for sign in text))


def postal(asked: Asked) -> Guess | None:
    """Addresses in one text, where the heading says so."""
    if "address" not in asked.hints or asked.hints & {"id", "code"}:
        return None
    found = fitting(
        asked.column, lambda value, text: isinstance(value, str) and len(text) <= 200 and not text.startswith("{")
    )
    texts = [text for _, text, _ in asked.column.each()]
    if not texts or sum(len(text) for text in texts) / len(texts) < 6:
        return None
    return _plain("address", asked, found, "addresses, kept as the street", "地址（存为街道）")


def anything(asked: Asked) -> Guess:
    """Text: of one line, or of several where it is long."""
    column = asked.column
    longest = max((len(text) for _, text, _ in column.each()), default=0)
    several = any("\n" in text or "\r" in text for _, text, _ in column.each())
    count = column.filled
    if longest > LONG:
        return _very_long(asked, longest)
    if several or longest > LINE or ("long" in asked.hints and longest > 80):
        said = Words(
            f"{count:,} texts, the longest of {longest:,} characters.", f"{count:,} 个文本，最长 {longest:,} 个字符。"
        )
        return Guess("long_text", column, said)
    said = Words(
        f"{count:,} values, {column.distinct:,} different, at most {longest} characters.",
        f"{count:,} 个值，{column.distinct:,} 种，最长 {longest} 个字符。",
    )
    return Guess("text", column, said)


def _very_long(asked: Asked, longest: int) -> Guess:
    """Texts beyond what is usual; rows with one that no field holds are told to fail, for to drop it silently is worse."""
    column = asked.column
    rows = sum(count for _, text, count in column.each() if len(text) > LONGEST)
    said = Words(
        f"{column.filled:,} texts, the longest of {longest:,} characters.",
        f"{column.filled:,} 个文本，最长 {longest:,} 个字符。",
    )
    doubt = Doubt(
        asked.place,
        Words(
            f"{rows:,} rows have texts of more than {LONGEST:,} characters and will fail.",
            f"{rows:,} 行的文本超过 {LONGEST:,} 个字符，导入时会失败。",
        ),
        Words("Shortened, they go in.", "缩短后即可导入。"),
    )
    return Guess("long_text", column, said, {"max_length": LONGEST}, {}, (doubt,) if rows else ())
