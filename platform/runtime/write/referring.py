"""Which records a value of a field names, whatever kind of reference it is."""

from __future__ import annotations

from collections.abc import Mapping

from kith.metadata.model import Field, Model

ANY = "any_reference"
Named = tuple[str, str]
"""An entity, and the id of one of its records."""


def named_by(declared: Field, value: object) -> set[Named]:
    """The records that a value names."""
    if isinstance(value, Mapping):
        return {(value["entity"], value["id"])}
    ids = value if isinstance(value, frozenset) else {value}
    return {(declared.to, str(id_)) for id_ in ids if id_ is not None}


def by_todays_name(model: Model, declared: Field, value: object) -> object:
    """A value that names a record by what its entity was called once, such as one of the history, by what it is called now."""
    if declared.type_name != ANY:
        return value
    if isinstance(value, str):
        entity, slash, id_ = value.partition("/")
        return f"{model.entity_called(entity.strip()) or entity}{slash}{id_}"
    if not isinstance(value, Mapping) or not isinstance(value.get("entity"), str):
        return value
    return {**value, "entity": model.entity_called(value["entity"]) or value["entity"]}


def id_in(value: object) -> str:
    """The id in the value of a reference to one record."""
    return str(value["id"] if isinstance(value, Mapping) else value)


def reference_to(declared: Field, entity: str, id_: str) -> object:
    """The value of a reference to that record."""
    return {"entity": entity, "id": id_} if declared.type_name == ANY else id_
