"""Named actions and transitions of a record: what can be done with it, and doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.changes import change_of, version_of
from kith.api.idempotency import claim_of
from kith.api.meta import described, said
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.api.records import expecting, perform
from kith.runtime.write.change import Change
from kith.runtime.write.offering import Offer, offers


def actions(call: Call) -> Response:
    """Answer what the caller can do with a record now."""
    parameters(call.request)
    entity = call.entity
    if not call.reader.may_read(entity.name):
        raise stop(404, "no_such_record")
    found = offers(call.connection, call.context, call.release, entity.name, call.id)
    if found is None:
        raise stop(404, "no_such_record")
    return answer({"data": [offer_of(call, one) for one in found], "next": None, "count": len(found)})


def offer_of(call: Call, one: Offer) -> dict[str, Any]:
    """A transition or action with what it asks for; one that is not possible says why."""
    found: dict[str, Any] = {
        "name": one.name,
        "label": said(call, one.label),
        "kind": "action" if one.flow is None else "transition",
        "possible": one.possible,
        "why": list(one.why),
        "asked": [described(call, field) for field in one.asked],
        "confirm": said(call, one.confirm),
    }
    if one.flow is not None and one.transition is not None:
        found |= {"field": one.flow.field, "to": one.transition.to}
    return found


def act(call: Call) -> Response:
    """Carry out a named action or a transition; restoring is the one that every record has."""
    parameters(call.request)
    entity, name = call.entity, call.request.path_params["name"]
    if name == "restore":
        return perform(call, entity, Change("restore", entity.name, call.id), 200, claim_of(call))
    body = call.json() if call.body.strip() else {}
    values = body.pop("values", {})
    version = version_of(body.pop("version", None))
    for key in body:
        raise stop(400, "unknown_part", name=key[:60], known="values, version")
    if not isinstance(values, Mapping):
        raise stop(400, "bad_part", name="values", expected="{…}")
    if name in entity.actions:
        change = Change("update", entity.name, call.id, version=version, action=name, inputs=values)
        guarded = "if-match" in call.request.headers
        return perform(call, entity, expecting(call, change) if guarded else change, 200, claim_of(call))
    if any(name in flow.transitions for flow in call.release.model.workflows_of(entity.name)):
        body = {**values} if version is None else {**values, "version": version}
        change = change_of(call.release.model, entity, "update", call.id, body)
        return perform(call, entity, expecting(call, replace(change, action=name)), 200, claim_of(call))
    raise stop(404, "no_such_action", name=name[:60])
