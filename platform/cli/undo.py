"""`kith undo`: a bulk edit, an import, a job or another undo taken back, after showing what would stay."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, consents, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.past.preview import Preview
    from kith.runtime.workspace import Workspace


def undo(
    batch: Annotated[
        str, typer.Argument(help="The number of the batch, as an import, a bulk edit or a history tells it.")
    ],
    db: Db = "",
    as_user: As = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take it back; else a terminal asks, and what it would do is shown.")
    ] = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Take a batch back: every stored field returns, except where somebody has changed it since."""
    from kith.runtime.past.preview import preview
    from kith.runtime.past.told import preview_data, preview_text

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        context, release = context_for(workspace, as_user, language), workspace.current()
        with workspace.database.read() as connection:
            found = preview(connection, context, release, batch)
        if found is None:
            fail(
                Words(f"There is no batch {batch}, or you may not take it back.", f"没有批次 {batch}，或无权撤销。"),
                language,
            )
        if not as_json:
            typer.echo("\n".join(preview_text(release.model, context, found)))
        if not (yes or (not as_json and consents(release.model.app.name, language))):
            if as_json:
                _print(preview_data(found))
            return
        noted = carried_out(workspace, context, found, language, quiet=as_json)
        _tell(workspace, context, noted, as_json=as_json)
    raise typer.Exit(1 if noted["refused"] else 0)


def carried_out(
    workspace: Workspace, context: Context, found: Preview, language: str, *, quiet: bool
) -> dict[str, Any]:
    """Take a batch back, step by step; one that is begun again goes on where it ended."""
    from kith.runtime.past.undoing import advance

    bar = Progress(sys.stderr, Words("Undoing", "撤销").in_(language), quiet=quiet)
    total = sum(one.records for one in found.counts)
    noted: dict[str, Any] = {}
    more = True
    while more:
        step = partial(advance, context=context, release=workspace.current(), batch=found.batch.id, noted=noted)
        noted, more = workspace.database.run(step)
        bar(min(noted["returned"], total), total)
    bar.done()
    return noted


def _tell(workspace: Workspace, context: Context, noted: dict[str, Any], *, as_json: bool) -> None:
    from kith.runtime.past.told import outcome_data, outcome_of, outcome_text

    release = workspace.current()
    with workspace.database.read() as connection:
        outcome = outcome_of(connection, context, release, noted)
    if as_json:
        _print(outcome_data(outcome))
    else:
        typer.echo("\n".join(outcome_text(release.model, context, outcome)))


def _print(data: object) -> None:
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
