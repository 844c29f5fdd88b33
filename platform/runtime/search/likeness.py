"""Two values of a field side by side, and what a record is found by under a rule."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kith.metadata.model import Duplicate, Field
from kith.runtime.schema.sortkeys import fold
from kith.runtime.schema.tables import EntityTable
from kith.runtime.search.names import are_alike, keys_of, name_of, text_of
from kith.runtime.search.terms import field_code

NATIONAL = 9
"""Digits of a phone number, from its end, that tell it from others wherever it is dialled from."""
FEWEST = 7
EMPTY: tuple[object, ...] = (None, "", frozenset())


def exact(value: Any) -> str:
    """A value as itself."""
    if isinstance(value, frozenset | set):
        return " ".join(sorted(map(str, value)))
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def folded(value: Any) -> str:
    """A text without case, width and superfluous blanks."""
    return " ".join(fold(unicodedata.normalize("NFKC", text_of(value))).split())


def digits(value: Any) -> str:
    """The digits of a phone number that are dialled from everywhere; none of what is no number."""
    found = "".join(letter for letter in str(value) if letter.isdigit())
    return found[-NATIONAL:] if len(found) >= FEWEST else ""


FORMS: Mapping[str, Callable[[Any], str]] = {"exact": exact, "folded": folded, "phone": digits}
"""The ways of comparing by which values are the same or not."""


def same(way: str, one: Any, other: Any) -> bool:
    """Whether two values of a field may mean the same."""
    if one in EMPTY or other in EMPTY:
        return False
    if (form := FORMS.get(way)) is not None:
        left = form(one)
        return bool(left) and left == form(other)
    left_name, right_name = name_of(text_of(one)), name_of(text_of(other))
    if way == "pinyin":
        return not left_name.sounds.isdisjoint(right_name.sounds)
    return are_alike(left_name, right_name)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A rule by which records of an entity may be the same; `code` is what the terms of its keys begin with."""

    rule: Duplicate
    entity: str
    code: str
    fields: tuple[Field, ...]

    @property
    def path(self) -> str:
        """What the rule is called in answers and explanations."""
        return f"{self.entity}.duplicates.{self.rule.name}"

    def keys(self, record: Mapping[str, Any]) -> list[str]:
        """The terms by which the record is found; none where a part is empty."""
        plain: list[str] = []
        loose: tuple[str, ...] = ("",)
        for name, way in self.rule.match.items():
            value = record.get(name)
            if value in EMPTY:
                return []
            if (form := FORMS.get(way)) is not None:
                plain.append(form(value))
                if not plain[-1]:
                    return []
            elif loose == ("",):
                # Of several names the first leads to the others, which are compared only.
                name_ = name_of(text_of(value))
                loose = tuple(sorted(name_.sounds)) if way == "pinyin" else keys_of(name_)
        return list(_terms(self.code, tuple(plain), loose))

    def holds(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        """Whether two records may be the same."""
        return all(same(way, one.get(name), other.get(name)) for name, way in self.rule.match.items())


@lru_cache(maxsize=512)
def _terms(code: str, plain: tuple[str, ...], loose: tuple[str, ...]) -> tuple[str, ...]:
    # A save asks for them twice: to look for others, and for its own search row.
    known = "\x1f".join(plain)
    texts = (f"{known}\x1f{one}" for one in loose)
    return tuple(code + hashlib.blake2b(text.encode(), digest_size=7).hexdigest() for text in texts)


def likenesses(table: EntityTable) -> Iterator[Likeness]:
    """The rules of an entity; their codes go by physical names and outlive renames."""
    entity = table.entity
    for rule in entity.duplicates.values():
        fields = tuple(entity.fields[name] for name in rule.match)
        match = sorted((_place(table, name), way) for name, way in rule.match.items())
        code = field_code(table.stable_name, "duplicates " + " ".join(f"{place}={way}" for place, way in match))
        yield Likeness(rule, entity.name, f"{code}d", fields)


def _place(table: EntityTable, name: str) -> str:
    columns = table.columns.get(name)
    if columns is not None:
        return next(iter(columns.parts.values())).name
    link = table.links.get(name)
    return link.table.name if link is not None else name
