"""`kith rollback`: an older release becomes the current one again, with the values that it had."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.apply import carry_out
from kith.cli.opening import Db, existing_workspace, fail, refused_documents
from kith.cli.plan import CHANGES, show
from kith.cli.saying import AllowLoss, Json, Language, language_of

Number = Annotated[int | None, typer.Argument(help="The release to go back to; else the one before the current.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show the plan; the exit code is that of `kith plan`.")]


def rollback(
    number: Number = None,
    db: Db = "",
    dry_run: DryRun = False,
    note: Annotated[str, typer.Option("--note", help="Why, for the list of releases.")] = "",
    allow_loss: AllowLoss = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Go back to an older release: what was removed or converted since comes back, where nobody has changed it."""
    from kith.runtime.plan.rolling import CannotGoBack
    from kith.runtime.workspace import Unbuildable

    language = language_of(lang)
    with existing_workspace(db, language) as opened:
        try:
            _, planned = opened.plan_back(number)
        except CannotGoBack as error:
            fail(error.words, language)
        except Unbuildable as broken:
            refused_documents(broken, language)
        show(planned, as_json=as_json, language=language, allowed=allow_loss and not dry_run)
        if dry_run:
            raise typer.Exit(1 if planned.is_refused else 0 if planned.is_empty else CHANGES)
        carry_out(opened, planned, note=note, as_json=as_json, language=language, allow_loss=allow_loss)
