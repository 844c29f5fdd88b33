"""`kith plan`: what publishing a folder would change in a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, candidate_of, database_url, is_new, workspace_of
from kith.cli.saying import Json, Language, language_of

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.plan.planning import Plan

App = Annotated[Path, typer.Argument(help="The folder of the app.")]
CHANGES = 2
"""The exit code where there is something to do."""


def plan(app: App, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """Show what publishing a folder would change; the exit code is 0 for nothing, 2 for changes, 1 for problems."""
    language = language_of(lang)
    candidate = candidate_of(app, language)
    planned = _planned(candidate, database_url(db, candidate.app.name, language), language)
    show(planned, as_json=as_json, language=language)
    raise typer.Exit(1 if planned.is_refused else 0 if planned.is_empty else CHANGES)


def _planned(candidate: Model, url: str, language: str) -> Plan:
    from kith.runtime.plan.planning import plan as plan_of

    if is_new(url):
        # Looking shall not make a file.
        return plan_of(candidate, None, None)
    with workspace_of(url, language) as opened:
        return opened.plan(candidate)


def show(planned: Plan, *, as_json: bool, language: str) -> None:
    """Print a plan."""
    if as_json:
        typer.echo(orjson.dumps(planned.as_data(language), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(planned.as_text(language), nl=False)
