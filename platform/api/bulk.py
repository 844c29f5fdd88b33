"""`POST /api/v1/{entity}/bulk`: many records in one request and one transaction, all or each that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from starlette.responses import Response

from kith.api import probing
from kith.api.calls import Call, known_id, sent, written
from kith.api.changes import change_of, rooted, subject_of, version_of
from kith.api.idempotency import Made, claim_of
from kith.api.parameters import parameters
from kith.api.problems import Stop, stop
from kith.api.reading import only
from kith.api.refusals import clashing, reasons, status_of
from kith.api.warning import warnings
from kith.metadata.model import Entity
from kith.runtime.database import Connection
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change, Op, Refused, Verdict
from kith.runtime.write.gate import RolledBack, save_within

MOST = 10_000
OPS = ("create", "update", "upsert", "delete")
PARTS = ("op", "id", "key", "version", "values")


def bulk(call: Call) -> Response:
    """Save many."""
    parameters(call.request)
    entity, body = call.entity, call.json()
    only(body, ("mode", "items"))
    mode = body.get("mode", "all")
    if mode not in ("all", "each"):
        raise stop(400, "bad_part", name="mode", expected="all | each")
    changes = changes_of(call, entity, body.get("items"))
    claim = claim_of(call)
    cause = Cause("bulk", batch=new_id())
    said: list[Verdict] = []
    probing.check(call)

    def work(connection: Connection) -> Made:
        known = claim.take(connection) if claim is not None else None
        if known is not None:
            return known
        chosen = cast("Literal['all', 'each']", mode)
        verdicts = save_within(connection, call.context, call.release, changes, cause, chosen)
        if probing.tells_more(call, verdicts):
            raise RolledBack(verdicts)
        said[:] = verdicts
        made: Made = (200, {}, written(summary(call, entity, changes, verdicts) | {"batch": cause.batch}))
        if claim is not None:
            claim.keep(connection, made)
        return made

    try:
        status, headers, text = call.doors.workspace.database.run(work)
    except RolledBack as undone:
        probing.count(call, undone.verdicts)
        if probing.tells_more(call, undone.verdicts):
            probing.check(call)
        raise refused_all(call, entity, undone.verdicts) from None
    probing.count(call, said)
    return sent(text, status, headers)


def changes_of(call: Call, entity: Entity, items: object) -> list[Change]:
    """The changes that the items ask for."""
    if not isinstance(items, list):
        raise stop(400, "bad_part", name="items", expected="[{…}, …]")
    if len(items) > MOST:
        raise stop(400, "too_many_items", limit=MOST, count=len(items))
    return [rooted(entity, _change(call, entity, item, f"items.{number}.")) for number, item in enumerate(items)]


def _change(call: Call, entity: Entity, item: object, place: str) -> Change:
    if not isinstance(item, dict):
        raise stop(400, "bad_part", name=place.removesuffix("."), expected="{…}")
    only(item, PARTS)
    op, id_, values = item.get("op"), item.get("id"), item.get("values", {})
    if op not in OPS:
        raise stop(400, "bad_part", name=f"{place}op", expected=" | ".join(OPS))
    if not isinstance(values, dict):
        raise stop(400, "bad_part", name=f"{place}values", expected="{…}")
    if id_ is not None and (not isinstance(id_, str) or op == "create"):
        raise stop(400, "bad_part", name=f"{place}id", expected='"…" (update, upsert, delete)')
    key = item.get("key")
    if op != "create" and (id_ is None) == (key is None):
        raise stop(400, "bad_part", name=f"{place}id", expected="id | key")
    change = change_of(call.release.model, entity, cast("Op", op), known_id(id_) if id_ else None, values, place)
    if op == "upsert" and id_ is not None:
        change = replace(change, op="update")
    version = version_of(item.get("version"), place)
    # Who deletes sends no fields of which only some could collide.
    exact = op == "delete"
    return replace(change, key=_key(call, entity, key, place), version=version or change.version, exact=exact)


def _key(call: Call, entity: Entity, key: object, place: str) -> Mapping[str, object] | None:
    """Values of a key of the entity, of fields that the caller may read or write: else he could try out values."""
    if key is None:
        return None
    keys = {frozenset(one.fields) for one in entity.keys.values()}
    keys |= {frozenset([field.name]) for field in entity.fields.values() if field.unique}
    known = sorted(", ".join(sorted(names)) for names in keys if all(_may_use(call, entity, name) for name in names))
    if not isinstance(key, dict) or ", ".join(sorted(key)) not in known:
        raise stop(400, "bad_part", name=f"{place}key", expected=" | ".join(f"{{{names}}}" for names in known) or "id")
    return cast("Mapping[str, object]", key)


def _may_use(call: Call, entity: Entity, name: str) -> bool:
    rights = call.reader.rights[entity.name]
    if call.reader.may_read(entity.name) and not rights.reading(name).read.never:
        return True
    return any(not rights.writing(name, action).never for action in ("create", "update"))


def summary(call: Call, entity: Entity, changes: Sequence[Change], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What became of each item, in their order."""
    data = [
        {"item": number, **_outcome(call, entity, change, verdict)}
        for number, (change, verdict) in enumerate(zip(changes, verdicts, strict=True))
    ]
    refused = sum(isinstance(verdict, Refused) for verdict in verdicts)
    return {"data": data, "saved": len(data) - refused, "refused": refused}


def _outcome(call: Call, entity: Entity, change: Change, verdict: Verdict) -> dict[str, Any]:
    if isinstance(verdict, Refused):
        return {"status": status_of(verdict), "errors": _errors(call, entity, verdict)}
    if verdict.entity != entity.name:
        # What is known of a line is the version of its parent, with which it is saved.
        made = change.entity != entity.name
        op = "create" if made else change.op
        return {"status": 201 if made else 200, "op": op, "id": subject_of(entity, change), "version": None}
    status = 201 if verdict.created else 200
    return {"status": status, "op": verdict.op, "id": verdict.id, "version": verdict.version} | warnings(verdict)


def _errors(call: Call, entity: Entity, verdict: Refused) -> list[dict[str, Any]]:
    found = [clashing(call, entity, one) for one in verdict.conflicts]
    return found + [dict(one) for one in reasons(call, entity, verdict)]


def refused_all(call: Call, entity: Entity, verdicts: Sequence[Verdict]) -> Stop:
    """Nothing was saved: the reasons, each with the number of its item."""
    errors: list[dict[str, Any]] = []
    statuses: set[int] = set()
    count = 0
    for number, verdict in enumerate(verdicts):
        if not isinstance(verdict, Refused) or any(one.code == "not_carried_out" for one in verdict.failures):
            continue
        count += 1
        statuses.add(status_of(verdict))
        errors += [{"item": number, **one} for one in _errors(call, entity, verdict)]
    status = statuses.pop() if len(statuses) == 1 else 422
    return Stop(status, "refused_all", {"count": count, "all": len(verdicts)}, errors=errors)
