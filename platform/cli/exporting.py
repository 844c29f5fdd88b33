"""`kith export`: records into a file that `kith import` reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kith.cli.acting import As, context_for
from kith.cli.importing import check_name
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Language, language_of
from kith.problems import Words


def run(
    name: Annotated[str, typer.Argument(help="An entity, or a mapping of the app.")],
    file: Annotated[Path, typer.Argument(help="The file to write: .csv, .xlsx or .json.")],
    fields: Annotated[
        str, typer.Option("--fields", help="Paths parted by commas; else all that can be imported.")
    ] = "",
    filter_: Annotated[str, typer.Option("--filter", help="A condition of the rule language.")] = "",
    actor: As = "",
    db: Db = "",
    lang: Language = "",
) -> None:
    """Export records as far as the rights of the one who acts go."""
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
