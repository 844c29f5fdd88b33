"""Bringing in a file: the upload, and how it is to be read."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.database import Connection
from kith.runtime.files.uploading import LARGEST_OF_ALL, MEGABYTE, Looked, Unfit, keep
from kith.runtime.importing import drafts
from kith.runtime.importing.drafts import Draft, Look
from kith.runtime.importing.guessing import guessed
from kith.runtime.importing.plans import Plan
from kith.runtime.importing.source import look_at, on_disk, settings_of
from kith.runtime.transfer.table import Settings, Unreadable
from kith.runtime.write.messages import texts
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.importing import Importing, fields_of, importing_of, steps, subject_of, title_of
from kith.web.pages import import_columns, import_document, import_trial
from kith.web.pages.signing import expired
from kith.web.requests import Visit, Web, go
from kith.web.subject import Subject
from kith.web.view import Cell, Choice, Column, Link, Row, Table

HERE = "/records/{entity}/import"
ONE = HERE + "/{id}"
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "cp1252", "shift_jis")
DELIMITERS = (",", ";", "\t", "|", "blanks")
ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls,.json"
LONGEST_NAME = 200


def routes(web: Web) -> Sequence[Route]:
    """The routes of imports."""
    return (
        Route(HERE, page(web, ask), methods=["GET"]),
        Route(HERE, action(web, upload, expired, long=True, files=True), methods=["POST"]),
        Route(ONE, page(web, show), methods=["GET"]),
        Route(ONE, action(web, read_as, expired, long=True), methods=["POST"]),
        *import_columns.routes(web, ONE),
        *import_trial.routes(web, ONE),
        *import_document.routes(web, ONE),
    )


def ask(visit: Visit) -> Response:
    """The form for a file."""
    return _upload_page(subject_of(visit))


def _upload_page(subject: Subject, mistake: str = "") -> Response:
    visit = subject.visit
    title = title_of(subject)
    return visit.page(
        "import_upload.html",
        422 if mistake else 200,
        title=title,
        crumbs=(*subject.crumbs, Link(title, visit.path)),
        steps=steps(visit, None, "file"),
        mistake=mistake,
        here=addresses.import_of(subject.entity.name),
        back=addresses.list_of(subject.entity.name),
        endings=ENDINGS,
        limits=visit.texts("imports.limits", size=LARGEST_OF_ALL // MEGABYTE),
    )


def upload(visit: Visit) -> Response:
    """Take a file in, and say what it looks like."""
    subject = subject_of(visit)
    sent = visit.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return _upload_page(subject, visit.texts("imports.no_file"))
    try:
        look = _looked(sent)
        id_ = _kept(subject, sent, look)
    except Unreadable as error:
        return _upload_page(subject, texts(visit.language)(f"unreadable.{error.code}", **error.values))
    except Unfit as unfit:
        return _upload_page(subject, texts(visit.language)(f"upload.{unfit.code}", **unfit.values))
    return go(addresses.import_of(subject.entity.name, id_))


def _looked(sent: UploadFile) -> Look:
    with NamedTemporaryFile(prefix="kith-import-", suffix=Path(sent.filename or "").suffix.lower()[:8]) as copy:
        sent.file.seek(0)
        shutil.copyfileobj(sent.file, copy)
        copy.flush()
        return look_at(Path(copy.name), Settings())


def _kept(subject: Subject, sent: UploadFile, look: Look) -> str:
    visit, name = subject.visit, (sent.filename or "").replace("\0", "")[-LONGEST_NAME:]
    size = sent.file.seek(0, 2)
    if size > LARGEST_OF_ALL:
        raise Unfit("too_large", limit=LARGEST_OF_ALL // MEGABYTE)
    most = visit.web.doors.settings.files
    known = drafts.remembered(visit.connection, visit.context, visit.release, subject.entity.name, look)
    draft = _planned(subject, Draft("", subject.entity.name, "", name, look, Plan(), "", "", visit.context.now), known)

    def work(connection: Connection) -> str:
        kept = keep(connection, visit.context, Looked(sent.file, name, look.format, size), most)
        return drafts.begin(connection, visit.context, visit.release, replace(draft, file=kept.described.id))

    return visit.write(work)


def _planned(subject: Subject, draft: Draft, known: Plan | None) -> Draft:
    """The import with what its columns fed the last time, else with what they probably feed."""
    if known is not None:
        return replace(draft, plan=known, recalled=True)
    fields = fields_of(subject.reader, subject.entity)
    look, model = draft.look, subject.visit.model
    return replace(draft, plan=guessed(model, subject.entity, fields, look.columns, look.sample), recalled=False)


def show(visit: Visit) -> Response:
    """How a file has been read, with its first rows."""
    found = importing_of(visit)
    if found.draft.run:
        return go(found.address("result"))
    return _file_page(found)


def _file_page(found: Importing, mistake: str = "") -> Response:
    visit, look = found.visit, found.draft.look
    say = visit.texts
    encodings = list(dict.fromkeys((look.encoding, *ENCODINGS)))
    return visit.page(
        "import_file.html",
        422 if mistake else 200,
        **found.frame("file"),
        mistake=mistake,
        encodings=[Choice(one, one.upper()) for one in encodings] if look.format == "delimited" else [],
        delimiters=[Choice(one, say(f"imports.delimiter.{_spoken(one)}")) for one in _delimiters(look)],
        sheets=[Choice(one, one) for one in look.sheets] if len(look.sheets) > 1 else [],
        look=look,
        headed=look.format != "json",
        summary=_summary(found),
        table=_preview(visit, look),
        next=found.address("columns"),
    )


def _delimiters(look: Look) -> list[str]:
    return list(dict.fromkeys((look.delimiter, *DELIMITERS))) if look.format == "delimited" else []


def _spoken(delimiter: str) -> str:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "blanks": "blanks"}
    return names.get(delimiter, "comma")


def _summary(found: Importing) -> str:
    look, say = found.draft.look, found.visit.texts
    columns = say("imports.columns_in", count=len(look.columns))
    rows = say("imports.rows_in", count=look.total) if look.total else ""
    return say("mark.list").join(part for part in (found.draft.name, columns, rows) if part)


def _preview(visit: Visit, look: Look) -> Table:
    columns = [Column(str(index), name) for index, name in enumerate(look.columns)]
    rows = [Row(str(index), [Cell(text) for text in row]) for index, row in enumerate(look.sample)]
    return Table(caption=visit.texts("imports.preview"), columns=columns, rows=rows)


def read_as(visit: Visit) -> Response:
    """Read the file otherwise: in another encoding, with another delimiter, of another sheet, with or without a header."""
    found = importing_of(visit)
    look = found.draft.look
    if found.draft.run:
        return go(found.address("result"))
    wanted = Settings(
        look.format,
        visit.sent("delimiter") or look.delimiter,
        visit.sent("encoding") or look.encoding,
        bool(visit.sent("header")) or look.format == "json",
        sheet=visit.sent("sheet") or look.sheet,
    )
    if visit.sent("_next") and wanted == settings_of(look):
        return go(found.address("columns"))
    try:
        with on_disk(visit.connection, found.draft.file, found.draft.name) as path:
            seen = look_at(path, wanted)
    except Unreadable as error:
        return _file_page(found, texts(visit.language)(f"unreadable.{error.code}", **error.values))
    draft = replace(found.draft, look=seen, tried="")
    if seen.columns != look.columns:
        known = drafts.remembered(visit.connection, visit.context, visit.release, found.entity.name, seen)
        draft = _planned(found.subject, draft, known)
    visit.write(lambda connection: drafts.keep(connection, visit.context, draft))
    return go(found.address("columns" if visit.sent("_next") else "file"))
