"""Values of several parts: addresses, names of people, ranges of dates."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kith.metadata.model import Field
from kith.runtime.coerce.reading import Misread, Reading, shown
from kith.runtime.coerce.texts import clean, read_country
from kith.runtime.coerce.times import read_date

MAX_PART = 200
ADDRESS = ("country", "region", "city", "district", "street", "postal_code")
NAME = ("family", "given")
RANGE = ("start", "end")
COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 司徒 夏侯 宇文 长孙 端木 百里 南宫 独孤".split()
)
"""Chinese family names of two characters."""


def read_address(field: Field, raw: object, reading: Reading) -> dict[str, str | None] | None:
    """An address by its parts; a plain text is the street."""
    raw = unpacked(raw, reading)
    given = {"street": raw} if isinstance(raw, str) else parts(raw, ADDRESS)
    found = {name: clean(given.get(name) or "", MAX_PART).strip() or None for name in ADDRESS}
    if found["country"]:
        found["country"] = read_country(field, found["country"], reading)
    return found if any(found.values()) else None


def read_person_name(field: Field, raw: object, reading: Reading) -> dict[str, str | None] | None:
    """A name by family and given name; a plain text is parted as its script does."""
    raw = unpacked(raw, reading)
    given = split_name(clean(raw, MAX_PART).strip()) if isinstance(raw, str) else parts(raw, NAME)
    found = {name: clean(given.get(name) or "", MAX_PART).strip() or None for name in NAME}
    return found if any(found.values()) else None


def split_name(text: str) -> dict[str, object]:
    """Family and given name of a whole name: Chinese names begin with the family, others end with it."""
    if text and text[0] > "\u2e80" and " " not in text:
        size = 2 if text[:2] in COMPOUND and len(text) > 2 else 1
        return {"family": text[:size], "given": text[size:]}
    given, _, family = text.rpartition(" ")
    return {"family": family, "given": given}


def read_date_range(field: Field, raw: object, reading: Reading) -> dict[str, object] | None:
    """A range of dates: `{"start": …, "end": …}` or `2026-01-01/2026-01-31`; either end may be open, both belong to it."""
    if isinstance(raw, str):
        start, _, end = raw.partition("/")
        raw = {"start": start.strip(), "end": end.strip()}
    given = parts(raw, RANGE)
    found = {name: read_date(field, given[name], reading) if given.get(name) else None for name in RANGE}
    start_on, end_on = found["start"], found["end"]
    if start_on is not None and end_on is not None and start_on > end_on:
        raise Misread("range_backwards", start=start_on, end=end_on)
    return dict(found) if start_on or end_on else None


def unpacked(raw: object, reading: Reading) -> object:
    """Files hold the parts of a value as the text of a JSON object, where one text does not say them all."""
    if reading.text and isinstance(raw, str) and raw.lstrip().startswith("{"):
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            return raw
    return raw


def parts(raw: object, names: tuple[str, ...]) -> Mapping[str, object]:
    """The parts of a value; unknown ones are refused."""
    if not isinstance(raw, Mapping) or not raw.keys() <= set(names):
        raise Misread("not_parts", value=shown(raw), parts=", ".join(names))
    return raw
