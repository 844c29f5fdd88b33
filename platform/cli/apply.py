"""`kith apply`: what `kith plan` shows, carried out."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.opening import Db, candidate_of, database_url, fail, workspace_of
from kith.cli.plan import App, show
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words


def apply(
    app: App,
    db: Db = "",
    note: Annotated[str, typer.Option("--note", help="Why, for the list of releases.")] = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Publish a folder: carry out what `kith plan` shows."""
    from kith.runtime.loading import NotLoaded
    from kith.runtime.plan.progress import CannotApply
    from kith.runtime.publishing import hooks

    language = language_of(lang)
    candidate = candidate_of(app, language)
    with workspace_of(database_url(db, candidate.app.name, language), language) as opened:
        planned = opened.plan(candidate)
        show(planned, as_json=as_json, language=language)
        if planned.is_refused:
            raise typer.Exit(1)
        try:
            release = opened.apply(planned, hooks=hooks(opened.clock), note=note)
        except CannotApply as error:
            fail(error.words, language)
        except NotLoaded as error:
            fail(Words(f"Reference data was refused: {error}", f"参考数据被拒绝：{error}"), language)
    if not planned.is_empty and not as_json:
        typer.echo(Words(f"\nRelease {release.number} is live.", f"\n发布 {release.number} 已生效。").in_(language))
