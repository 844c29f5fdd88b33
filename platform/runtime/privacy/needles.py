"""The texts by which a person is known, wherever they stand: his names, addresses and numbers, now and before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.privacy.ties import Ids, chunks
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.write.shelf import shelf_of

TELLING = frozenset({"text", "long_text", "email", "phone", "url", "person_name", "external_id"})
"""Field types whose values are somebody's own; others, such as a birthday, many people share."""
SHORTEST, SHORTEST_WORD, SHORTEST_HAN, SHORTEST_NUMBER = 4, 8, 2, 7
"""Characters below which a text is found everywhere: of several words, of one plain word, of Han, of a number."""
LONGEST = 200
"""Characters beyond which nobody is called so."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = r"[A-Za-z0-9]"


@dataclass(frozen=True)
class Needles:
    """Texts to be found, the longest first."""

    texts: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds them as whole words, whatever their case."""
        return re.compile("|".join(_whole(text) for text in self.texts) or r"(?!)", re.IGNORECASE)

    def found_in(self, text: str) -> frozenset[str]:
        """Those that stand in a text, in small letters."""
        return frozenset(found.casefold() for found in self.pattern.findall(text))

    def without(self, doubtful: Iterable[str]) -> Needles:
        """The others."""
        gone = frozenset(doubtful)
        return Needles(tuple(text for text in self.texts if text.casefold() not in gone))

    def condition(self, column: Any, engine: str) -> sa.ColumnElement[bool]:
        """That a column may hold one: the database looks without words and accents, the pattern decides."""
        place = sa.func.instr if engine == "sqlite" else sa.func.strpos
        text = sa.cast(column, sa.Text)
        forms = {form for one in self.texts for form in (one, one.upper(), one.title()) if not form.isascii()}
        exact = (place(text, form) > 0 for form in sorted(forms))
        return sa.or_(sa.false(), *exact, *(place(sa.func.lower(text), one.lower()) > 0 for one in self.texts))


def _whole(text: str) -> str:
    before = f"(?<!{_EDGE})" if re.match(_EDGE, text) else ""
    after = f"(?!{_EDGE})" if re.match(_EDGE, text[-1]) else ""
    return f"{before}{re.escape(text)}{after}"


def personal_fields(release: Release, entity: str) -> Sequence[Field]:
    """The stored fields with personal data; references stay, since what they lead to is emptied itself."""
    fields = release.model.entities[entity].fields.values()
    return tuple(one for one in fields if one.personal and not one.is_computed and not refers(one))


def refers(field: Field) -> bool:
    """Whether a field leads to records."""
    return bool(field.to) or field.type_name == "any_reference"


def needles_of(connection: sa.Connection, release: Release, records: Ids) -> Needles:
    """The texts by which the people of some records are known, in all versions of them."""
    found: dict[str, str] = {}
    for entity, ids in records.items():
        fields = [one for one in personal_fields(release, entity) if one.type_name in TELLING | {"address"}]
        if not fields:
            continue
        shelf, columns = shelf_of(release, entity), release.names.entities[entity].columns
        for some in chunks(ids):
            for record in shelf.select(connection, some, lock=False):
                _note(found, fields, {one.name: record.get(one.name) for one in fields})
            for values in _versions(connection, shelf.table.stable_name, some):
                for part in ("old", "new"):
                    _note(found, fields, {one.name: values.get(columns[one.name], {}).get(part) for one in fields})
    return Needles(tuple(sorted(found.values(), key=lambda text: (-len(text), text))))


def _versions(connection: sa.Connection, table: str, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    history = system.history.c
    asked = sa.select(history["values"]).where(history.entity == table, history.record.in_(ids))
    yield from (values for values in connection.scalars(asked) if values)


def _note(found: dict[str, str], fields: Iterable[Field], record: Mapping[str, Any]) -> None:
    for field in fields:
        for text in _texts(field, record.get(field.name)):
            if is_telling(text):
                found.setdefault(text.casefold(), text)


def _texts(field: Field, value: Any) -> Iterator[str]:
    """The forms in which a value is written."""
    if field.type_name == "address" and isinstance(value, Mapping):
        yield str(value.get("street") or "").strip()
    elif isinstance(value, Mapping):
        family, given = (str(value.get(part) or "").strip() for part in ("family", "given"))
        if family and given:
            yield from (f"{family}{given}", f"{family} {given}", f"{given} {family}", f"{family}, {given}")
    elif isinstance(value, str):
        yield value.strip()
        if field.type_name == "phone":
            yield from _numbers(value)


def _numbers(value: str) -> Iterator[str]:
    import phonenumbers  # costs a tenth of a second

    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return
    for form in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL):
        yield phonenumbers.format_number(number, form)
    yield phonenumbers.national_significant_number(number)
    yield value.removeprefix("+")


def is_telling(text: str) -> bool:
    """Whether a text says who somebody is, and is not found everywhere."""
    if not text or len(text) > LONGEST or "\n" in text:
        return False
    if _HAN.search(text):
        return len(text) >= SHORTEST_HAN
    if text.isalpha():
        return len(text) >= SHORTEST_WORD
    return len(text) >= (SHORTEST_NUMBER if text.lstrip("+").replace(" ", "").isdigit() else SHORTEST)
