"""Background jobs for those who administer: how they stand, what failed and why, and trying again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import queue
from kith.runtime.queue.telling import Told, kind_of, texts_of, told
from kith.runtime.read.cursors import ID
from kith.runtime.read.reader import reader_of
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.view import Cell, Choice, Column, Empty, Fact, Link, Notice, Row, Table
from kith.web.view import Page as Pager

SIZE = 50
COLOURS = {"waiting": "blue", "running": "amber", "done": "green", "dead": "red"}


def routes(web: Web) -> Sequence[Route]:
    """The routes of jobs."""
    return (
        Route(addresses.JOBS, page(web, show), methods=["GET"]),
        Route(addresses.JOBS + "/{id}", page(web, show_one), methods=["GET"]),
        Route(addresses.JOBS + "/{id}/retry", action(web, retry, expired), methods=["POST"]),
    )


def show(visit: Visit) -> Response:
    """The latest jobs, of a state and a kind where those are chosen."""
    administering(visit)
    sent = visit.request.query_params
    state = sent.get("state", "") if sent.get("state", "") in queue.STATES else ""
    kind, after = sent.get("kind", ""), sent.get("after", "")
    if after and not ID.fullmatch(after):
        raise Stop(404)
    found = queue.jobs(visit.connection, state=state, kind=kind, before=after, limit=SIZE + 1)
    following = found[SIZE - 1].id if len(found) > SIZE else ""
    on = addresses.with_query(addresses.JOBS, [("state", state), ("kind", kind), ("after", following)])
    first = addresses.with_query(addresses.JOBS, [("state", state), ("kind", kind)])
    return visit.page(
        "jobs.html",
        title=visit.texts("menu.jobs"),
        tabs=_tabs(visit, state, kind),
        kinds=_kinds(visit, state, kind),
        table=_table(visit, found[:SIZE]),
        page=Pager("", first if after else "", on if following else "") if after or following else None,
    )


def show_one(visit: Visit) -> Response:
    """One job."""
    administering(visit)
    found = _found(visit)
    words = _told(visit, found)
    texts = visit.texts
    facts = [
        (texts("jobs.about"), words.about),
        (texts("jobs.put"), _when(visit)(found.created_at)),
        (texts("jobs.due"), _when(visit)(found.due_at) if found.state == "waiting" else ""),
        (texts("jobs.ended"), _when(visit)(found.finished_at) if found.finished_at else ""),
        (texts("jobs.attempts"), str(found.attempts)),
    ]
    return visit.page(
        "job.html",
        title=words.kind,
        crumbs=(Link(texts("menu.jobs"), addresses.JOBS), Link(words.kind, visit.here)),
        chip=_chip(found, words),
        failed=Notice(words.failed, "danger", words.next) if words.failed else None,
        facts=[Fact(label, Cell(value)) for label, value in facts if value],
        came=words.came,
        refusals=words.refusals,
        retry=addresses.retry_of(found.id) if found.state == "dead" else "",
    )


def retry(visit: Visit) -> Response:
    """Have a job that has failed tried again."""
    administering(visit)
    found = _found(visit)
    count = visit.web.doors.workspace.database.run(
        lambda connection: queue.retry(connection, visit.context.now, found.id)
    )
    return go(addresses.job_of(found.id), "retried" if count else "not_retried")


def administering(visit: Visit) -> None:
    """Jobs show values of every entity; to others there are none."""
    if not reader_of(visit.context, visit.release).administers:
        raise Stop(404)


def _found(visit: Visit) -> queue.Listed:
    id_ = parameter(visit.request, "id")
    with visit.web.doors.workspace.database.read() as connection:
        found = queue.jobs(connection, id_=id_) if ID.fullmatch(id_) else []
    if not found:
        raise Stop(404)
    return found[0]


def _told(visit: Visit, job: queue.Listed) -> Told:
    return told(job, visit.model, visit.language, _when(visit))


def _when(visit: Visit) -> Callable[[datetime], str]:
    return formatter("instant", visit.language, zone=str(visit.context.reader_zone))


def _chip(job: queue.Listed, words: Told) -> Choice:
    return Choice(job.state, words.state, COLOURS[job.state])


def _tabs(visit: Visit, state: str, kind: str) -> list[Link]:
    counts = queue.counts(visit.connection)
    shown, said = formatter("integer", visit.language), texts_of(visit.language)
    found = [(name, said(f"jobs.state.{name}"), shown(counts[name])) for name in reversed(queue.STATES)]
    return [
        Link(label, addresses.with_query(addresses.JOBS, [("state", name), ("kind", kind)]), "", name == state, badge)
        for name, label, badge in (("", visit.texts("jobs.all"), ""), *found)
    ]


def _kinds(visit: Visit, state: str, kind: str) -> list[Link]:
    said = texts_of(visit.language)
    found = [(one, kind_of(one, said)) for one in queue.kinds(visit.connection)]
    return [
        Link(label, addresses.with_query(addresses.JOBS, [("state", state), ("kind", one)]), current=one == kind)
        for one, label in (("", visit.texts("jobs.every_kind")), *found)
    ]


def _table(visit: Visit, found: Sequence[queue.Listed]) -> Table:
    texts, when = visit.texts, _when(visit)
    rows = []
    for job in found:
        words = _told(visit, job)
        chip, address = _chip(job, words), addresses.job_of(job.id)
        said = words.failed or " ".join(words.came) or words.about
        cells = (Cell(words.kind, address), Cell(chip.label, chips=(chip,)), Cell(when(job.created_at)), Cell(said))
        rows.append(Row(job.id, cells, address, label=words.kind))
    return Table(
        caption=texts("menu.jobs"),
        columns=(
            Column("job", texts("jobs.job"), phone="title"),
            Column("state", texts("jobs.state")),
            Column("put", texts("jobs.put")),
            Column("told", texts("jobs.told")),
        ),
        rows=rows,
        empty=Empty(texts("jobs.empty"), texts("jobs.empty_text"), "list-checks"),
    )
