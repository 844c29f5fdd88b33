"""`kith export`: records into a file that `kith import` reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kith.cli.acting import As, context_for
from kith.cli.importing import check_name
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.privacy import office
from kith.cli.saying import Language, language_of, refuse
from kith.problems import Words


def run(
    name: Annotated[str, typer.Argument(help="An entity, or a mapping of the app.")] = "",
    file: Annotated[Path | None, typer.Argument(help="The file to write: .csv, .xlsx or .json.")] = None,
    fields: Annotated[
        str, typer.Option("--fields", help="Paths parted by commas; else all that can be imported.")
    ] = "",
    filter_: Annotated[str, typer.Option("--filter", help="A condition of the rule language.")] = "",
    support: Annotated[
        Path | None,
        typer.Option(
            "--support", help="A copy of the whole database for support, with texts and personal data disguised."
        ),
    ] = None,
    actor: As = "",
    db: Db = "",
    lang: Language = "",
) -> None:
    """Export records as far as the rights of the one who acts go, or the database with its people disguised."""
    if support is not None:
        for_support(support, actor, db, lang)
        return
    if file is None:
        refuse(Words("Write: kith export NAME FILE", "用法：kith export 名称 文件"), language_of(lang))
    from kith.runtime.read.query import BadQuery, Denied
    from kith.runtime.transfer.exporting import run_export
    from kith.runtime.transfer.table import Unreadable
    from kith.runtime.write.messages import texts

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        release = workspace.current()
        check_name(release.model, name, language)
        context = context_for(workspace, actor, language)
        wanted = [one.strip() for one in fields.split(",") if one.strip()]
        try:
            with workspace.database.read() as connection:
                count = run_export(connection, context, release, name, file, fields=wanted, filter_=filter_)
        except (BadQuery, Denied) as refused:
            fail(Words(refused.message, refused.message), language)
        except Unreadable as error:
            message = texts(language)(f"unreadable.{error.code}", **error.values)
            fail(Words(message, message), language)
    typer.echo(Words(f"{count:,} records in {file}", f"{count:,} 条记录已写入 {file}").in_(language))


def for_support(file: Path, actor: str, db: str, lang: str) -> None:
    """Write the copy for support; only for who may oversee personal data."""
    from kith.runtime.privacy.support import copy_for_support

    with office(db, actor, lang) as opened:
        if file.exists():
            fail(Words(f"{file} is there already.", f"{file} 已存在。"), opened.language)
        count = copy_for_support(opened.workspace.database, opened.context, opened.release, file)
        said = Words(f"{count:,} records, disguised, in {file}", f"{count:,} 条记录已脱敏写入 {file}")
        typer.echo(said.in_(opened.language))
