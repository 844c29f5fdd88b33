"""`kith backup`: everything that a workspace is, in one file, while others go on working."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.backup import Contents
    from kith.runtime.workspace import Workspace


def backup(
    file: Annotated[str, typer.Argument(help="The file to write, which must not be there yet; - for the output.")],
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Write a backup that can be restored into SQLite and PostgreSQL."""
    language = language_of(lang)
    if file != "-" and Path(file).exists():
        fail(Words(f"{file} is there already.", f"{file} 已存在。"), language)
    with existing_workspace(db, language) as workspace:
        contents = _to_output(workspace, language) if file == "-" else _to_file(workspace, Path(file), language)
    if as_json:
        told = {**contents.as_data(), "rows": contents.rows, "sha256": contents.hash}
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode(), err=file == "-")
        return
    typer.echo(
        Words(
            f"Backed up release {contents.release} of {contents.app}: {contents.rows:,} rows of {len(contents.members)} tables."
            f"\nFingerprint: {contents.hash}",
            f"已备份 {contents.app} 的发布 {contents.release}：{len(contents.members)} 个数据表，共 {contents.rows:,} 行。"
            f"\n指纹：{contents.hash}",
        ).in_(language),
        err=file == "-",
    )


def _to_output(workspace: Workspace, language: str) -> Contents:
    return _written(workspace, sys.stdout.buffer, language)


def _to_file(workspace: Workspace, file: Path, language: str) -> Contents:
    """Write beside the file's place and move it there when it is whole and on the disk; nobody else may read it."""
    part = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            contents = _written(workspace, out, language)
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        reason = error.strerror or str(error)
        fail(Words(f"{file} cannot be written: {reason}", f"无法写入 {file}：{reason}"), language)
    finally:
        part.unlink(missing_ok=True)
    return contents


def _written(workspace: Workspace, out: IO[bytes], language: str) -> Contents:
    from kith.runtime.backup import BeingApplied, back_up

    progress = Progress(sys.stderr, Words("Tables", "数据表").in_(language))
    try:
        return back_up(workspace, out, workspace.clock(), progress)
    except BeingApplied as applying:
        fail(applying.words, language)
    finally:
        progress.done()
