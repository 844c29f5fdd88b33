"""Scalars read as the schema of their place says: `no`, `017`, `12:30` and `on` are what the author meant."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from decimal import Decimal
from typing import Any

from kith.source import Mapping, Node, Scalar, Sequence

_WHOLE = re.compile(r"-?[0-9]{1,30}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_ANY: Map[str, Any] = {}


def data_of(node: Node, schema: Map[str, Any]) -> Any:
    """The node as plain data: maps, lists, texts, and where the schema wants them booleans, ints and Decimals."""
    if isinstance(node, Scalar):
        return scalar_of(node, schema)
    if isinstance(node, Sequence):
        items = schema.get("items", _ANY)
        return [data_of(item, items) for item in node.items]
    schema = chosen(node, schema)
    named, other = schema.get("properties", _ANY), schema.get("additionalProperties") or _ANY
    return {name: data_of(entry.value, named.get(name, other)) for name, entry in node.entries.items()}


def chosen(node: Mapping, schema: Map[str, Any]) -> Map[str, Any]:
    """The schema of a map, which the value of one of its keys may choose."""
    choose = schema.get("kith:choose")
    if not choose:
        return schema
    key = node.get(choose["by"])
    found: Map[str, Any] = choose["among"].get(key.text, _ANY) if isinstance(key, Scalar) else _ANY
    return found


def scalar_of(node: Scalar, schema: Map[str, Any]) -> object:
    """A scalar as its place wants it; where it does not fit, its text, which the check of the shape then names."""
    if schema.get("kith:as") == "text" or node.style != "plain":
        return node.text
    if node.is_null:
        return None
    wanted = schema.get("type", ("string",) if "enum" in schema or "const" in schema else ("boolean", "integer"))
    types = (wanted,) if isinstance(wanted, str) else wanted
    if "boolean" in types and node.text in ("true", "false"):
        return node.text == "true"
    if ("integer" in types or "number" in types) and _WHOLE.fullmatch(node.text):
        return int(node.text)
    if "number" in types and _NUMBER.fullmatch(node.text):
        return Decimal(node.text)
    return node.text
