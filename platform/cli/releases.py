"""`kith releases`: what has been published in a database, by whom, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.database import Connection
    from kith.runtime.releases import Published
    from kith.runtime.workspace import Workspace


def releases(
    number: Annotated[int, typer.Argument(metavar="[NUMBER]", help="The release whose changes are shown.")] = 0,
    at: Annotated[
        str, typer.Option("--at", help="The release in force at the end of a day (2026-01-31), or at an instant.")
    ] = "",
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """List the releases of a database, the newest first, or show the changes of one."""
    from kith.runtime.releases import published

    language = language_of(lang)
    with existing_workspace(db, language) as workspace, workspace.database.read() as connection:
        number = _in_force(workspace, connection, at, language) if at else number
        found = published(connection, number=number)
    if not found:
        fail(Words(f"There is no release {number}.", f"没有发布 {number}。"), language)
    if as_json:
        data = [one.as_data(language, whole=bool(number)) for one in found]
        typer.echo(orjson.dumps(data[0] if number else data, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        typer.echo(_line(one, language))
        for line in one.told(language) if number else ():
            typer.echo(f"  {line}")


def _in_force(workspace: Workspace, connection: Connection, text: str, language: str) -> int:
    """The number of the release that was in force at a moment; leaves where there was none."""
    from kith.runtime.past.moments import moment_of, release_at
    from kith.runtime.publishing import system_context

    at = moment_of(text, system_context(workspace.current(), workspace.clock).zone)
    if at is None:
        refuse(Words(f"{text} is no day: write 2026-01-31.", f"{text} 不是日期：请写成 2026-01-31。"), language)
    number = release_at(connection, at)
    if not number:
        fail(Words(f"There was no release yet at {text}.", f"{text} 时还没有发布。"), language)
    return number


def _line(one: Published, language: str) -> str:
    from kith.runtime.plan.changes import EFFECTS

    counts = one.counts()
    colon = Words(": ", "：").in_(language)
    told = [f"{words.in_(language)}{colon}{counts[name]}" for name, words in EFFECTS.items() if name in counts]
    parts = [
        f"{one.number}",
        f"{one.at:%Y-%m-%d %H:%M:%S}Z",
        one.by(language),
        f"{one.app} {one.version}",
        Words(", ".join(told), "，".join(told)).in_(language),
        one.said(language),
    ]
    return "  ".join(part for part in parts if part)
