"""How fields are compared when duplicates are looked for, and which types each way is for."""

from __future__ import annotations

from collections.abc import Mapping

from kith.metadata.model import Field

NAMES = frozenset({"text", "long_text", "person_name"})
TEXTS = NAMES | {"email", "phone", "external_id", "url"}
NEVER = frozenset({"secret", "file", "files", "image", "json", "markdown"})
"""Types whose values say nothing about what a record is."""

WAYS: Mapping[str, frozenset[str] | None] = {
    "exact": None,
    "folded": TEXTS,
    "fuzzy": TEXTS,
    "pinyin": NAMES,
    "phone": frozenset({"phone", "text"}),
}
"""The types of fields for each way; None for all whose values are written."""


def ways_of(field: Field) -> tuple[str, ...]:
    """The ways in which the values of a field can be compared."""
    if field.is_computed or field.type_name in NEVER:
        return ()
    return tuple(way for way, types in WAYS.items() if types is None or field.type_name in types)
