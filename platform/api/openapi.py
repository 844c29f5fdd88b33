"""`GET /api/v1/openapi.json`: the API as OpenAPI 3.1, made of the live model for the caller's roles."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kith.api import files
from kith.api import operations as ops
from kith.api.calls import Call, sent, written
from kith.api.meta import access_of, known, owned, said
from kith.api.moves import named_of, ways_of
from kith.api.parameters import parameters
from kith.api.schemas import Schema, given, or_null, own_fields, readable
from kith.metadata.model import Entity, Field

BASE = "/api/v1"


def openapi(call: Call) -> Response:
    """Answer the description."""
    parameters(call.request)
    key = ("api.openapi", call.reader.key, call.context.language)
    return sent(call.release.cached(key, lambda: written(document(call))), 200, {})


def document(call: Call) -> dict[str, Any]:
    """The whole description."""
    app = call.release.model.app
    paths: dict[str, Any] = dict(ops.general())
    schemas: dict[str, Any] = dict(ops.SCHEMAS)
    if call.reader.administers:
        paths |= ops.administering()
    paths |= files.described(call)
    for entity in known(call):
        paths |= paths_of(call, entity)
        schemas |= schemas_of(call, entity)
    return {
        "openapi": "3.1.0",
        "info": {"title": said(call, app.title), "version": f"{app.version}+{call.release.number}"},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": entity.name, "description": said(call, entity.label)} for entity in known(call)],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": ops.PARAMETERS,
            "responses": ops.RESPONSES,
            "schemas": schemas,
        },
    }


def may(call: Call, entity: Entity, action: str) -> bool:
    """Whether the caller may do that with some record."""
    return not call.reader.rights[entity.name].right(action).never


def personal_of(call: Call, name: str) -> dict[str, Any]:
    """The addresses of personal data, for who administers."""
    personal = ops.personal(name) if call.reader.administers else {}
    return {f"{BASE}/{name}/{{id}}/{part}": paths for part, paths in personal.items()}


def paths_of(call: Call, entity: Entity) -> dict[str, Any]:
    """The addresses of an entity, with what the caller may do there."""
    reads, name = call.reader.may_read(entity.name), entity.name
    creates, updates, deletes = (may(call, entity, action) for action in ("create", "update", "delete"))
    whole: dict[str, Any] = {}
    one: dict[str, Any] = {}
    found: dict[str, Any] = {f"{BASE}/{name}": whole, f"{BASE}/{name}/{{id}}": one}
    if reads:
        whole["get"] = ops.listing(name)
        one["get"] = ops.getting(name)
        found[f"{BASE}/{name}/aggregate"] = {"post": ops.aggregating(name)}
        found[f"{BASE}/{name}/{{id}}/explain"] = {"get": ops.explaining(name)}
        found[f"{BASE}/{name}/{{id}}/access"] = {"get": ops.access(name)}
        found[f"{BASE}/{name}/{{id}}/history"] = {"get": ops.history(name)}
    found |= personal_of(call, name)
    if creates:
        whole["post"] = ops.creating(name)
    if updates:
        one["patch"] = ops.updating(name)
        if reads:
            found[f"{BASE}/{name}/{{id}}/revert"] = {"post": ops.reverting(name)}
    if deletes:
        one["delete"] = ops.deleting(name)
        found[f"{BASE}/{name}/{{id}}/actions/restore"] = {"post": ops.restoring(name)}
    if reads and (entity.actions or call.release.model.workflows_of(name)):
        found[f"{BASE}/{name}/{{id}}/actions"] = {"get": ops.offering(name)}
    for action in named_of(call, entity):
        inputs = {key: or_null(given(field)) for key, field in action.inputs.items()}
        needed = [key for key, field in action.inputs.items() if field.required and field.default is None]
        operation = ops.acting(name, action.name, said(call, action.label), closed(inputs, needed))
        found[f"{BASE}/{name}/{{id}}/actions/{action.name}"] = {"post": operation}
    for way in ways_of(call, entity):
        operation = ops.acting(name, way.name, said(call, way.label), ops.schema(f"{name}.update"))
        found[f"{BASE}/{name}/{{id}}/actions/{way.name}"] = {"post": operation}
    if creates or updates or deletes:
        found[f"{BASE}/{name}/bulk"] = {"post": ops.bulk(name)}
    return {path: {"parameters": [ops.ID], **item} if "{id}" in path else item for path, item in found.items() if item}


def schemas_of(call: Call, entity: Entity) -> dict[str, Schema]:
    """A record as it is answered, and as it is sent to be made or changed."""
    access = {name: access_of(call, entity, field) for name, field in entity.fields.items()}
    record = own_fields()
    for name, field in entity.fields.items():
        if {"read", "mask"} & {*access[name]}:
            masked = not call.reader.rights[entity.name].reading(name).mask.never
            record[name] = {**heading(call, entity, field), **readable(field, masked=masked)}
    made = fields_given(call, entity, access, "create")
    changed = {**fields_given(call, entity, access, "update"), "version": {"type": "integer", "minimum": 1}}
    for inverse in entity.inverses.values():
        if not inverse.owned or not call.may_know(call.release.model.entities[inverse.entity]):
            continue
        if call.reader.may_read(inverse.entity):
            record[inverse.name] = {"type": "array", "items": ops.schema(inverse.entity)}
        made[inverse.name] = {"type": "array", "items": ops.schema(f"{inverse.entity}.create")}
        changed[inverse.name] = {"type": "array", "items": ops.schema(f"{inverse.entity}.line")}
    record["deleted"] = {"type": "boolean"}
    required = [name for name in made if name in entity.fields and is_needed(call, entity, name)]
    found = {
        entity.name: {"type": "object", "properties": record, "required": ["id", "version"]},
        f"{entity.name}.create": closed(made, required),
        f"{entity.name}.update": closed(changed),
    }
    if entity.owner_of_lines:
        line = {**changed, "id": {"type": "string", "format": "uuid"}, "_delete": {"type": "boolean"}}
        found[f"{entity.name}.line"] = closed(line)
    return found


def heading(call: Call, entity: Entity, field: Field) -> Schema:
    """What a field is called, and what its values are where that does not say it all."""
    title: Schema = {"title": said(call, field.label)}
    named = owned(call, entity, field).get("currency_field")
    if named is None:
        return title
    label, currency = said(call, entity.fields[named].label), field.type.currency
    return title | {"description": call.texts("amount.owned", field=label, currency=currency)}


def fields_given(call: Call, entity: Entity, access: dict[str, list[str]], action: str) -> dict[str, Schema]:
    """The fields that may be sent."""
    return {
        name: {**heading(call, entity, field), **or_null(given(field))}
        for name, field in entity.fields.items()
        if action in access[name]
    }


def is_needed(call: Call, entity: Entity, name: str) -> bool:
    """Whether a new record must be given this field: a line has its parent already, others may have a default."""
    field = entity.fields[name]
    has_default = field.default is not None or field.default_from is not None
    return field.required and not has_default and name != entity.owner_of_lines


def closed(properties: dict[str, Schema], required: list[str] | None = None) -> Schema:
    """An object with these properties and no others."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found
