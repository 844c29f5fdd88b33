"""How far publishing is, or going back: stage by stage, until a release is live or something has stopped it."""

from __future__ import annotations

from starlette.responses import Response

from kith.runtime import commissions, queue
from kith.runtime.commissions import Going
from kith.runtime.read.cursors import ID
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.pages.jobs import administering
from kith.web.requests import Stop, Visit, parameter
from kith.web.templating import wanted
from kith.web.view import Cell, Fact, Link, Notice, Step

STAGES = ("expand", "fill", "switch", "tidy")
AT_ONCE = ("at_once",)
"""SQLite does all of it in one transaction: nobody sees how far it is."""


def show(visit: Visit) -> Response:
    """How far it is."""
    administering(visit)
    job = _found(visit)
    going = commissions.going(visit.connection, job)
    texts, payload = visit.texts, job.payload
    back = payload["back"]
    title = texts("plan.going_back" if back else "plan.publishing", number=back or payload["base"] + 1)
    when = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    facts = [
        (texts("releases.actor"), payload["actor"]["name"]),
        (texts("plan.asked"), when(job.created_at)),
        (texts("releases.note"), payload["note"]),
    ]
    context = {
        "here": visit.path,
        "steps": _steps(visit, going),
        "notice": _notice(visit, going, addresses.back_of(back) if back else addresses.WAITING),
        "over": going.state in ("live", "stopped"),
    }
    if wanted(visit.request, "publishing"):
        return visit.block("publishing.html", "publishing", **context)
    return visit.page(
        "publishing.html",
        title=title,
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(title, visit.path)),
        facts=[Fact(label, Cell(value)) for label, value in facts if value],
        **context,
    )


def _found(visit: Visit) -> queue.Listed:
    id_ = parameter(visit.request, "id")
    found = queue.jobs(visit.connection, id_=id_, kind=commissions.KIND) if ID.fullmatch(id_) else []
    if not found:
        raise Stop(404)
    return found[0]


def _steps(visit: Visit, going: Going) -> list[Step]:
    """The way to the new release; where it was stopped nobody asks any more how far it had come."""
    if going.state == "stopped":
        return []
    stages = AT_ONCE if visit.web.doors.workspace.database.kind == "sqlite" else STAGES
    names = ["waiting", *stages, "live"]
    now = going.stage if going.stage in stages else stages[0]
    place = {"waiting": 0, "running": names.index(now), "live": len(names)}[going.state]
    states = ("done" if at < place else "current" if at == place else "todo" for at in range(len(names)))
    return [Step(visit.texts(f"plan.step.{name}"), state) for name, state in zip(names, states, strict=True)]


def _notice(visit: Visit, going: Going, again: str) -> Notice:
    texts, number = visit.texts, going.release
    if going.state == "live":
        to = Link(texts("plan.see_release"), addresses.release_of(number))
        return Notice(texts("plan.live", number=number), "success", actions=(to,))
    if going.state == "stopped":
        why = going.why.in_(visit.language) if going.why else ""
        return Notice(why, "danger", texts("plan.stopped"), (Link(texts("plan.again"), again),))
    sqlite = visit.web.doors.workspace.database.kind == "sqlite"
    stage = "waiting" if going.state == "waiting" else "at_once" if sqlite else going.stage or "expand"
    return Notice(texts(f"plan.stage.{stage}"))
