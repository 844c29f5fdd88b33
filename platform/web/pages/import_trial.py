"""What would become of a whole file, with rows to mend and texts to translate; then writing it, and what has come of that."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kith.runtime import probing, queue
from kith.runtime.database import Connection
from kith.runtime.importing import drafts, working
from kith.runtime.importing.plans import Plan
from kith.runtime.importing.reports import Report
from kith.runtime.queue.telling import told
from kith.runtime.transfer.safe import safe_text
from kith.runtime.transfer.table import ERRORS, ROW
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.importing import Importing, importing_of
from kith.web.pages.import_columns import tried
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.templating import wanted
from kith.web.view import Choice, Notice, Tile

FIRST = 20
"""Rows with reasons that the page of the result shows; the file has all."""
PORTION = 500
"""Rows of the file of failed rows that are in memory at once."""


def routes(web: Web, one: str) -> Sequence[Route]:
    """The routes of these steps."""
    return (
        Route(f"{one}/check", page(web, check), methods=["GET"]),
        Route(f"{one}/check", action(web, go_on, expired), methods=["POST"]),
        Route(f"{one}/result", page(web, result), methods=["GET"]),
        Route(f"{one}/failed.csv", page(web, failed_rows), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a column that no option has, how often it stands there, and what it stands for."""

    name: str
    text: str
    count: int
    choices: Sequence[Choice]


# ---- the trial -------------------------------------------------------------------------------------------------------


def check(visit: Visit) -> Response:
    """How far the trial is, and what it has found."""
    found = importing_of(visit)
    if found.draft.run:
        return go(found.address("result"))
    job = working.standing(visit.connection, found.draft, working.TRY)
    if job is None:
        return go(found.address("columns"))
    report = working.report_of(job, found.draft)
    context = _progress(found, job, report, "check")
    if not context["busy"]:
        context |= _found(found, job, report)
    if wanted(visit.request, "standing"):
        return visit.block("import_check.html", "standing", **found.frame("check"), **context)
    return visit.page("import_check.html", **found.frame("check"), **context)


def _progress(found: Importing, job: queue.Listed, report: Report, step: str) -> dict[str, Any]:
    seen, total = report["rows"], max(report["total"], report["rows"])
    known = "progress" if report["total"] else "progress_unknown"
    return {
        "busy": job.state in ("waiting", "running"),
        "seen": seen,
        "total": total if report["total"] else 0,
        "progress": found.visit.texts(f"imports.{known}", seen=seen, count=total),
        "at": found.address(step),
        "mistake": _died(found, job, report),
    }


def _died(found: Importing, job: queue.Listed, report: Report) -> Notice | None:
    """Why the job has stopped."""
    visit = found.visit
    if job.state != "dead" and "stopped" not in report:
        return None
    words = told(job, visit.model, visit.language, formatter("instant", visit.language))
    stopped = report.get("stopped", {}).get("zh" if visit.language.startswith("zh") else "en", "")
    return Notice(stopped or words.failed, "danger")


def _found(found: Importing, job: queue.Listed, report: Report) -> dict[str, Any]:
    say = found.visit.texts
    good = report["rows"] - report["failed"]
    groups = sorted(report["groups"], key=lambda one: -one["count"])
    return {
        "tiles": _tiles(found, report, would=True),
        "notices": _outlook(found, report),
        "groups": [(one["column"], one["count"], _in_general(found, one)) for one in groups],
        "texts": [text for one in groups for text in _texts(found, one)],
        "bad": report["bad"],
        "more": say("imports.more_bad", count=report["failed"] - len(report["bad"]))
        if report["failed"] > len(report["bad"])
        else "",
        "button": say("imports.import", count=good - report["skipped"])
        if good - report["skipped"] > 0 and "stopped" not in report
        else "",
        "back": found.address("columns"),
    }


def _in_general(found: Importing, group: Mapping[str, Any]) -> str:
    """A reason that several texts share, without the text of the one that was told first."""
    texts = [text for text in group["values"] if text]
    if len(texts) < 2:
        return str(group["message"])
    shown = found.visit.texts("mark.list").join(texts[:5])
    return found.visit.texts("imports.such_as", message=group["message"], texts=shown)


def _texts(found: Importing, group: Mapping[str, Any]) -> list[Text]:
    """The texts that are no options, each with the options that it may stand for."""
    if group["code"] != "not_option":
        return []
    field = next((one.field for one in found.draft.plan.feeds if one.column == group["column"]), "")
    declared = found.entity.fields.get(field)
    if declared is None or declared.type_name != "choice":
        return []
    language = found.visit.language
    options = [Choice(one.key, one.label.in_(language)) for one in declared.options.values() if not one.retired]
    index = found.draft.look.columns.index(group["column"])
    return [Text(f"text.{index}", text, count, options) for text, count in group["values"].items() if text]


def _outlook(found: Importing, report: Report) -> list[Notice]:
    say = found.visit.texts
    notices = []
    if not report["failed"] and "stopped" not in report:
        notices.append(Notice(say("imports.all_good"), "success"))
    elif report["failed"]:
        notices.append(Notice(say("imports.some_bad", count=report["failed"]), "warning"))
    if report["repeats"]:
        notices.append(Notice(say("imports.repeats", count=report["repeats"]), "info"))
    if report["alike"]:
        notices.append(Notice(say("imports.alike", count=report["alike"]), "info"))
    return notices


