"""`kith privacy`: everything about one person told or erased, what is kept too long, holds, consents, certificates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.explain import need_entity
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, consents, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.files.keeping import Kept
    from kith.runtime.release import Release
    from kith.runtime.workspace import Workspace

Record = Annotated[str, typer.Argument(help="A record, such as member/ID.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; else a terminal asks, and what it would do is shown.")]
FORMATS = ("json", "html", "text")


@dataclass(frozen=True, slots=True)
class Office:
    """An open workspace with somebody who may oversee personal data."""

    workspace: Workspace
    context: Context
    release: Release
    language: str

    def say(self, data: object) -> None:
        """Print data as JSON."""
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2, default=str).decode())


@contextmanager
def office(db: str, as_user: str, lang: str) -> Iterator[Office]:
    """Open it; leaves where whoever acts may not."""
    from kith.runtime.privacy.erasing import may_oversee

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        context, release = context_for(workspace, as_user, language), workspace.current()
        if not may_oversee(release, context.actor):
            fail(Words("Only who administers may do this.", "只有管理员可以执行此操作。"), language)
        yield Office(workspace, context, release, language)


def record_of(opened: Office, text: str) -> tuple[str, str]:
    """The entity and id of a record that must be there."""
    from kith.runtime.privacy.ties import is_there

    entity, _, id_ = text.partition("/")
    need_entity(opened.release.model, entity, opened.language)
    with opened.workspace.database.read() as connection:
        found = is_there(connection, opened.release, entity, id_)
    if not found:
        fail(Words(f"There is no record {text}.", f"没有记录 {text}。"), opened.language)
    return entity, id_


def export(
    record: Record,
    file: Annotated[
        Path | None, typer.Argument(help="The file to write: .json, .html or .txt; else the terminal.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="json, html or text; else as the file is called.")] = "",
    files: Annotated[Path | None, typer.Option("--files", help="A new folder for the files of the records.")] = None,
    as_user: As = "",
    db: Db = "",
    lang: Language = "",
) -> None:
    """Tell everything that is known about one person: records, their versions, mentions, consents, sign-ins."""
    from kith.runtime.privacy.dossier import as_data, dossier
    from kith.runtime.privacy.written import as_html, as_text

    format_ = format_ or {".json": "json", ".html": "html"}.get(file.suffix if file else "", "text")
    if format_ not in FORMATS:
        refuse(Words("--format is json, html or text.", "--format 可为 json、html 或 text。"), language_of(lang))
    with office(db, as_user, lang) as opened:
        entity, id_ = record_of(opened, record)
        with opened.workspace.database.read() as connection:
            found = dossier(connection, opened.context, opened.release, entity, id_)
        if found is None:
            fail(Words(f"There is no record {record}.", f"没有记录 {record}。"), opened.language)
        about = opened.release, opened.context, found
        made = {
            "json": lambda: orjson.dumps(as_data(opened.release, found), option=orjson.OPT_INDENT_2).decode(),
            "html": lambda: as_html(*about),
            "text": lambda: as_text(*about),
        }[format_]()
        if file is None:
            typer.echo(made)
        else:
            file.write_text(made, encoding="utf-8")
        if files is not None:
            _write_files(opened, files, [one.file for one in found.files])


def _write_files(opened: Office, folder: Path, files: Sequence[Kept]) -> None:
    """Each under its id and name: two may be called alike."""
    from kith.runtime.files.reading import whole

    if folder.exists():
        fail(Words(f"{folder} is there already.", f"{folder} 已存在。"), opened.language)
    folder.mkdir(parents=True)
    for one in files:
        path = folder / f"{one.described.id} {one.described.name}"
        with opened.workspace.database.read() as connection, path.open("wb") as out:
            for data in whole(connection, one.described.id):
                out.write(data)


def erase(
    record: Record,
    all_mentions: Annotated[
        bool, typer.Option("--all-mentions", help="Also texts that may be about somebody else of the same name.")
    ] = False,
    yes: Yes = False,
    as_user: As = "",
    as_json: Json = False,
    db: Db = "",
    lang: Language = "",
) -> None:
    """Erase a person from everywhere, after showing what goes and what stays; ends with a certificate."""
    from kith.runtime.privacy.certificates import Certificate
    from kith.runtime.privacy.compacting import compact
    from kith.runtime.privacy.erasing import Asked, Held, look
    from kith.runtime.privacy.erasing import erase as carry_out
    from kith.runtime.privacy.spoken import certificate_data, certificate_lines, erasure_lines

    with office(db, as_user, lang) as opened:
        entity, id_ = record_of(opened, record)
        asked = Asked(entity, (id_,), all_mentions=all_mentions)
        database, context, release = opened.workspace.database, opened.context, opened.release
        with database.read() as connection:
            found = look(connection, release, asked)
        if not as_json:
            typer.echo("\n".join(erasure_lines(release, context, found)))
        if found.holds:
            raise typer.Exit(1)
        if not (yes or (not as_json and consents(release.model.app.name, opened.language))):
            if as_json:
                opened.say(found.counts())
            return
        try:
            made = Certificate(database.run(lambda connection: carry_out(connection, context, release, asked)), ())
        except Held as held:
            fail(Words(str(held), str(held)), opened.language)
        compact(database, context.now)
        if as_json:
            opened.say(certificate_data(made))
        else:
            typer.echo("\n".join(certificate_lines(release, context, made, verified=False)))


def certificates(
    verify: Annotated[
        bool, typer.Option("--verify", help="Look whether anything of it is back, and at the log of consents.")
    ] = False,
    as_user: As = "",
    as_json: Json = False,
    db: Db = "",
    lang: Language = "",
) -> None:
    """List the certificates of what was erased; ends with 1 where one does not hold."""
    from kith.runtime.privacy.certificates import certificates as all_of
    from kith.runtime.privacy.consents import is_sound
    from kith.runtime.privacy.spoken import certificate_data, certificate_lines

    with office(db, as_user, lang) as opened:
        with opened.workspace.database.read() as connection:
            found = list(all_of(connection, opened.release, verify=verify))
            sound = not verify or is_sound(connection)
        if as_json:
            opened.say([certificate_data(one) for one in found])
        else:
            for one in found:
                typer.echo("\n".join(certificate_lines(opened.release, opened.context, one, verified=verify)))
        if not sound:
            fail(Words("The log of consents was changed.", "同意记录的日志被改动。"), opened.language)
    raise typer.Exit(1 if any(one.flaws for one in found) else 0)


def ledger(
    file: Annotated[Path | None, typer.Argument(help="The file to write; else the terminal.")] = None,
    as_user: As = "",
    db: Db = "",
    lang: Language = "",
) -> None:
    """Write down which records were erased, by their keys alone: `kith restore --erased` erases them again."""
    from kith.runtime.privacy.outliving import ledger_of, written

    with office(db, as_user, lang) as opened:
        with opened.workspace.database.read() as connection:
            made = written(ledger_of(connection, opened.release))
        if file is None:
            typer.echo(made.decode(), nl=False)
        else:
            file.write_bytes(made)
