"""A scalar of YAML with another text: which stretches of its document change, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kith.problems import width
from kith.rules.printing import INDENT, MAX_WIDTH
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, read


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a source and what is to stand there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in a flow map or list, where some signs need quotes, or behind a key or dash in this column."""

    in_flow: bool = False
    column: int = 0

    @classmethod
    def of_value(cls, key: Scalar, in_flow: bool) -> Place:
        """That of the value at a key."""
        return cls(in_flow, _column(key.span.source.text, key.span.start))

    @classmethod
    def of_item(cls, item: Node, in_flow: bool) -> Place:
        """That of an item of a list."""
        text = item.span.source.text
        return cls(in_flow, 0 if in_flow else _column(text, text.rfind("-", 0, item.span.start)))


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with changes made."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def written(scalar: Scalar, text: str, place: Place, broken: list[str], *, is_block: bool) -> list[Edit]:
    """What changes when a scalar is to hold a text; `broken` is the same text in the lines that it may be broken into."""
    span = scalar.span
    raw = span.source.text[span.start : span.end]
    if scalar.style in {"literal", "folded"}:
        new = _block_scalar(scalar, raw, text, is_block)
    elif "\n" in text:
        return _opened(scalar, text, place.column)
    else:
        new = _flow_scalar(scalar, raw, text, place, broken)
    return [Edit(span.start, span.end, new)] if new != raw else []


def _block_scalar(scalar: Scalar, raw: str, text: str, is_block: bool) -> str:
    """A block scalar stays one, with its header, indentation and the blank lines behind it."""
    if scalar.style == "folded":
        if scalar.text.strip() == text or " ".join(text.split()) == scalar.text.strip():
            return raw
        if is_block:
            raw = "|" + raw[1:]
    header, line_end, _ = raw.partition("\n")
    newline = "\r\n" if header.endswith("\r") else "\n"
    body = raw[len(header) + len(line_end) :]
    tail = raw[len(raw.rstrip()) :]
    indent = _margin(body) - _margin(scalar.text)
    lines = (f"{' ' * indent}{line}".rstrip() for line in text.split("\n"))
    return header.rstrip("\r") + newline + newline.join(lines) + tail


def _margin(text: str) -> int:
    """The spaces before the first line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first) - len(first.lstrip(" "))


def _opened(scalar: Scalar, text: str, column: int) -> list[Edit]:
    """A quoted or plain scalar becomes a literal one; a comment behind it stays behind the sign."""
    source, span = scalar.span.source.text, scalar.span
    newline = "\r\n" if "\r\n" in source else "\n"
    end = source.find("\n", span.end)
    end = len(source) if end < 0 else end - (source[end - 1] == "\r")
    indent = " " * column + INDENT
    lines = "".join(f"{newline}{indent if line else ''}{line}" for line in text.split("\n"))
    return [Edit(span.start, span.end, "|"), Edit(end, end, lines)]


def _flow_scalar(scalar: Scalar, raw: str, text: str, place: Place, broken: list[str]) -> str:
    """Plain where YAML allows it, single-quoted elsewhere; an author's line breaks stay where nothing else changes."""
    plain_allowed = _reads_plain(text, place.in_flow)
    is_plain = scalar.style == "plain"
    if scalar.text == text and (is_plain if plain_allowed else scalar.style == "single"):
        return raw
    if "\n" in raw and not place.in_flow and place.column + width(text) > MAX_WIDTH:
        text = f"\n{' ' * place.column}{INDENT}".join(broken)
    return text if plain_allowed else _quoted(text)


def on_one_line(text: str, *, in_flow: bool) -> str:
    """A text as YAML reads it back: bare where that is allowed, else in single quotes."""
    return text if _reads_plain(text, in_flow) else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _reads_plain(text: str, flow: bool) -> bool:
    """Whether YAML reads the bare text as itself."""
    node, problems = read(f"a: {{b: {text}, c: d}}" if flow else f"a:\n  b: {text}\n  c: d", "")
    inner = node.get("a") if isinstance(node, MappingNode) else None
    scalar = inner.get("b") if isinstance(inner, MappingNode) else None
    return (
        not problems
        and isinstance(inner, MappingNode)
        and list(inner.entries) == ["b", "c"]
        and isinstance(scalar, Scalar)
        and scalar.style == "plain"
        and scalar.text == text
        and not scalar.is_null
    )


def _column(text: str, offset: int) -> int:
    """The column of an offset, from 0."""
    return offset - text.rfind("\n", 0, offset) - 1
