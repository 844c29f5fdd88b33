"""JSON that strangers send: read exactly, refused early, with few resources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from json import JSONDecodeError
from typing import Any

from kith.api.problems import Stop, stop

DEEPEST = 40
"""Levels of a body; sixteen levels of owned lines take 33."""
LONGEST_NUMBER = 80
LARGEST_EXPONENT = 40
# An unterminated text swallows the rest, so that this takes linear time.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(body: bytes) -> Any:
    """The value of a body, with every number with a point or an exponent as a Decimal; raises Stop."""
    if not body.strip():
        raise stop(400, "empty")
    if depth(body) > DEEPEST:
        raise stop(400, "too_deep", limit=DEEPEST)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise stop(400, "not_utf8") from None
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
    except JSONDecodeError as wrong:
        raise stop(400, "not_json", line=wrong.lineno, column=wrong.colno, reason=wrong.msg) from None
    if _SURROGATE.search(body) and not _is_whole(value):
        raise stop(400, "half_character")
    return value


def read_object(body: bytes) -> dict[str, Any]:
    """The same, where the body must be an object."""
    found = read_json(body)
    if not isinstance(found, dict):
        raise stop(400, "not_an_object")
    return found


def depth(body: bytes) -> int:
    """How deeply a body is nested, counted on its bytes: a parser that goes down with it would be too late."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    deepest = level = 0
    for byte in _TEXTS.sub(b"", body).translate(None, _NO_BRACKETS):
        if byte in b"[{":
            level += 1
            if level > DEEPEST:
                return level
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    raise stop(400, "twice", name=shown(name))


def _constant(name: str) -> Any:
    raise stop(400, "not_a_number", name=name)


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise stop(400, "number_too_long", limit=LONGEST_NUMBER)
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise stop(400, "number_too_long", limit=LONGEST_NUMBER)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _too_large(text) from None
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise _too_large(text)
    return number


def _too_large(text: str) -> Stop:
    return stop(400, "number_too_large", number=text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_decimal, strict=True
)


def _is_whole(value: Any) -> bool:
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if not one.isascii() and any("\ud800" <= character <= "\udfff" for character in one):
                return False
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return True


def shown(text: str) -> str:
    """A text of a stranger as a message may quote it."""
    text = "".join(character if character.isprintable() else "·" for character in text)
    return text if len(text) <= 60 else text[:59] + "…"


def only(body: dict[str, Any], known: Iterable[str]) -> None:
    """Refuse a body with parts that this address does not know."""
    names = tuple(known)
    for name in body:
        if name not in names:
            raise stop(400, "unknown_part", name=shown(name), known=", ".join(names))
