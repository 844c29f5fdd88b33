"""`kith worker`: background work in a process of its own, beside any number of others."""

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated

import typer

from kith.cli.opening import Db, check_environment, database_url, fail, is_new, settled, workspace_of
from kith.cli.saying import Language, language_of
from kith.problems import Words


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is to be done now, and leave.")] = False,
    db: Db = "",
    lang: Language = "",
) -> None:
    """Do background work: schedules, due dates, and what saves have left in the queue."""
    from kith.jobs.worker import Worker
    from kith.runtime import logs, slow
    from kith.runtime.operating import operation_of
    from kith.runtime.workspace import NoRelease

    language = language_of(lang)
    check_environment(language)
    operation = operation_of(os.environ)
    url = database_url(db, None, language)
    if is_new(url):
        fail(NoRelease.words, language)
    with workspace_of(url, language, watch=not once) as workspace:
        title = workspace.current().model.app.title.in_(language)
        settled(workspace, language)
        one = Worker(workspace)
        if once:
            done = 0
            while one.turn():
                done += 1
            typer.echo(Words(f"Jobs done: {done}.", f"已完成 {done} 个任务。").in_(language))
            return
        logs.set_up(operation.log)
        if operation.slow:
            slow.watch(workspace.database, operation.slow)
        typer.echo(
            Words(f"Working for {title} (stop with Ctrl-C)", f"正在为 {title} 执行后台任务（按 Ctrl-C 停止）").in_(
                language
            )
        )
        stopping = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stopping.set())
        one.run(stopping)
