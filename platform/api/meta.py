"""`GET /api/v1/meta`: the model, as far as the caller may see it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.moves import flows_of, named_of, ways_of
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.metadata.analysis.order import order_of
from kith.metadata.analysis.order_told import order_data
from kith.metadata.model import Entity, Field, Inverse, Label, Model, NamedAction, Workflow
from kith.rules.types import Type
from kith.runtime.read.asking import CONDITION, asked
from kith.runtime.rights import ACTIONS

SHOWN_PARAMS = ("max_length", "min", "max", "precision", "scale", "currency", "pattern", "accept", "max_size")


def meta(call: Call) -> Response:
    """Answer the model."""
    parameters(call.request)
    key = ("api.meta", call.reader.key, call.context.language)
    return answer({"data": call.release.cached(key, lambda: model_of(call))})


def order(call: Call) -> Response:
    """Answer in which order a save of an entity does what, and why; whoever administers may ask."""
    parameters(call.request)
    entity, language = call.entity, call.context.language
    if not call.reader.administers:
        raise stop(404, "nothing_to_explain")
    key = ("api.order", entity.name, language)
    return answer({"data": call.release.cached(key, lambda: _order(call.release.model, entity, language))})


def _order(model: Model, entity: Entity, language: str) -> list[dict[str, Any]]:
    """The order as data; where a document lay on somebody's disk is nobody's business."""
    acts = order_data(order_of(model, entity), language)
    return [{name: value for name, value in one.items() if name != "place"} for one in acts]


def model_of(call: Call) -> dict[str, Any]:
    """The app and the entities that the caller may do anything with."""
    app = call.release.model.app
    return {
        "app": app.name,
        "version": app.version,
        "title": said(call, app.title),
        "release": call.release.number,
        "languages": list(app.languages),
        "time_zone": app.time_zone,
        "currency": app.currency,
        "entities": [entity_of(call, entity) for entity in known(call)],
    }


def known(call: Call) -> list[Entity]:
    """The entities that the caller may do anything with."""
    return [entity for entity in call.release.model.entities.values() if call.may_know(entity)]


def said(call: Call, label: Label) -> str:
    """A label in the reader's language."""
    return label.in_(call.context.language)


def entity_of(call: Call, entity: Entity) -> dict[str, Any]:
    """An entity: its fields, relations, and what may be done."""
    rights = call.reader.rights[entity.name]
    fields = [one for field in entity.fields.values() if (one := field_of(call, entity, field))["access"]]
    model = call.release.model
    return {
        "name": entity.name,
        "label": said(call, entity.label),
        "plural": said(call, entity.plural),
        "help": said(call, entity.help),
        "rights": [action for action in ACTIONS if not rights.right(action).never],
        "lines_of": entity.owner_of_lines and entity.fields[entity.owner_of_lines].to,
        "fields": fields,
        "relations": [relation_of(one) for one in entity.inverses.values() if may_follow(call, one)],
        "actions": [action_of(call, entity, one) for one in named_of(call, entity)],
        "workflows": [workflow_of(call, entity, one) for one in flows_of(call, entity)],
        "segments": [
            {"name": one.name, "label": said(call, one.label)}
            for one in model.segments.values()
            if one.of == entity.name and may_ask(call, entity, one.filter.excerpt.text)
        ],
        "views": [
            {"name": one.name, "label": said(call, one.label), "layout": one.layout}
            for one in model.views.values()
            if one.of == entity.name and (one.filter is None or may_ask(call, entity, one.filter.excerpt.text))
        ],
    }


def action_of(call: Call, entity: Entity, action: NamedAction) -> dict[str, Any]:
    """A named action with what it asks for."""
    return {
        "name": action.name,
        "label": said(call, action.label),
        "help": said(call, action.help),
        "inputs": [described(call, one) for one in action.inputs.values()],
        "confirm": said(call, action.confirm),
        "danger": action.danger,
    }


def workflow_of(call: Call, entity: Entity, flow: Workflow) -> dict[str, Any]:
    """A workflow with its states, and the transitions that the caller may take of some record."""
    states = [
        {"name": one.name, "label": said(call, one.label), "required": list(one.required), "final": one.final}
        for one in flow.states.values()
    ]
    ways = ways_of(call, entity)
    return {
        "name": flow.name,
        "label": said(call, flow.label),
        "field": flow.field,
        "initial": list(flow.initial),
        "states": states,
        "transitions": [
            {"name": one.name, "label": said(call, one.label), "from": list(one.origins), "to": one.to}
            for one in flow.transitions.values()
            if one in ways
        ],
    }


def may_ask(call: Call, entity: Entity, text: str) -> bool:
    """Whether the caller may use a document's filter: not where it reads what he may not."""
    return call.reader.may_read(entity.name) and asked(call.reader, entity.name, text, CONDITION)[0] is not None


def may_follow(call: Call, inverse: Inverse) -> bool:
    """Whether the caller may see which records refer to one."""
    reader = call.reader
    return reader.may_read(inverse.entity) and not reader.access(inverse.entity, inverse.field).read.never


def relation_of(inverse: Inverse) -> dict[str, Any]:
    """A to-many relation; owned lines are sent and answered inside their record."""
    return {"name": inverse.name, "entity": inverse.entity, "field": inverse.field, "owned": inverse.owned}


def access_of(call: Call, entity: Entity, field: Field) -> list[str]:
    """What the caller may do with a field in some record: read, mask, create, update."""
    rights = call.reader.rights[entity.name]
    found = []
    if call.reader.may_read(entity.name):
        reading = rights.reading(field.name)
        found = ["read"] if not reading.read.never else ["mask"] if not reading.mask.never else []
    if not field.is_computed and field.type_name != "autonumber":
        found += [action for action in ("create", "update") if not rights.writing(field.name, action).never]
    return found


def field_of(call: Call, entity: Entity, field: Field) -> dict[str, Any]:
    """A field: its type with what its values must be like, and what the caller may do with it."""
    found = described(call, field) | {
        "unique": bool(field.unique),
        "computed": field.is_computed,
        "access": access_of(call, entity, field),
    }
    if field.currency_field:
        found |= {"compared_in": field.type.currency, **owned(call, entity, field)}
    return found


def described(call: Call, field: Field) -> dict[str, Any]:
    """What a field is called and what its values are like; also what a named action asks for."""
    found: dict[str, Any] = {
        "name": field.name,
        "label": said(call, field.label),
        "help": said(call, field.help),
        "type": field.type_name,
        "value": value_type(field.type),
        "required": field.required,
    }
    if field.to and field.to in call.release.model.entities and call.may_know(call.release.model.entities[field.to]):
        found["to"] = field.to
    if field.options:
        found["options"] = [
            {"key": one.key, "label": said(call, one.label), "retired": one.retired} for one in field.options.values()
        ]
    return found | {name: field.params[name] for name in SHOWN_PARAMS if field.params.get(name) is not None}


def owned(call: Call, entity: Entity, field: Field) -> dict[str, str]:
    """The fields of the currency and of the day of an amount in its record's own, as far as the caller may know them."""
    named = {key: str(field.params.get(key) or "") for key in ("currency_field", "rate_on")}
    return {key: name for key, name in named.items() if name and access_of(call, entity, entity.fields[name])}


def value_type(type_: Type) -> str:
    """The type of a value in expressions, without its size."""
    return f"set of {type_.item.kind}" if type_.kind == "set" and type_.item is not None else type_.kind
