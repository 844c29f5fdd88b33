"""`kith serve`: check, plan, apply where that is safe, and serve; on an empty database it makes everything it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kith.cli.opening import Db, check_environment, database_url, is_new, settled, workspace_of
from kith.cli.proposing import Proposal
from kith.cli.saying import Language, language_of
from kith.problems import Words


def serve(
    app: Annotated[Path | None, typer.Argument(help="The folder of the app; without it the current release.")] = None,
    db: Db = "",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; without it the first free one from 8000 on.")] = 0,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database with the app's demo data.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Apply the folder also where that is not safe.")] = False,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do background work as well; else `kith worker` must run.")
    ] = True,
    lang: Language = "",
) -> None:
    """Serve an app: check, plan, apply where that is safe, and run."""
    from kith.cli.ground import Ground

    language = language_of(lang)
    check_environment(language)
    proposal = Proposal(app, language) if app is not None else None
    url = database_url(db, proposal.name if proposal else None, language)
    if proposal and is_new(url):
        # A folder with mistakes shall not leave an empty database behind.
        proposal.model()
    with workspace_of(url, language, watch=True) as opened:
        settled(opened, language)
        ground = Ground(opened, language)
        empty = opened.release is None
        if proposal:
            ground.bring_folder(proposal, anyway=apply)
        elif not empty:
            ground.bring_platform()
        opened.current()
        # `kith apply` makes a database without anybody in it.
        first = empty or ground.is_nobodys()
        if first:
            ground.first_start(demo=demo)
        elif demo:
            ground.say(Words("Demo data is for empty databases only: left out.", "演示数据只用于空数据库，已略过。"))
        ground.run(host, port, first=first, worker=worker, folder=proposal.folder if proposal else None)
