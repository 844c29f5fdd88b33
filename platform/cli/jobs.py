"""`kith jobs`: what waits, runs, was done or is dead in the queue, and trying dead jobs again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

jobs = typer.Typer(help="List background jobs, and try dead ones again.", no_args_is_help=True)

STATES = {
    "waiting": Words("waiting", "等待中"),
    "running": Words("running", "执行中"),
    "done": Words("done", "已完成"),
    "dead": Words("dead", "已失败"),
}


@jobs.command("list")
def list_(
    state: Annotated[str, typer.Option(help="Only those that are waiting, running, done or dead.")] = "",
    kind: Annotated[str, typer.Option(help="Only those of a kind, such as schedule or webhook.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many, the latest first.")] = 50,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """List the latest jobs, with what went wrong or came of them."""
    from kith.runtime import queue

    language = language_of(lang)
    if state and state not in STATES:
        refuse(Words(f"A job is {', '.join(STATES)}; not {state}.", f"任务状态只有 {'、'.join(STATES)}。"), language)
    with existing_workspace(db, language) as workspace, workspace.database.read() as connection:
        found, counts = queue.jobs(connection, state=state, kind=kind, limit=limit), queue.counts(connection)
    if as_json:
        data = {"counts": counts, "jobs": [asdict(one) for one in found]}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo("  ".join(f"{STATES[name].in_(language)} {count}" for name, count in counts.items()))
    for one in found:
        when = one.finished_at or one.due_at
        told = (one.error or "").strip().splitlines()[-1:] or [orjson.dumps(one.result or one.payload).decode()]
        shown = STATES[one.state].in_(language)
        typer.echo(f"{one.id}  {one.kind}  {shown}  {when:%Y-%m-%d %H:%M:%S}Z  ×{one.attempts}  {told[0][:200]}")


@jobs.command("retry")
def retry(
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="The job's id, as `kith jobs list` shows it.")] = "",
    kind: Annotated[str, typer.Option(help="All dead jobs of a kind.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="All dead jobs.")] = False,
    db: Db = "",
    lang: Language = "",
) -> None:
    """Have dead jobs tried again from the start."""
    from kith.runtime import queue

    language = language_of(lang)
    if sum(map(bool, (id_, kind, all_))) != 1:
        refuse(Words("Give an id, --kind or --all.", "请给出任务编号、--kind 或 --all。"), language)
    if id_ and not _is_id(id_):
        fail(Words(f"There is no dead job {id_}.", f"没有失败的任务 {id_}。"), language)
    with existing_workspace(db, language) as workspace, workspace.database.write() as connection:
        count = queue.retry(connection, workspace.clock(), id_, kind)
    if id_ and not count:
        fail(Words(f"There is no dead job {id_}.", f"没有失败的任务 {id_}。"), language)
    typer.echo(Words(f"Jobs that are tried again: {count}.", f"将重新执行 {count} 个任务。").in_(language))


def _is_id(text: str) -> bool:
    from uuid import UUID

    try:
        UUID(text)
    except ValueError:
        return False
    return True