def _tiles(found: Importing, report: Report, *, would: bool) -> list[Tile]:
    shown, say = formatter("integer", found.visit.language), found.visit.texts
    names = ("created", "updated", "unchanged", "skipped", "failed")
    return [
        Tile(say(f"imports.{'would' if would else 'did'}.{name}"), shown(report[name]))
        for name in names
        if report[name] or name in ("created", "failed")
    ]


def go_on(visit: Visit) -> Response:
    """Try again with what was mended; with nothing mended, write."""
    found = importing_of(visit)
    if found.draft.run:
        return go(found.address("result"))
    job = working.standing(visit.connection, found.draft, working.TRY)
    if job is None or job.state in ("waiting", "running"):
        return go(found.address("check"))
    plan = _mended(found, working.report_of(job, found.draft))
    if plan != found.draft.plan or job.state == "dead" or not visit.sent("_go"):
        return tried(found, plan)
    if probing.wait(visit.web.doors, visit.context):
        raise Stop(429)
    visit.write(lambda connection: _begun(connection, found))
    return go(found.address("result"))


def _begun(connection: Connection, found: Importing) -> None:
    """The job that writes; who asks twice gets the same."""
    visit = found.visit
    again = drafts.find(connection, visit.context.actor.id, visit.release, found.entity.name, found.draft.id, held=True)
    if again is not None and not again.run:
        working.put(connection, visit.context, visit.release, again, working.RUN)


def _mended(found: Importing, report: Report) -> Plan:
    """The plan with the cells and the texts that were changed."""
    visit, plan, columns = found.visit, found.draft.plan, found.draft.look.columns
    for row in report["bad"]:
        cells = {}
        for column, text in row["cells"].items():
            sent = visit.form.get(f"cell.{row['row']}.{columns.index(column)}")
            if isinstance(sent, str) and sent != text:
                cells[column] = sent[:10_000]
        if cells:
            plan = plan.mended(str(row["row"]), cells)
    for group in report["groups"]:
        for text in _texts(found, group):
            meant = visit.sent(f"{text.name}.{text.text}")
            if meant and any(one.value == meant for one in text.choices):
                plan = plan.mapped(group["column"], {text.text: meant})
    return plan


# ---- the result ------------------------------------------------------------------------------------------------------


def result(visit: Visit) -> Response:
    """How far writing is, and what has come of it."""
    found = importing_of(visit)
    job = working.standing(visit.connection, found.draft, working.RUN)
    if not found.draft.run:
        return go(found.address("check"))
    if job is None:
        raise Stop(404, visit.texts("imports.long_ago"))
    report = working.report_of(job, found.draft)
    context = _progress(found, job, report, "result")
    if not context["busy"]:
        context |= _done(found, report)
    if wanted(visit.request, "standing"):
        return visit.block("import_result.html", "standing", **found.frame("result"), **context)
    return visit.page("import_result.html", **found.frame("result"), **context)


def _done(found: Importing, report: Report) -> dict[str, Any]:
    visit, say, entity = found.visit, found.visit.texts, found.entity.name
    rows = drafts.failures(visit.connection, found.draft.run, 0, FIRST) if report["failed"] else []
    written = report["created"] + report["updated"]
    tone, key = ("success", "done") if not report["failed"] else ("warning", "done_some")
    return {
        "notice": Notice(say(f"imports.{key}", count=report["failed"]), tone) if "stopped" not in report else None,
        "tiles": _tiles(found, report, would=False),
        "failed": [(row, reasons) for row, _, reasons in rows],
        "file": found.address("failed.csv") if rows else "",
        "undo": addresses.batch_of(found.draft.run) if written else "",
        "again": addresses.import_of(entity),
        "document": found.address("mapping.yaml") if found.subject.reader.administers else "",
        "list": addresses.list_of(entity),
    }


def failed_rows(visit: Visit) -> Response:
    """The rows that could not be used, as they were, with the reasons: mended, that file can be imported again."""
    found = importing_of(visit)
    if not found.draft.run:
        raise Stop(404)
    return StreamingResponse(
        _portions(visit, found),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{found.entity.name}-failed.csv"',
            "cache-control": "no-store",
        },
    )


async def _portions(visit: Visit, found: Importing) -> AsyncIterator[bytes]:
    columns = found.draft.look.columns
    shown = [index for index, column in enumerate(columns) if column not in (ROW, ERRORS)]
    # Excel takes a CSV for UTF-8 only where it begins with a mark.
    yield _lines([[*(columns[index] for index in shown), ROW, ERRORS]]).encode("utf-8-sig")
    after = 0
    doors = visit.web.doors

    def read() -> list[tuple[int, list[str], list[str]]]:
        with doors.workspace.database.read() as connection:
            return drafts.failures(connection, found.draft.run, after, PORTION)

    while rows := await doors.calling.read(read):
        after = rows[-1][0]
        lines = [
            [*(safe_text(cells[index]) for index in shown), str(row), safe_text("; ".join(reasons))]
            for row, cells, reasons in rows
        ]
        yield _lines(lines).encode()


def _lines(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
