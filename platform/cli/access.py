"""`kith access`: what somebody may do, at all or with one record, by which role and by which part of its scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, did_you_mean

if TYPE_CHECKING:
    from kith.runtime.context import Actor, Context
    from kith.runtime.workspace import Workspace


def access(
    user: Annotated[str, typer.Argument(help="The e-mail address of the user.")],
    record: Annotated[str, typer.Argument(help="A record (account/ID); else all that the user may do.")] = "",
    as_user: As = "",
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Say what a user may do and why: by which role, and by which part of its scope."""
    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        context = context_for(workspace, as_user, language)
        who = context_for(workspace, user, language).actor
        lines, data = of_record(workspace, context, who, record) if record else of_all(workspace, context, who)
    if data is None:
        fail(Words("There is no such record, or it may not be told.", "没有这条记录，或无权得知。"), language)
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() if as_json else "\n".join(lines))


def of_all(workspace: Workspace, context: Context, who: Actor) -> tuple[Sequence[str], dict[str, Any] | None]:
    """All that somebody may do, as lines and as data."""
    from kith.runtime.accessing import overview_of
    from kith.runtime.accessing.told import overview_data, overview_text

    found = overview_of(context, workspace.current(), who)
    return ([*overview_text(context.language, found)], overview_data(found)) if found is not None else ((), None)


def of_record(
    workspace: Workspace, context: Context, who: Actor, record: str
) -> tuple[Sequence[str], dict[str, Any] | None]:
    """What somebody may do with one record, as lines and as data."""
    from kith.runtime.accessing import record_access
    from kith.runtime.accessing.told import record_data, record_text

    release, (entity, _, id_) = workspace.current(), record.partition("/")
    if entity not in release.model.entities:
        hint = did_you_mean(entity, release.model.entities) or Words("", "")
        refuse(Words(f'There is no entity "{entity}". {hint.en}', f"没有实体“{entity}”。{hint.zh}"), context.language)
    with workspace.database.read() as connection:
        found = record_access(connection, context, release, entity, id_, who)
    return ([*record_text(context.language, found)], record_data(found)) if found is not None else ((), None)
