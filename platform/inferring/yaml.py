"""Values as the text of a YAML document: one line for what is short, a block for what is long; comments above."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff_](?:[\w\u4e00-\u9fff /.()-]*[\w\u4e00-\u9fff)])?|\d{1,15}")
TAKEN = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
WIDTH = 130


def scalar(value: object) -> str:
    """A text, number or truth as YAML reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if PLAIN.fullmatch(value) and value.lower() not in TAKEN and value.isascii() | value.isprintable():
        return value
    return quoted(value)


def quoted(text: str) -> str:
    """A text in double quotes, with escapes for what YAML does not take as it is."""
    found = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in found)


def _escaped(sign: str) -> str:
    code = ord(sign)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def lines(key: str, value: object, indent: int = 0) -> Iterator[str]:
    """A key with its value: on one line where it fits, else its parts below it."""
    pad = " " * indent
    line = f"{pad}{scalar(key)}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, (Mapping, Sequence)) or isinstance(value, str) or not value:
        yield line
    elif isinstance(value, Mapping):
        yield f"{pad}{scalar(key)}:"
        for name, one in value.items():
            yield from lines(str(name), one, indent + 2)
    else:
        yield f"{pad}{scalar(key)}:"
        yield from (f"{pad}  - {flow(one)}" for one in value)


def comment(text: str, indent: int = 0) -> str:
    """A line of comment; what would break it is taken out."""
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"{' ' * indent}# {' '.join(clean.split())}"
