"""`kith doctor`: whether a workspace is sound: its chain of history, and its queue."""

from __future__ import annotations

import orjson
import typer

from kith.cli.opening import Db, existing_workspace
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words


def doctor(db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """Verify the history, and say what is wrong with the queue; problems found end with 1."""
    from kith.runtime import queue
    from kith.runtime.sealing import verify

    language = language_of(lang)
    with existing_workspace(db, language) as workspace, workspace.database.read() as connection:
        chain, counts = verify(connection), queue.counts(connection)
    if as_json:
        data = {"history": {"sealed_until": chain.at, "rows": chain.rows, "broken": chain.broken}, "jobs": counts}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        for words in said(
            chain.rows, f"{chain.at:%Y-%m-%d %H:%M:%S}Z" if chain.at else "–", chain.broken, counts["dead"]
        ):
            typer.echo(words.in_(language))
    if chain.broken or counts["dead"]:
        raise typer.Exit(1)


def said(rows: int, until: str, broken: str, dead: int) -> list[Words]:
    """What there is to say, line by line."""
    lines = [Words(f"History: verified up to {until}, {rows} rows.", f"历史记录：已校验至 {until}，共 {rows} 行。")]
    if broken:
        lines.append(
            Words(
                "History: what was written after that has been changed or removed outside of Kith.",
                "历史记录：此后的内容曾在 Kith 之外被修改或删除。",
            )
        )
    if dead:
        lines.append(
            Words(
                f"Jobs: {dead} are dead; `kith jobs list --state dead` says why.",
                f"后台任务：{dead} 个已失败，可用 `kith jobs list --state dead` 查看原因。",
            )
        )
    return lines
