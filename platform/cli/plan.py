"""`kith plan`: what publishing a folder would change in a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, database_url, is_new, workspace_of
from kith.cli.proposing import Anyway, Proposal
from kith.cli.saying import Json, Language, language_of

if TYPE_CHECKING:
    from kith.metadata.layers.standing import Standing
    from kith.runtime.plan.planning import Plan

App = Annotated[Path, typer.Argument(help="The folder of the app.")]
CHANGES = 2
"""The exit code where there is something to do."""


def plan(app: App, db: Db = "", anyway: Anyway = False, as_json: Json = False, lang: Language = "") -> None:
    """Show what publishing a folder would change; the exit code is 0 for nothing, 2 for changes, 1 for problems."""
    language = language_of(lang)
    planned, standing = _planned(Proposal(app, language), db, language, anyway=anyway)
    show(planned, as_json=as_json, language=language, standing=standing)
    torn = planned.is_refused or (standing is not None and bool(standing.both))
    raise typer.Exit(1 if torn else 0 if planned.is_empty else CHANGES)


def _planned(proposal: Proposal, db: str, language: str, *, anyway: bool) -> tuple[Plan, Standing | None]:
    from kith.runtime.plan.planning import plan as plan_of

    url = database_url(db, proposal.name, language)
    if is_new(url):
        # Looking shall not make a file.
        return plan_of(proposal.model(), None, None), None
    with workspace_of(url, language) as opened:
        found = proposal.standing(opened, anyway=anyway)
        planned = opened.plan(proposal.candidate(opened, found))
        proposal.say(opened, found)
    return planned, found


def show(
    planned: Plan, *, as_json: bool, language: str, standing: Standing | None = None, allowed: bool = False
) -> None:
    """Print a plan."""
    if as_json:
        told = {"both": standing.both, "ahead": standing.ahead} if standing else {}
        typer.echo(orjson.dumps({**planned.as_data(language), **told}, option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(planned.as_text(language, allowed=allowed), nl=False)
