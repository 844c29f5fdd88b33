"""One record as JSON, its owned lines inside, and its ETag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kith.api.calls import Call
from kith.api.encoding import Convert, converters
from kith.metadata.model import Entity, Inverse
from kith.runtime.database import Connection
from kith.runtime.read import get_record, lines
from kith.runtime.read.query import RecordView


def etag(view: RecordView) -> str:
    """A record's ETag: its version, and how often its computed values have changed without an edit."""
    return f'"{view.version}-{view.computed}"'


def record_of(
    call: Call, connection: Connection, entity: Entity, id_: str, *, deleted: bool = False
) -> tuple[RecordView, dict[str, Any]] | None:
    """A record and its JSON; None where there is none that the caller may see."""
    view = get_record(connection, call.context, call.release, entity.name, id_, deleted=deleted)
    if view is None:
        return None
    shown = written(view, converters_of(call, entity))
    for inverse in owned(call, entity):
        line_entity = call.release.model.entities[inverse.entity]
        convert = converters_of(call, line_entity)
        found = lines(connection, call.context, call.release, entity.name, id_, inverse.name, deleted=view.deleted)
        shown[inverse.name] = [written(line, convert, without=inverse.field) for line in found]
    if view.deleted:
        shown["deleted"] = True
    return view, shown


def written(view: RecordView, convert: Mapping[str, Convert], without: str = "") -> dict[str, Any]:
    """The values of a record."""
    found: dict[str, Any] = {"id": view.id, "version": view.version, **view.values}
    for name, function in convert.items():
        value = found.get(name)
        if value is not None:
            found[name] = function(value)
    found.pop(without, None)
    return found


def converters_of(call: Call, entity: Entity) -> Mapping[str, Convert]:
    """How the values of an entity are written in the reader's language, made once."""
    key = ("api.convert", entity.name, call.context.language)
    return call.release.cached(key, lambda: converters(entity, call.texts("reference.hidden")))


def owned(call: Call, entity: Entity) -> tuple[Inverse, ...]:
    """The relations to owned lines that the caller may read."""
    inverses = entity.inverses.values()
    return tuple(one for one in inverses if one.owned and call.reader.may_read(one.entity))
