"""`POST /api/v1/meta/plan`, `…/apply` and `…/rollback`: changed documents of the company layer, and ways back.

Each names the release that it was made against as `base`: where another came first, or another process is publishing, it is
answered 409. What is sent twice is carried out once, since the release that has it is found; with a key the answer is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from starlette.responses import Response

from kith.api.calls import Call, answer, sent, written
from kith.api.idempotency import Made, claim_of
from kith.api.parameters import parameters
from kith.api.problems import Stop, error, stop
from kith.problems import Problem
from kith.runtime.applying.progress import RUNNING, CannotApply
from kith.runtime.loading import NotLoaded
from kith.runtime.plan.rolling import CannotGoBack
from kith.runtime.wanted import Outdated, Wanted, Wrong, back_to, edited, plan_of, publish, why_not

MOST_DOCUMENTS = 500
HIGHEST = 10**9
ASKED = ("base", "documents", "back")
CARRIED_OUT = ("note", "allow_loss")
LONGEST_NOTE = 1_000
T = TypeVar("T")


def plan(call: Call) -> Response:
    """Answer what publishing documents, or going back, would do; what is wrong with them is an answer as well."""
    body = _body(call, ASKED)
    wanted = _wanted(call, body)
    try:
        planned = _guarded(call, lambda: plan_of(call.doors.workspace, wanted))
    except Wrong as wrong:
        return answer({"data": {"base": wanted.base, "plan": None, "problems": _problems(call, wrong)}})
    data = planned.as_data(call.context.language)
    return answer({"data": {"base": wanted.base, "plan": data, "problems": []}})


def apply(call: Call) -> Response:
    """Publish documents and answer the release that has them."""
    return _published(call, _body(call, ("base", "documents", *CARRIED_OUT)), "documents")


def rollback(call: Call) -> Response:
    """Go back to an older release and answer the release that does."""
    return _published(call, _body(call, ("base", "back", *CARRIED_OUT)), "back")


def _published(call: Call, body: Mapping[str, Any], needed: str) -> Response:
    note, allow_loss = body.get("note", ""), body.get("allow_loss", False)
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise stop(400, "bad_part", name="note", expected=f'"…", ≤ {LONGEST_NOTE}')
    if not isinstance(allow_loss, bool):
        raise stop(400, "bad_part", name="allow_loss", expected="true | false")
    if needed not in body:
        raise stop(400, "missing_part", name=needed)
    wanted = _wanted(call, body)

    def work() -> int:
        return publish(call.doors.workspace, wanted, call.context.actor, note=note, allow_loss=allow_loss)

    claim = claim_of(call)
    known = claim.known() if claim is not None else None
    if known is not None:
        return sent(known[2], known[0], known[1])
    try:
        number = _guarded(call, work)
    except Wrong as wrong:
        errors = [error(str(one["code"]), str(one["message"])) | one for one in _problems(call, wrong)]
        raise Stop(422, "wrong_documents", errors=errors) from None
    made: Made = (200, {}, written({"data": {"release": number}}))
    if claim is not None:
        # A release is not one transaction: whoever sends it again before this has committed finds the release itself.
        made = claim.taken_or_kept(made)
    return sent(made[2], made[0], made[1])


def _guarded(call: Call, work: Callable[[], T]) -> T:
    """What work returns; that another release came first or that it cannot be done is told as such."""
    try:
        return work()
    except Outdated as outdated:
        raise stop(409, "other_release", current=outdated.current) from None
    except (CannotApply, NotLoaded, CannotGoBack) as cannot:
        if isinstance(cannot, CannotApply) and cannot.words is RUNNING:
            raise Stop(409, "being_applied", detail=RUNNING.in_(call.context.language)) from None
        raise Stop(422, "not_published", detail=why_not(cannot).in_(call.context.language)) from None


def _body(call: Call, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not call.reader.administers:
        raise stop(404, "no_such_release")
    parameters(call.request)
    body = call.json()
    for key in body:
        if key not in known:
            raise stop(400, "unknown_part", name=key[:60], known=", ".join(known))
    return body


def _wanted(call: Call, body: Mapping[str, Any]) -> Wanted:
    workspace = call.doors.workspace
    workspace.look()
    current = workspace.current().number
    base = _whole(body, "base")
    if base > current:
        raise stop(409, "other_release", current=current)
    if ("back" in body) == ("documents" in body):
        raise stop(400, "bad_part", name="documents", expected="documents | back")
    if "back" in body:
        return _guarded(call, lambda: back_to(workspace, base, _whole(body, "back")))
    documents = body["documents"]
    if (
        not isinstance(documents, dict)
        or len(documents) > MOST_DOCUMENTS
        or not all(text is None or isinstance(text, str) for text in documents.values())
    ):
        raise stop(400, "bad_part", name="documents", expected='{"rules/….yaml": "…" | null}')
    try:
        return edited(workspace, base, documents)
    except ValueError:
        raise stop(400, "bad_part", name="documents", expected="app.yaml, entities/….yaml, rules/….yaml …") from None


def _whole(body: Mapping[str, Any], name: str) -> int:
    found = body.get(name)
    if found is None:
        raise stop(400, "missing_part", name=name)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found < HIGHEST:
        raise stop(400, "bad_part", name=name, expected="1 …")
    return found


def _problems(call: Call, wrong: Wrong) -> list[dict[str, object]]:
    def told(one: Problem) -> dict[str, object]:
        return one.as_data(call.context.language)

    return [told(one) for one in wrong.problems]
