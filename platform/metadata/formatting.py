"""A document with its expressions in canonical form and everything else as it was: what `kith fmt` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.parts import EXPRESSION, PROGRAM, TEMPLATE
from kith.metadata.shapes.reading import chosen
from kith.problems import Problem
from kith.rules.formatting import format_slot
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.scanning import Start
from kith.rules.syntax import Syntax
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence, read

STARTS: dict[object, Start] = {EXPRESSION: "expression", PROGRAM: "block", TEMPLATE: "template"}


@dataclass(frozen=True, slots=True)
class SlotText:
    """A scalar that the rule language reads; in a flow map or list some signs need quotes."""

    scalar: Scalar
    start: Start
    flow: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a source and what is to stand there."""

    start: int
    end: int
    text: str


def slots(kind: str, node: Node) -> Iterator[SlotText]:
    """The scalars of a document of a kind that the rule language reads, as the shape of the kind says."""
    return _slots(node, KINDS[kind].schema, flow=False)


def _slots(node: Node, schema: Mapping[str, Any], flow: bool) -> Iterator[SlotText]:
    if isinstance(node, Scalar):
        start = STARTS.get(schema.get("format"))
        is_flag = node.style == "plain" and node.text in {"true", "false"}
        if start and not node.is_null and not is_flag:
            yield SlotText(node, start, flow)
    elif isinstance(node, Sequence):
        inside = flow or node.span.source.text[node.span.start] == "["
        for item in node.items:
            yield from _slots(item, schema.get("items", {}), inside)
    else:
        yield from _slots_of_map(node, chosen(node, schema), flow or node.flow)


def _slots_of_map(node: MappingNode, schema: Mapping[str, Any], flow: bool) -> Iterator[SlotText]:
    named, other = schema.get("properties", {}), schema.get("additionalProperties") or {}
    for name, entry in node.entries.items():
        yield from _slots(entry.value, named.get(name, other), flow)


def format_document(text: str, path: str) -> tuple[str, list[Problem]]:
    """The text with its expressions in canonical form; where one has a mistake it stays, and the mistake is told."""
    node, problems = read(text, path)
    if not isinstance(node, MappingNode) or not node.entries or any(problem.is_error for problem in problems):
        return text, problems
    kind = next(iter(node.entries))
    if kind not in KINDS:
        return text, problems
    edits: list[Edit] = []
    for slot in slots(kind, node):
        tree, found = _parsed(slot)
        problems += found
        if tree:
            edits += _edits(slot, tree)
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text, problems


def _parsed(slot: SlotText) -> tuple[Syntax | None, list[Problem]]:
    excerpt = slot.scalar.excerpt()
    match slot.start:
        case "expression":
            return parse_expression(excerpt)
        case "block":
            return parse_block(excerpt)
        case "template":
            return parse_template(excerpt)


def _edits(slot: SlotText, tree: Syntax) -> list[Edit]:
    """What has to be written anew; nothing where it is canonical already."""
    scalar = slot.scalar
    if slot.start == "template":
        return list(_hole_edits(scalar))
    canonical = format_slot(scalar.text, slot.start)
    raw = scalar.span.source.text[scalar.span.start : scalar.span.end]
    if canonical is None:
        return []
    if scalar.style in {"literal", "folded"}:
        new = _block_scalar(scalar, raw, canonical, slot.start)
    else:
        new = _flow_scalar(slot, raw, canonical)
    return [Edit(scalar.span.start, scalar.span.end, new)] if new != raw else []


def _hole_edits(scalar: Scalar) -> Iterator[Edit]:
    """A document's own text stays, but for its holes."""
    excerpt = scalar.excerpt()
    for match in re.finditer(r"\\.|\{([^{}]*)\}", scalar.text, re.DOTALL):
        canonical = format_slot(match[1], "expression") if match[1] else None
        if canonical and canonical != match[1]:
            yield Edit(excerpt.offsets[match.start(1)], excerpt.offsets[match.end(1)], canonical)


def _block_scalar(scalar: Scalar, raw: str, canonical: str, start: Start) -> str:
    """A block scalar stays one, with its header, indentation and the blank lines behind it."""
    if scalar.style == "folded":
        if scalar.text.strip() == canonical or " ".join(canonical.split()) == scalar.text.strip():
            return raw
        if start == "block":
            raw = "|" + raw[1:]
    header, line_end, _ = raw.partition("\n")
    newline = "\r\n" if header.endswith("\r") else "\n"
    body = raw[len(header) + len(line_end) :]
    tail = raw[len(raw.rstrip()) :]
    indent = _margin(body) - _margin(scalar.text)
    lines = (f"{' ' * indent}{line}".rstrip() for line in canonical.split("\n"))
    return header.rstrip("\r") + newline + newline.join(lines) + tail


def _margin(text: str) -> int:
    """The spaces before the first line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first) - len(first.lstrip(" "))


def _flow_scalar(slot: SlotText, raw: str, canonical: str) -> str:
    """Plain where YAML allows it, single-quoted elsewhere; an author's line breaks stay where nothing else changes."""
    if "\n" in canonical:
        return raw
    plain_allowed = _reads_plain(canonical, slot.flow)
    is_plain = slot.scalar.style == "plain"
    if slot.scalar.text == canonical and (is_plain if plain_allowed else slot.scalar.style == "single"):
        return raw
    return canonical if plain_allowed else "'" + canonical.replace("'", "''") + "'"


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
