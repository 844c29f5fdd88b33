"""Parts of a model as plain data that can be compared: places and layers left out, expressions as their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from kith.problems import Excerpt
from kith.rules.program import Expression, Program
from kith.rules.types import Type

NO_MEANING = frozenset({"span", "layer", "renamed_from"})
"""What says where a thing is written or was called once, not what it is."""

SCALARS = (str, int, bool)


def plain(value: object) -> Any:
    """A value as nested tuples and scalars; maps keep their order, which has a meaning."""
    match value:
        case Expression() | Program():
            return value.excerpt.text
        case Excerpt():
            return value.text
        case Type():
            return str(value)
        case Mapping():
            return tuple((key, plain(item)) for key, item in value.items())
        case tuple() | list():
            return tuple(plain(item) for item in value)
        case set() | frozenset():
            return tuple(sorted(map(str, value)))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return tuple((name, plain(getattr(value, name))) for name in _meaning(type(value)))
        case _:
            return value


def differing(before: Any, after: Any, but: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The attributes in which two objects of one dataclass differ."""
    return tuple(
        name
        for name in _meaning(before.__class__)
        if name not in but and not same(getattr(before, name), getattr(after, name))
    )


def same(one: object, other: object) -> bool:
    """Whether two values mean the same; most parts of two models do, and many are one object."""
    return one is other or (type(one) in SCALARS and one == other) or plain(one) == plain(other)


@cache
def _meaning(kind: type) -> tuple[str, ...]:
    """The attributes of a dataclass that say what a thing is."""
    return tuple(item.name for item in fields(kind) if item.name not in NO_MEANING)
