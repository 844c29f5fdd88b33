"""`kith history`: what was done to a record, or what it was on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.explain import need_entity
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from datetime import datetime

    from kith.runtime.context import Context
    from kith.runtime.database import Connection
    from kith.runtime.release import Release

MOST = 200


def history(
    record: Annotated[str, typer.Argument(help="The record, as ENTITY/ID.")],
    as_of: Annotated[
        str, typer.Option("--as-of", help="What it was at the end of a day (2026-01-31), or at an instant.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many versions, the latest first.")] = MOST,
    db: Db = "",
    as_user: As = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Tell what was done to a record, by whom and through what; with --as-of, what it was then."""
    language = language_of(lang)
    entity, _, id_ = record.partition("/")
    with existing_workspace(db, language) as workspace:
        context, release = context_for(workspace, as_user, language), workspace.current()
        need_entity(release.model, entity, language)
        at = _moment(context, as_of) if as_of else None
        with workspace.database.read() as connection:
            about = (connection, context, release, entity, id_)
            found = _entries(*about, limit) if at is None else _as_of(*about, at)
    if found is None:
        fail(Words("There is no such record, or it may not be seen.", "没有这条记录，或无权查看。"), language)
    lines, data = found
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2, default=str).decode() if as_json else "\n".join(lines))


def _moment(context: Context, text: str) -> datetime:
    from kith.runtime.past.moments import moment_of

    at = moment_of(text, context.reader_zone)
    if at is None:
        refuse(Words(f"{text} is no day: write 2026-01-31.", f"{text} 不是日期：请写成 2026-01-31。"), context.language)
    return at


Told = tuple[list[str], Any]


def _entries(
    connection: Connection, context: Context, release: Release, entity: str, id_: str, limit: int
) -> Told | None:
    from dataclasses import asdict

    from kith.runtime.past.worded import entry_text
    from kith.runtime.read import history as entries_of

    found = entries_of(connection, context, release, entity, id_, limit=limit)
    lines = [line for one in found for line in entry_text(release.model, context, entity, one)]
    data = [{name: part for name, part in asdict(one).items() if name != "former"} for one in found]
    return (lines, data) if found else None


def _as_of(
    connection: Connection, context: Context, release: Release, entity: str, id_: str, at: datetime
) -> Told | None:
    from kith.runtime.past.asof import record_as_of
    from kith.runtime.past.worded import past_data, past_text

    past = record_as_of(connection, context, release, entity, id_, at)
    return ([*past_text(release.model, context, past)], past_data(past)) if past is not None else None
