"""Values and records as JSON Schema, for reading and for writing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kith.metadata.fields.files import FILES, MEMBER
from kith.metadata.model import Field
from kith.rules.types import TEXT, Type
from kith.runtime.coerce import composed
from kith.runtime.read.scopes import OWN

Schema = dict[str, Any]
EXACT: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
"""Numbers with decimals travel as text, so that no program rounds them."""
MASKED: Schema = {"type": "string", "description": "masked"}
REFERENCE: Schema = {"$ref": "#/components/schemas/Reference"}
PARTS = {"address": composed.ADDRESS, "person_name": composed.NAME, "date_range": composed.RANGE}
PLAIN: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "duration": {"type": "string", "format": "duration"},
    "period": {"type": "string", "format": "duration"},
    "text": {"type": "string"},
    "null": {"type": "null"},
}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]} if schema else {}


def value(type_: Type, type_name: str = "") -> Schema:
    """A value as answers have it."""
    if type_.entity == MEMBER.entity:
        return a_file()
    if type_.kind in PLAIN:
        return dict(PLAIN[type_.kind])
    if type_.kind in ("decimal", "money", "percent"):
        return dict(EXACT)
    if type_.kind == "choice":
        return {"type": "string", "enum": [*type_.options]}
    if type_.kind == "ref":
        return dict(REFERENCE)
    if type_.kind == "set":
        return {"type": "array", "items": value(type_.item or TEXT)}
    return parts(type_name)


def a_file() -> Schema:
    """A file: its id leads to it below `/api/v1/files`."""
    text: Schema = {"type": "string"}
    known: Schema = {
        "id": {"type": "string", "format": "uuid"},
        "name": text,
        "type": text,
        "size": {"type": "integer"},
    }
    return {"type": "object", "properties": known, "required": [*known]}


def parts(type_name: str) -> Schema:
    """A value of several parts; of other kinds nothing is promised."""
    if type_name in FILES:
        return a_file()
    if type_name == "any_reference":
        return any_reference(())
    if type_name not in PARTS:
        return {}
    text: Schema = {"type": ["string", "null"]}
    return {"type": "object", "properties": dict.fromkeys(PARTS[type_name], text), "additionalProperties": False}


def given(field: Field) -> Schema:
    """A value as requests may have it: numbers also as numbers, references also as bare ids."""
    type_ = field.type
    if field.type_name == "any_reference":
        return {"anyOf": [any_reference(field.targets), {"type": "string", "pattern": "^[a-z][a-z0-9_]*/"}]}
    if type_.kind in ("decimal", "money", "percent"):
        return {"type": ["string", "number"]}
    if field.type_name in FILES:
        return {"type": "array", "items": reference_given()} if type_.kind == "set" else reference_given()
    if type_.kind == "ref":
        return reference_given()
    if type_.kind == "set" and type_.item is not None and type_.item.kind == "ref":
        return {"type": "array", "items": reference_given()}
    if type_.kind == "choice":
        return {"type": "string", "enum": [one.key for one in field.options.values() if not one.retired]}
    found = value(type_, field.type_name)
    if type_.kind == "record":
        return {"anyOf": [found, {"type": "string"}]} if found else {}
    if field.params.get("max_length"):
        found["maxLength"] = field.params["max_length"]
    return found


def any_reference(entities: Sequence[str]) -> Schema:
    """A record of one of several entities."""
    id_: Schema = {"type": "string", "format": "uuid"}
    named: Schema = {"entity": {"type": "string", "enum": [*entities]} if entities else {"type": "string"}, "id": id_}
    return {"type": "object", "properties": {**named, "label": {"type": "string"}}, "required": ["entity", "id"]}


def reference_given() -> Schema:
    """A record's id, alone or as an answer has it."""
    id_: Schema = {"type": "string", "format": "uuid"}
    return {"anyOf": [id_, {"type": "object", "properties": {"id": id_}, "required": ["id"]}]}


def readable(field: Field, *, masked: bool) -> Schema:
    """A field as answers have it: null too, since what may be read can depend on the record."""
    found = value(field.type, field.type_name)
    if masked and found:
        found = {"anyOf": [found, MASKED]}
    return or_null(found)


def own_fields() -> dict[str, Schema]:
    """What every record has."""
    found: dict[str, Schema] = {name: or_null(value(type_)) for name, type_ in OWN.items()}
    return found | {"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer", "minimum": 1}}
