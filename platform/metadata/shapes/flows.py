"""Shapes of what moves records on: the named actions of an entity, and workflows."""

from __future__ import annotations

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.fields.kind import COMMON, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words

INPUT_TYPES = (
    "text", "long_text", "integer", "decimal", "percent", "money", "boolean", "date", "datetime", "time", "duration",
    "choice", "reference", "user", "team", "email", "phone", "url",
)  # fmt: skip
"""Types of what an action asks for: one value each, which no table holds."""
STORED = frozenset({"inverse", "on_delete", "owned", "options_when", "currency_field", "rate_on"})
"""Keys of types that speak of stored fields."""
ASKED = ("label", "help", "required")


def _input_schema(kind: FieldType) -> Schema:
    """The keys that an input of one type takes."""
    title = Words(f"an input of type {kind.name}", f"{kind.name} 类型的输入项")
    schema = parts.keys(title, ("type", *kind.needs))
    schema["properties"] = {
        "type": {"const": kind.name},
        **{key: COMMON[key] for key in ASKED},
        **{key: value for key, value in kind.keys.items() if key not in STORED},
    }
    if kind.value is not None:
        schema["properties"]["default"] = {**kind.value, "description": "What stands there at first."}
    return schema


INPUT: Schema = {
    "type": "object",
    "kith:title": Words("an input", "输入项"),
    "required": ["type"],
    "kith:choose": {
        "by": "type",
        "among": {name: _input_schema(FIELD_TYPES[name]) for name in INPUT_TYPES},
        "what": Words("a type of an input", "输入项类型"),
    },
}
CONFIRM = parts.label("What is asked before it is done.")
ACTION = parts.keys(
    Words("a named action", "命名操作"),
    label=parts.LABEL,
    help=parts.HELP,
    icon=parts.ICON,
    when=parts.expression("On which records it can be carried out."),
    inputs=parts.names_to(INPUT, "field", "What is asked of whoever does it; rules on the action read it by name."),
    confirm=CONFIRM,
    danger=parts.flag("It is shown as something that cannot simply be undone."),
)
ACTIONS = parts.names_to(
    ACTION, doc="What people do with a record beside writing fields; rules on `{action: name}` carry it out."
)

STATE = parts.keys(
    Words("a state", "状态"),
    label=parts.LABEL,
    required=parts.list_of(parts.refers(to="field"), "Fields that have a value while a record is in it."),
    final=parts.flag("It is never left."),
)
TRANSITION = parts.keys(
    Words("a transition", "流转"),
    ("from", "to"),
    label=parts.LABEL,
    from_=parts.list_of(parts.refers(to="state"), "The states that it starts from.", least=1),
    to=parts.refers("The state that it ends in.", to="state"),
    when=parts.expression("What must hold of the record as it will be."),
    roles=parts.list_of(
        parts.refers(to="role"), "Whose people may take it; whoever may change the record unless it is said.", least=1
    ),
    confirm=CONFIRM,
)
WORKFLOW = parts.keys(
    Words("a workflow", "流程"),
    ("workflow", "of", "field", "states", "transitions"),
    workflow=parts.name("name", "The name of the workflow."),
    of=parts.refers("The entity whose records go through it.", to="entity"),
    field=parts.refers(
        "The choice field that holds the state; its options and the states are the same set.", to="field"
    ),
    label=parts.LABEL,
    initial=parts.list_of(
        parts.refers(to="state"), "The states that a new record may be in; any unless it is said.", least=1
    ),
    states=parts.names_to(STATE, "option", "The states in their order.", least=1),
    transitions=parts.names_to(
        TRANSITION, doc="The ways from state to state; no other change of the field is allowed."
    ),
)
