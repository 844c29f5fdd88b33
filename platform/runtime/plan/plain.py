"""Parts of a model as plain data that can be compared: places and layers left out, expressions as their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from kith.rules.program import Expression, Program
from kith.rules.types import Type

NO_MEANING = frozenset({"span", "layer", "renamed_from"})
"""What says where a thing is written or was called once, not what it is."""


def plain(value: object) -> Any:
    """A value as nested tuples and scalars; maps keep their order, which has a meaning."""
    match value:
        case Expression() | Program():
            return value.excerpt.text
        case Type():
            return str(value)
        case Mapping():
            return tuple((key, plain(item)) for key, item in value.items())
        case tuple() | list():
            return tuple(plain(item) for item in value)
        case set() | frozenset():
            return tuple(sorted(map(str, value)))
        case _ if is_dataclass(value) and not isinstance(value, type):
            names = (item.name for item in fields(value) if item.name not in NO_MEANING)
            return tuple((name, plain(getattr(value, name))) for name in names)
        case _:
            return value


def differing(before: object, after: object, but: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The attributes in which two objects of one dataclass differ."""
    assert is_dataclass(before)
    names = [item.name for item in fields(before) if item.name not in NO_MEANING | but]
    return tuple(name for name in names if plain(getattr(before, name)) != plain(getattr(after, name)))
