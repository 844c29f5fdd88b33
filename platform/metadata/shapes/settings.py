"""Shapes of settings: what an app lets later layers, and administrators in the browser, decide."""

from __future__ import annotations

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.fields.kind import COMMON, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words

SETTING_TYPES = (
    "text", "long_text", "integer", "decimal", "percent", "money", "boolean", "date", "time", "duration", "choice",
)  # fmt: skip
"""Types of one value that can be written down."""
LEFT_OUT = frozenset({"options_from", "options_when", "currency_field", "rate_on", "pattern"})
"""Keys of these types that speak of records."""


def _setting_schema(kind: FieldType) -> Schema:
    """The keys that a setting of one type takes."""
    assert kind.value is not None
    needs = [name for name in kind.needs if name not in LEFT_OUT]
    if "options" in kind.keys:
        needs.append("options")
    schema = parts.keys(Words(f"a setting of type {kind.name}", f"{kind.name} 类型的设置"), ("type", "value", *needs))
    schema["properties"] = {
        "type": {"const": kind.name},
        "label": COMMON["label"],
        "help": COMMON["help"],
        **{key: value for key, value in kind.keys.items() if key not in LEFT_OUT},
        "value": {**kind.value, "description": "What it is set to; a later layer says another value here."},
        "editable": parts.flag("Administrators may change it in the browser."),
    }
    return schema


SETTING: Schema = {
    "type": "object",
    "kith:title": Words("a setting", "设置"),
    "required": ["type"],
    "kith:choose": {
        "by": "type",
        "among": {name: _setting_schema(FIELD_TYPES[name]) for name in SETTING_TYPES},
        "what": Words("a type of a setting", "设置的类型"),
    },
}
SETTINGS = parts.names_to(SETTING, doc="Values that every expression reads as `settings.NAME`.")
