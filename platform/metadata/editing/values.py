"""Values as YAML: scalars in the style that suits them, maps and lists on one line where they are short."""

from __future__ import annotations

import json
from collections.abc import Mapping as Map
from collections.abc import Sequence as List
from decimal import Decimal
from typing import TypeAlias

from kith.metadata.scalars import on_one_line
from kith.problems import width
from kith.source import Entry, Mapping, Node, Scalar, Sequence, Style, read

Data: TypeAlias = "str | bool | int | Decimal | Scalar | Map[str, Data] | List[Data] | None"
"""What a value may be given as; a scalar of a document keeps its style."""

MAX_WIDTH = 120
"""Columns of a line that a map or list may fill."""
INDENT = "  "


def data_of(node: Node) -> Data:
    """A node as data; its scalars stay what they are, since their style may have a meaning."""
    if isinstance(node, Mapping):
        return {name: data_of(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [data_of(item) for item in node.items]
    return node


def plain_data(value: Data | Entry) -> Data:
    """A value, or that of an entry, as data."""
    return data_of(value.value) if isinstance(value, Entry) else value


def is_single(value: Data) -> bool:
    """Whether a value is a scalar that stands on one line."""
    if isinstance(value, Map) or (isinstance(value, List) and not isinstance(value, str)):
        return False
    return "\n" not in (value.text if isinstance(value, Scalar) else str(value))


def style_of(node: Node) -> Style:
    """The quotes of a scalar, if it has any."""
    return node.style if isinstance(node, Scalar) and node.style in ("single", "double") else "plain"


def same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same; quotes count, for `"true"` is a text, but the order of a map does not."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.entries.keys() == other.entries.keys() and all(
            same(entry.value, other.entries[name].value) for name, entry in one.entries.items()
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one.items) == len(other.items) and all(map(same, one.items, other.items))
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return one.text == other.text and (one.style == "plain") == (other.style == "plain")
    return False


def inline(value: Data, *, in_flow: bool, style: Style = "plain") -> str:
    """A value on one line; `style` is how the value was written that it replaces."""
    if isinstance(value, Map):
        return (
            "{"
            + ", ".join(f"{key(name, in_flow=True)}: {inline(one, in_flow=True)}" for name, one in value.items())
            + "}"
        )
    if isinstance(value, List) and not isinstance(value, str):
        return "[" + ", ".join(inline(item, in_flow=True) for item in value) + "]"
    if isinstance(value, Scalar):
        return _scalar(value.text, value.style, in_flow) if not value.is_null else "~"
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _scalar(str(value), style, in_flow)


def key(name: str, *, in_flow: bool = False) -> str:
    """A key."""
    return on_one_line(name, in_flow=in_flow)


def entry_lines(name: str, value: Data, column: int) -> list[str]:
    """An entry of a block map whose keys stand in that column, without the indentation of its first line's key."""
    head = f"{key(name)}:"
    lines = value_lines(value, column, column + width(head) + 1)
    return [f"{head} {lines[0]}" if lines[0] else head, *lines[1:]]


def value_lines(value: Data, column: int, used: int, *, opened: bool = False) -> list[str]:
    """What stands behind a key in that column: the rest of its line, of which `used` is taken, and those below.

    With `opened` a map or list takes lines of its own, as the one does that it replaces.
    """
    margin = " " * column + INDENT
    text = value.text if isinstance(value, Scalar) and value.style != "plain" else value
    if isinstance(text, str) and (lines := _literal(text)):
        return [lines[0], *(margin + line if line else "" for line in lines[1:])]
    one = inline(value, in_flow=False)
    if not opened and not _is_large(value) and used + width(one) <= MAX_WIDTH:
        return [one]
    if isinstance(value, Map) and value:
        return ["", *_map_lines(value, column + len(INDENT))]
    if isinstance(value, List) and value and not isinstance(value, str):
        return ["", *(line for item in value for line in _item_lines(item, column + len(INDENT)))]
    return [one]


def _item_lines(item: Data, column: int) -> list[str]:
    """An item of a list whose dash stands in that column."""
    one = inline(item, in_flow=False)
    if isinstance(item, Map) and item and (_is_large(item) or column + 2 + width(one) > MAX_WIDTH):
        lines = _map_lines(item, column + 2)
        return [" " * column + "- " + lines[0].lstrip(), *lines[1:]]
    return [f"{' ' * column}- {one}"]


def _map_lines(value: Map[str, Data], column: int) -> list[str]:
    found: list[str] = []
    for name, one in value.items():
        first, *rest = entry_lines(name, one, column)
        found += [" " * column + first, *rest]
    return found


def _is_large(value: Data) -> bool:
    """Whether a map is better read in lines of its own: it holds maps of maps, or texts of several lines."""
    if not isinstance(value, Map):
        return False
    inner = [one for one in value.values() if isinstance(one, Map)]
    return any(isinstance(below, Map) and below for one in inner for below in one.values()) or _has_lines(value)


def _has_lines(value: Data) -> bool:
    if isinstance(value, Map):
        return any(_has_lines(one) for one in value.values())
    text = value.text if isinstance(value, Scalar) else value
    return isinstance(text, str) and "\n" in text


def _literal(text: str) -> list[str]:
    """A text of several lines as a literal block, its sign first; nothing where that would not hold it."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if (
        "\n" not in text
        or not body
        or any(line != line.rstrip() for line in lines)
        or lines[0][:1] in ("", " ")
        or not lines[-1]
    ):
        return []
    return ["|" if text.endswith("\n") else "|-", *lines]


def _scalar(text: str, style: Style, in_flow: bool) -> str:
    """A text on one line: in its style where that holds it, else bare, else in quotes."""
    if style == "double":
        return _double(text)
    if "\n" in text or (style == "single" and not text):
        return _double(text)
    if style == "single":
        return _reading(text, "'" + text.replace("'", "''") + "'")
    return _reading(text, on_one_line(text, in_flow=in_flow))


def _reading(text: str, written: str) -> str:
    """A way to write a text if YAML reads it so, else the way that always works."""
    node, problems = read(f"a: {written}", "")
    value = node.get("a") if isinstance(node, Mapping) else None
    fits = isinstance(value, Scalar) and value.text == text and not value.is_null and not problems
    return written if fits and "\n" not in written else _double(text)


def _double(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
