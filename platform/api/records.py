"""One record: made, looked at, changed and deleted."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.responses import Response

from kith.api import probing
from kith.api.calls import Call, answer, proven, sent, written
from kith.api.changes import change_of, rooted, subject_of
from kith.api.idempotency import Claim, Made, claim_of
from kith.api.parameters import one_of, parameters
from kith.api.problems import HEADERS, stop
from kith.api.refusals import refused
from kith.api.showing import etag, record_of
from kith.api.warning import warnings
from kith.metadata.model import Entity
from kith.runtime.database import Connection
from kith.runtime.read.query import Denied
from kith.runtime.write.change import Cause, Change, Op, Refused, Saved
from kith.runtime.write.gate import RolledBack, save_within

CAUSE = Cause("api")
IF_MATCH = re.compile(r'(?:W/)?"?(\d{1,18})(?:-\d{1,18})?"?')


def get(call: Call) -> Response:
    """Answer one record."""
    given = parameters(call.request, "deleted")
    deleted = one_of(given, "deleted", ("false", "true")) == "true"
    found = record_of(call, call.connection, call.entity, call.id, deleted=deleted)
    if found is None:
        raise stop(404, "no_such_record")
    view, shown = found
    tag = etag(view)
    seen = call.request.headers.get("if-none-match", "")
    if tag in (part.strip().removeprefix("W/") for part in seen.split(",")):
        return Response(status_code=304, headers={**HEADERS, "etag": tag})
    return answer({"data": shown}, headers={"etag": tag})


def create(call: Call) -> Response:
    """Make a record; one with an Idempotency-Key is made once."""
    entity = call.entity
    return perform(call, entity, asked(call, entity, "create"), 201, claim_of(call))


def update(call: Call) -> Response:
    """Change a record."""
    entity = call.entity
    return perform(call, entity, expecting(call, asked(call, entity, "update", call.id)), 200)


def asked(call: Call, entity: Entity, op: Op, id_: str | None = None) -> Change:
    """The change that was sent; of who may never do such a thing the bare one, which the gate refuses: no more of it is read."""
    if call.reader.rights[entity.name].right(op).never:
        return Change(op, entity.name, id_)
    parameters(call.request)
    if op == "delete":
        return Change(op, entity.name, id_)
    return rooted(entity, change_of(call.release.model, entity, op, id_, call.json()))


def delete(call: Call) -> Response:
    """Put a record into the recycle bin."""
    entity = call.entity
    perform(call, entity, expecting(call, asked(call, entity, "delete", call.id)), 204)
    return Response(status_code=204, headers=HEADERS)


def expecting(call: Call, change: Change) -> Change:
    """The change, good only for the version that `If-Match` names."""
    header = call.request.headers.get("if-match", "*").strip()
    if header == "*":
        if change.version is None and "if-match" not in call.request.headers and needs_version(call):
            raise stop(428, "version_needed")
        return change
    match = IF_MATCH.fullmatch(header)
    if match is None:
        raise stop(400, "bad_if_match")
    return replace(change, version=int(match[1]), exact=True)


def needs_version(call: Call) -> bool:
    """Whether the app wants to be told which version its author saw: its setting `versions_required`."""
    setting = call.release.model.app.settings.get("versions_required")
    return setting is not None and setting.value is True


def perform(
    call: Call, entity: Entity, change: Change, status: int, claim: Claim | None = None, cause: Cause = CAUSE
) -> Response:
    """Save a change and answer with the record as it is then, all in one transaction."""
    probing.check(call)
    done: list[Saved] = []

    def work(connection: Connection) -> Made:
        made = claimed(connection)
        proven(call, connection)
        return made

    def claimed(connection: Connection) -> Made:
        known = claim.take(connection) if claim is not None else None
        if known is not None:
            return known
        saved = save_within(connection, call.context, call.release, [change], cause)[0]
        assert isinstance(saved, Saved)
        done[:] = [saved]
        made = after(call, connection, entity, subject_of(entity, change) or saved.id, saved, status)
        if claim is not None:
            claim.keep(connection, made)
        return made

    try:
        status, headers, body = call.doors.workspace.database.run(work)
    except RolledBack as undone:
        verdict = undone.verdicts[0]
        assert isinstance(verdict, Refused)
        probing.count(call, undone.verdicts)
        raise refused(call, entity, change, verdict) from None
    probing.count(call, done)
    return sent(body, status, headers)


def after(call: Call, connection: Connection, entity: Entity, id_: str, saved: Saved, status: int) -> Made:
    """Status, headers and body for what was saved; of a record that the caller may not read only that it is there."""
    headers = {"location": f"/api/v1/{entity.name}/{id_}"} if status == 201 else {}
    # What is known of a line is the version of its parent.
    bare = written(
        {"data": {"id": id_, "version": saved.version if saved.entity == entity.name else None}} | warnings(saved)
    )
    if status == 204:
        return status, headers, bare
    try:
        found = record_of(call, connection, entity, id_)
    except Denied:
        found = None
    if found is None:
        return status, headers, bare
    view, shown = found
    return status, {**headers, "etag": etag(view)}, written({"data": shown} | warnings(saved))
