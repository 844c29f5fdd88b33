"""`kith apply`: what `kith plan` shows, carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.opening import Db, database_url, fail, is_new, workspace_of
from kith.cli.plan import App, show
from kith.cli.proposing import Anyway, Proposal
from kith.cli.saying import AllowLoss, Json, Language, consents, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.plan.planning import Plan
    from kith.runtime.workspace import Workspace


def apply(
    app: App,
    db: Db = "",
    note: Annotated[str, typer.Option("--note", help="Why, for the list of releases.")] = "",
    anyway: Anyway = False,
    allow_loss: AllowLoss = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Publish a folder: carry out what `kith plan` shows."""
    language = language_of(lang)
    proposal = Proposal(app, language)
    url = database_url(db, proposal.name, language)
    if is_new(url):
        # A folder with mistakes shall not leave an empty database behind.
        proposal.model()
    with workspace_of(url, language) as opened:
        found = proposal.standing(opened, anyway=anyway)
        proposal.say(opened, found)
        if found.both or found.behind:
            raise typer.Exit(1)
        candidate = proposal.candidate(opened, found)
        publish(opened, candidate, note=note, allow_loss=allow_loss, as_json=as_json, language=language)
        proposal.settled(opened, found)


def publish(
    opened: Workspace, candidate: Model, *, note: str, as_json: bool, language: str, allow_loss: bool = False
) -> None:
    """Plan a candidate, show the plan and carry it out; leaves where that cannot be done."""
    planned = opened.plan(candidate)
    show(planned, as_json=as_json, language=language, allowed=allow_loss)
    carry_out(opened, planned, note=note, as_json=as_json, language=language, allow_loss=allow_loss)


def carry_out(
    opened: Workspace, planned: Plan, *, note: str, as_json: bool, language: str, allow_loss: bool = False
) -> None:
    """Carry out a plan that has been shown; leaves where that cannot be done."""
    from kith.runtime.applying.progress import CannotApply
    from kith.runtime.loading import NotLoaded
    from kith.runtime.publishing import hooks

    if planned.is_refused:
        raise typer.Exit(1)
    allowed = allow_loss or (planned.needs_consent and not as_json and consents(planned.model.app.name, language))
    try:
        release = opened.apply(planned, hooks=hooks(opened.clock), note=note, allow_loss=allowed)
    except CannotApply as error:
        fail(error.words, language)
    except NotLoaded as error:
        fail(Words(f"Reference data was refused: {error}", f"参考数据被拒绝：{error}"), language)
    if not planned.is_empty and not as_json:
        typer.echo(Words(f"\nRelease {release.number} is live.", f"\n发布 {release.number} 已生效。").in_(language))
