"""Cursors: where a page ended, as an opaque text of typed sort keys and an id, which is checked when it comes back."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kith.rules.sql.values import Engine, from_database, to_database
from kith.rules.travel import read, written
from kith.rules.types import Type

LONGEST = 4_000
"""Characters of a cursor; a sort key has at most a few hundred."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the sort keys of a record, as the database has them, and its id."""

    keys: tuple[Any, ...]
    id: str

    @property
    def missing(self) -> tuple[bool, ...]:
        """Which of the keys are null."""
        return tuple(key is None for key in self.keys)


def encoded(order: str, types: Sequence[Type], position: Position, engine: Engine) -> str:
    """The cursor of a position in an order."""
    keys = [
        key if type_.kind == "text" else written(from_database(key, type_, engine), type_)
        for key, type_ in zip(position.keys, types, strict=True)
    ]
    text = json.dumps([order, keys, position.id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str, order: str, types: Sequence[Type], engine: Engine) -> Position:
    """The position of a cursor; ValueError where it is none of this order."""
    if len(cursor) > LONGEST:
        raise ValueError("too long")
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw)
    except (binascii.Error, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(found, list) or len(found) != 3 or found[0] != order or not isinstance(found[1], list):
        raise ValueError("a cursor of another order")
    if not isinstance(found[2], str) or not ID.fullmatch(found[2]):
        raise ValueError("no id")
    keys = tuple(_key(key, type_, engine) for key, type_ in zip(found[1], types, strict=True))
    return Position(keys, found[2])


def _key(key: Any, type_: Type, engine: Engine) -> Any:
    if type_.kind == "text":
        if key is not None and (not isinstance(key, str) or "\0" in key):
            raise ValueError("no text")
        return key
    return to_database(read(key, type_), type_, engine)
