"""`kith explain`: in which order a save does what, and why a record is as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, candidate_of, existing_workspace
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, did_you_mean

if TYPE_CHECKING:
    from kith.metadata.model import Model


def explain(
    target: Annotated[str, typer.Argument(help="An entity, such as opportunity.")],
    app: Annotated[
        Path | None, typer.Option("--app", help="The folder of an app; else the release in the database.")
    ] = None,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Say in which exact order defaults, formulas, rules and roll-ups of an entity run, and why."""
    language = language_of(lang)
    if app is not None:
        order(candidate_of(app, language), target, language, as_json=as_json)
    else:
        with existing_workspace(db, language) as workspace:
            order(workspace.current().model, target, language, as_json=as_json)


def order(model: Model, name: str, language: str, *, as_json: bool) -> None:
    """Print the order of an entity."""
    from kith.metadata.analysis.order import order_of
    from kith.metadata.analysis.order_told import order_data, order_text

    entity = model.entities.get(name)
    if entity is None:
        hint = did_you_mean(name, model.entities) or Words("", "")
        refuse(Words(f'There is no entity "{name}"; {hint.en}', f"没有实体“{name}”；{hint.zh}"), language)
    acts = order_of(model, entity)
    if as_json:
        typer.echo(orjson.dumps(order_data(acts, language), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(order_text(entity, acts, language))
