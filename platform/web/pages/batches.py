"""A batch: what a bulk edit, an import, a job or an undo did, what would stay if it were taken back, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import queue
from kith.runtime.past import wishes
from kith.runtime.past.batches import latest
from kith.runtime.past.preview import Preview, Stays, preview
from kith.runtime.past.told import counted, headline, outcome_of, staying
from kith.runtime.queue.telling import told
from kith.runtime.read.query import Reference
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.templating import wanted
from kith.web.view import Cell, Column, Empty, Link, Notice, Row, Table

ONE = addresses.BATCHES + "/{id}"
LATEST = 50


def routes(web: Web) -> Sequence[Route]:
    """The routes of batches."""
    return (
        Route(addresses.BATCHES, page(web, show_latest, long=True), methods=["GET"]),
        Route(ONE, page(web, show), methods=["GET"]),
        Route(ONE + "/undo", action(web, undo, expired), methods=["POST"]),
    )


def show_latest(visit: Visit) -> Response:
    """The latest batches that the reader may undo."""
    texts = visit.texts
    rows = [
        Row(one.id, (Cell(headline(visit.model, visit.context, one), addresses.batch_of(one.id)),), label=one.id)
        for one in latest(visit.connection, visit.context, visit.release, LATEST)
    ]
    table = Table(
        caption=texts("menu.batches"),
        columns=(Column("batch", texts("batch.title"), phone="title"),),
        rows=rows,
        empty=Empty(texts("batch.none"), texts("batch.about"), "layers"),
    )
    return visit.page("batches.html", title=texts("menu.batches"), table=table)


def show(visit: Visit) -> Response:
    """What a batch did, and how taking it back stands."""
    found, texts = _found(visit), visit.texts
    context = _standing(visit, found)
    if wanted(visit.request, "undoing"):
        return visit.block("batch.html", "undoing", **context)
    title = texts("batch.title")
    return visit.page(
        "batch.html",
        title=title,
        crumbs=(Link(texts("menu.batches"), addresses.BATCHES), Link(title, visit.path)),
        **context,
    )


def undo(visit: Visit) -> Response:
    """Have it taken back; who asks twice gets the same job."""
    found = _found(visit)
    visit.write(lambda connection: wishes.put(connection, visit.context, found.batch.id))
    return go(addresses.batch_of(found.batch.id))


def _found(visit: Visit) -> Preview:
    found = preview(visit.connection, visit.context, visit.release, parameter(visit.request, "id"))
    if found is None:
        raise Stop(404)
    return found


def _standing(visit: Visit, found: Preview) -> dict[str, object]:
    jobs = wishes.wishes(visit.connection, found.batch.id)
    job = jobs[0] if jobs else None
    busy = job is not None and job.state in ("waiting", "running")
    return {
        "here": visit.path,
        "head": headline(visit.model, visit.context, found.batch),
        "did": list(counted(visit.model, visit.context, found)),
        "busy": busy,
        "notices": _notices(visit, found, job),
        "refusals": _refusals(visit, job),
        "stays": [_stays(visit, one) for one in found.stays],
        "more": found.more,
        "sent": visit.texts("batch.sent", count=found.sent) if found.sent else "",
        "sent_to": [_link(visit, entity, record) for _, entity, record in found.sent_first],
        "action": "" if busy else f"{visit.path}/undo",
    }


def _notices(visit: Visit, found: Preview, job: queue.Listed | None) -> list[Notice]:
    """How the last undo stands, or that there was one."""
    texts = visit.texts
    when = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    if job is not None:
        words = told(job, visit.model, visit.language, when)
        said = " ".join((words.failed, *words.came)).strip()
        tone = {"done": "success", "dead": "danger"}.get(job.state, "info")
        return [Notice(said or words.state, tone, f"{words.kind} · {words.state}" if said else "")]
    if found.undone_at is not None:
        return [Notice(texts("batch.undone", when=when(found.undone_at)), "success")]
    return []


def _refusals(visit: Visit, job: queue.Listed | None) -> list[tuple[Link, str]]:
    if job is None or not isinstance(job.result, dict):
        return []
    outcome = outcome_of(visit.connection, visit.context, visit.release, job.result)
    return [(_link(visit, one.entity, one.record), one.message) for one in outcome.refusals]


def _stays(visit: Visit, one: Stays) -> Link:
    return Link(staying(visit.model, visit.context, one), _link(visit, one.entity, one.record).href)


def _link(visit: Visit, entity: str, record: Reference) -> Link:
    label = record.label or record.id[:8] if record.visible else visit.texts("value.no_access")
    return Link(label, addresses.record_of(entity, record.id) if record.visible else "")
