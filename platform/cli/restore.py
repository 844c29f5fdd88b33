"""`kith restore`: a backup brought back into an empty database, and proven there."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import orjson
import typer

from kith.cli.doctor import examined
from kith.cli.opening import Db, fail, is_new, refused_documents, workspace_of
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.backup import Contents
    from kith.runtime.privacy.outliving import Again, Entry
    from kith.runtime.workspace import Workspace


def restore(
    file: Annotated[str, typer.Argument(help="A file that `kith backup` has written; - for the input.")],
    check: Annotated[bool, typer.Option("--check", help="Only read it: whether it is as it was written.")] = False,
    erased: Annotated[
        str,
        typer.Option(
            "--erased", help="What was erased since: a file of `kith privacy ledger`, or the URL of the newer database."
        ),
    ] = "",
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Restore a backup into an empty database of either engine; the doctor then looks at everything."""
    from kith.runtime.backup import Unreadable, contents_of, verify

    language = language_of(lang)
    ledger = _ledger(erased, language) if erased else None
    with _source(file, language) as source:
        try:
            contents = verify(source) if check else contents_of(source)
            if check:
                _tell(contents, {}, as_json=as_json, language=language)
                return
            url = db or f"sqlite:///{Path.cwd() / contents.app}.db"
            _bring(source, url, language)
        except Unreadable as unreadable:
            fail(unreadable.words, language)
    with workspace_of(url, language) as workspace:
        again = _erase_again(workspace, ledger, language) if ledger is not None else None
        sound, results = examined(workspace, language, deep=True, quiet=as_json)
    checks = [{"name": one.name, **found.as_data(language)} for one, found in results]
    more = {"sound": sound, "checks": checks, "erased_again": again.done if again is not None else None}
    _tell(contents, more, as_json=as_json, language=language)
    if not as_json:
        _tell_erased(again, contents, language)
    if not sound or (again is not None and again.held):
        raise typer.Exit(1)


def _ledger(erased: str, language: str) -> list[Entry]:
    """What was erased, from a file or from the newer database itself; leaves where it is neither."""
    from kith.runtime.privacy.outliving import NoLedger, ledger_of, read

    if "://" in erased:
        with workspace_of(erased, language) as newer, newer.database.read() as connection:
            return ledger_of(connection, newer.current())
    try:
        return read(Path(erased).read_bytes())
    except (OSError, NoLedger):
        fail(
            Words(f"{erased} is no ledger of `kith privacy ledger`.", f"{erased} 不是 `kith privacy ledger` 的文件。"),
            language,
        )


def _erase_again(workspace: Workspace, ledger: list[Entry], language: str) -> Again:
    from kith.runtime.privacy.outliving import erase_again
    from kith.runtime.publishing import system_context

    release = workspace.current()
    return erase_again(workspace.database, system_context(release, workspace.clock, language), release, ledger)


def _tell_erased(again: Again | None, contents: Contents, language: str) -> None:
    """How many are erased again, or that nobody has said who was."""
    if again is None:
        at = contents.at.replace("T", " ")
        unsaid = Words(
            f"! Whoever was erased after {at} is there again. Restore with --erased to erase them, too "
            "(a file of `kith privacy ledger`, or the newer database).",
            f"! {at} 之后被抹除的人又出现了。恢复时使用 --erased 可再次抹除（`kith privacy ledger` 的文件，或较新的数据库）。",
        )
        typer.echo(unsaid.in_(language))
        return
    typer.echo(Words(f"Erased again: {again.done}.", f"再次抹除：{again.done}。").in_(language))
    for one in again.held:
        held = Words(f"✗ {one} is held by law in the backup: not erased.", f"✗ {one} 在备份中依法保全：未抹除。")
        typer.echo(held.in_(language))


def _bring(source: Path | IO[bytes], url: str, language: str) -> None:
    from kith.runtime import backup
    from kith.runtime.database import Unfit, open_database
    from kith.runtime.workspace import Unbuildable

    made = is_new(url)
    try:
        database = open_database(url)
    except Unfit as unfit:
        fail(unfit.words, language)
    progress, brought = Progress(sys.stderr, Words("Rows", "行").in_(language)), False
    try:
        backup.restore(source, database, progress)
        brought = True
    except backup.NotEmpty as full:
        fail(full.words, language)
    except Unbuildable as broken:
        refused_documents(broken, language)
    finally:
        progress.done()
        database.close()
        if made and not brought:
            _remove(str(database.url.database))


def _remove(file: str) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(file + ending).unlink(missing_ok=True)


def _tell(contents: Contents, more: dict[str, Any], *, as_json: bool, language: str) -> None:
    if as_json:
        told = {**contents.as_data(), "rows": contents.rows, "sha256": contents.hash, **more}
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    at = contents.at.replace("T", " ")
    english = f"Release {contents.release} of {contents.app}, {contents.rows:,} rows of {len(contents.members)} tables, as of {at}"
    chinese = f"{contents.app} 的发布 {contents.release}，{len(contents.members)} 个数据表共 {contents.rows:,} 行，备份时间 {at}"
    done = Words(": restored.", "：已恢复。") if more else Words(": as it was written.", "：与写入时一致。")
    typer.echo(Words(english + done.en, chinese + done.zh).in_(language))
    typer.echo(Words(f"Fingerprint: {contents.hash}", f"指纹：{contents.hash}").in_(language))


@contextmanager
def _source(file: str, language: str) -> Iterator[Path | IO[bytes]]:
    """The file; what comes by a pipe is kept meanwhile, for a backup is read from its end."""
    if file != "-":
        if not Path(file).is_file():
            fail(Words(f"There is no file {file}.", f"没有文件 {file}。"), language)
        yield Path(file)
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        yield kept
