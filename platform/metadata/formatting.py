"""A document with its expressions in canonical form and everything else as it was: what `kith fmt` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kith.metadata.scalars import Edit, Place, applied, written
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.parts import EXPRESSION, PROGRAM, TEMPLATE
from kith.metadata.shapes.reading import chosen
from kith.problems import Problem
from kith.rules.formatting import format_slot
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.printing import print_lines, print_syntax
from kith.rules.scanning import Start, scan
from kith.rules.syntax import Syntax
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence, read

STARTS: dict[object, Start] = {EXPRESSION: "expression", PROGRAM: "block", TEMPLATE: "template"}


@dataclass(frozen=True, slots=True)
class SlotText:
    """A scalar that the rule language reads, and where in YAML it stands."""

    scalar: Scalar
    start: Start
    place: Place


def slots(kind: str, node: Node) -> Iterator[SlotText]:
    """The scalars of a document of a kind that the rule language reads, as the shape of the kind says."""
    return _slots(node, KINDS[kind].schema, Place())


def _slots(node: Node, schema: Mapping[str, Any], place: Place) -> Iterator[SlotText]:
    if isinstance(node, Scalar):
        start = STARTS.get(schema.get("format"))
        is_flag = node.style == "plain" and node.text in {"true", "false"}
        if start and not node.is_null and not is_flag:
            yield SlotText(node, start, place)
    elif isinstance(node, Sequence):
        inside = place.in_flow or node.span.source.text[node.span.start] == "["
        for item in node.items:
            yield from _slots(item, schema.get("items", {}), Place.of_item(item, inside))
    else:
        yield from _slots_of_map(node, chosen(node, schema), place.in_flow or node.flow)


def _slots_of_map(node: MappingNode, schema: Mapping[str, Any], flow: bool) -> Iterator[SlotText]:
    named, other = schema.get("properties", {}), schema.get("additionalProperties") or {}
    for name, entry in node.entries.items():
        yield from _slots(entry.value, named.get(name, other), Place.of_value(entry.key, flow))


def format_document(text: str, path: str) -> tuple[str, list[Problem]]:
    """The text with its expressions in canonical form; where one has a mistake it stays, and the mistake is told."""
    edits, problems = format_edits(text, path)
    return applied(text, edits), problems


def format_edits(text: str, path: str) -> tuple[list[Edit], list[Problem]]:
    """The same as changes of the stretches that are not canonical yet, in the order of the text."""
    node, problems = read(text, path)
    if not isinstance(node, MappingNode) or not node.entries or any(problem.is_error for problem in problems):
        return [], problems
    kind = next(iter(node.entries))
    if kind not in KINDS:
        return [], problems
    edits: list[Edit] = []
    for slot in slots(kind, node):
        tree, found = _parsed(slot)
        problems += found
        if tree:
            edits += _edits(slot, tree)
    return edits, problems


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
    if slot.start == "template":
        return list(_hole_edits(slot.scalar))
    canonical = format_slot(slot.scalar.text, slot.start)
    if canonical is None:
        return []
    if "\n" in canonical and slot.place.in_flow:
        # There a text has one line: an expression can be written on one, statements and comments cannot.
        if slot.start == "block" or scan(slot.scalar.excerpt(), "expression").comments:
            return []
        canonical = print_syntax(tree)
    lines = print_lines(tree).split("\n") if slot.start == "expression" else []
    return written(slot.scalar, canonical, slot.place, lines, is_block=slot.start == "block")


def _hole_edits(scalar: Scalar) -> Iterator[Edit]:
    """A document's own text stays, but for its holes."""
    excerpt = scalar.excerpt()
    for match in re.finditer(r"\\.|\{([^{}]*)\}", scalar.text, re.DOTALL):
        canonical = format_slot(match[1], "expression") if match[1] else None
        if canonical and canonical != match[1]:
            yield Edit(excerpt.offsets[match.start(1)], excerpt.offsets[match.end(1)], canonical)
