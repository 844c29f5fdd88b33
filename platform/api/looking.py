"""Search over all entities, and the history of a record."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.encoding import converter, loose
from kith.api.parameters import names, number, parameters
from kith.api.problems import stop
from kith.api.showing import converters_of
from kith.metadata.model import Entity
from kith.runtime.read import get_record, history, search
from kith.runtime.read.query import HistoryEntry
from kith.runtime.search.finding import MOST

MOST_ENTRIES = 1_000
LONGEST = 500


def search_(call: Call) -> Response:
    """Answer a search."""
    given = parameters(call.request, "q", "entity", "limit")
    text = given.get("q", "")
    if not text.strip():
        raise stop(400, "missing_parameter", name="q")
    if len(text) > LONGEST:
        raise stop(400, "bad_parameter", name="q", value="…", expected=f"≤ {LONGEST}")
    entities, limit = names(given.get("entity", ""), "entity", "account,contact"), number(given, "limit", 20, MOST)
    hits = search(call.connection, call.context, call.release, text, entities=entities, limit=limit)
    data = [{"entity": hit.entity, "id": hit.id, "label": hit.title} for hit in hits]
    return answer({"data": data, "next": None, "count": None if len(data) == limit else len(data)})


def history_(call: Call) -> Response:
    """Answer what was done to a record, the latest first."""
    given = parameters(call.request, "limit")
    entity = call.entity
    limit = number(given, "limit", 200, MOST_ENTRIES)
    found = history(call.connection, call.context, call.release, entity.name, call.id, limit=limit)
    if (
        not found
        and get_record(call.connection, call.context, call.release, entity.name, call.id, deleted=True) is None
    ):
        raise stop(404, "no_such_record")
    return answer({"data": [entry(call, entity, one) for one in found], "next": None, "count": None})


def entry(call: Call, entity: Entity, one: HistoryEntry) -> dict[str, Any]:
    """One version of a record."""
    hidden, known = call.texts("reference.hidden"), converters_of(call, entity)
    convert = {**known, **{name: converter(was.type, hidden) for name, was in one.former.items()}}

    def shown(name: str, value: Any) -> Any:
        written = convert.get(name)
        return written(value) if written is not None and value is not None else loose(value, hidden)

    # As the model has them: databases keep the names of an object in orders of their own.
    changed = [name for name in entity.fields if name in one.changes]
    changes = {
        name: {"old": shown(name, old), "new": shown(name, new)} for name in changed for old, new in [one.changes[name]]
    }
    return {
        "version": one.version, "op": one.op, "at": one.at, "actor": loose(one.actor, hidden), "channel": one.channel,
        "batch": one.batch, "save": one.save, "erased": one.erased, "acted_by": loose(one.acted_by, hidden), "changes": changes,
    }  # fmt: skip
