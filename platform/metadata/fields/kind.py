"""What a field type is made of, and the keys that many types share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import Type


@dataclass(frozen=True, slots=True)
class Setting:
    """What the type of a field's value depends on: where the field stands, and its own settings."""

    entity: str
    name: str
    params: Mapping[str, object]
    options: tuple[str, ...]
    to: str
    currency: str
    """The app's currency."""

    def number(self, key: str, default: int) -> int:
        """A whole number among the settings."""
        value = self.params.get(key, default)
        return value if isinstance(value, int) else default


@dataclass(frozen=True, slots=True)
class FieldType:
    """One type of field.

    `keys` are its own keys, `common` the shared ones it takes; `value` is how one value is written in YAML (defaults, reference
    data), `type_of` its type in expressions (none: that of its own expression). `storage` names the column (docs of storage);
    `operators` are what a filter offers.
    """

    name: str
    title: Words
    doc: Words
    type_of: Callable[[Setting], Type] | None
    storage: str
    example: str
    value: Schema | None = None
    keys: Mapping[str, Schema] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    common: frozenset[str] = frozenset()
    operators: tuple[str, ...] = ()
    widgets: tuple[str, ...] = ()
    writable: bool = True
    searchable: bool = False
    sortable: bool = True
    unique: str = ""
    """What `unique: true` means for it: "" (it cannot be unique), "exact" or "folded"."""
    parts: Mapping[str, Type] = field(default_factory=dict)
    """Where the value has several columns: its parts and their types."""


UNIQUE: Schema = {
    "type": ["boolean", "string"],
    "enum": [True, False, "exact", "folded"],
    "description": "No two live records have the same value; text and e-mail are compared folded unless it says exact.",
}

COMMON: Mapping[str, Schema] = {
    "label": parts.LABEL,
    "help": parts.HELP,
    "required": parts.flag("A record without a value is refused."),
    "unique": UNIQUE,
    "search": parts.flag("The value is found by search."),
    "personal": parts.one_of(("identity", "contact", "sensitive"), "The class of personal data that it holds."),
    "default_from": parts.expression("What a new record gets, computed from the record and the actor."),
    "required_when": parts.expression("When a value is required, in every channel."),
    "locked_when": parts.expression("When the value cannot be changed, in every channel."),
    "invalid_when": parts.expression("When the value is refused, in every channel."),
    "renamed_from": parts.RENAMED,
}
"""Keys that have one meaning on all types that take them. `type`, `default` and `widget` are added by type."""

ALWAYS = frozenset({"label", "help", "renamed_from"})
INPUT = ALWAYS | {"required", "personal", "default_from", "required_when", "locked_when", "invalid_when"}
"""Keys of every field that people write."""

EQUALITY = ("==", "!=", "in", "not in", "is set", "is not set")
ORDER = ("==", "!=", "<", "<=", ">", ">=", "between", "is set", "is not set")
TEXTS = ("contains", "starts_with", "==", "!=", "in", "not in", "is set", "is not set")
PRESENCE = ("is set", "is not set")
"""Of a value of several parts; each part is asked for as what it is, with a dot."""
SETS = ("has", "has not", "is set", "is not set")
