"""A club that is served by processes of their own, which can be killed at any moment and started again."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from unittest.mock import patch

import psycopg
from psycopg import sql

from kith.cli import serving
from kith.jobs.worker import Worker
from kith.runtime.accounts import issue_token
from kith.runtime.clock import system_clock
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from tests.jobs.club_world import club_model
from tests.support.postgresql import libpq

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.kills.site"])
"""Processes are forked from one that has the code and nothing else: most kills are not about loading it."""
# The first build brings the parser along.
club_model()
COMMAND = (sys.executable, "-c", "from kith.cli.main import run; run()")


def furnish(url: str) -> str:
    """The club in an empty database; the token of somebody who may do everything."""
    model = club_model()
    workspace = Workspace.open(url)
    workspace.apply(workspace.plan(model), hooks=hooks(system_clock))
    with workspace.database.write() as connection:
        token = issue_token(connection, "load", system_clock(), roles=["administrator"])[1]
    workspace.close()
    return token


def serve_in_process(url: str, port: int, worker: bool) -> None:
    """What a process that serves does."""
    _with_parent()
    workspace = Workspace.open(url, watch=True)
    # To compile the templates of pages takes half of a start, and nobody looks at them here.
    with patch.object(serving, "page_routes", lambda _: []):
        serving.run(workspace, "127.0.0.1", port, worker=worker)
    workspace.close()


def work_in_process(url: str) -> None:
    """What a worker apart does."""
    _with_parent()
    workspace = Workspace.open(url, watch=True)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    Worker(workspace).run(stopping)
    workspace.close()


def _with_parent() -> None:
    # A harness that is interrupted leaves nobody behind.
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A database of a PostgreSQL server whose connections are nobody else's; none is held meanwhile."""
    name = sql.Identifier("kills")
    _run(server, sql.SQL("CREATE DATABASE {}").format(name))
    try:
        before, _, after = server.partition("?")
        yield f"{before.rpartition('/')[0]}/kills{'?' if after else ''}{after}"
    finally:
        _run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute(statement)


@dataclass
class Site:
    """The processes of one workspace: a server, and a worker inside of it or apart."""

    url: str
    chance: random.Random
    apart: bool = False
    port: int = 0
    server: ForkServerProcess | subprocess.Popen[bytes] | None = None
    worker: ForkServerProcess | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])

    def start_server(self, *, command: bool = False) -> None:
        """Start to serve: by the command, or by what it does once its code is loaded."""
        if command:
            apart = ["--no-worker"] if self.apart else []
            arguments = [*COMMAND, "serve", "--db", self.url, "--port", str(self.port), *apart]
            self.server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return
        process = FORKING.Process(target=serve_in_process, args=(self.url, self.port, not self.apart), daemon=True)
        process.start()
        self.server = process

    def start_worker(self) -> None:
        """Start a worker apart."""
        self.worker = FORKING.Process(target=work_in_process, args=(self.url,), daemon=True)
        self.worker.start()

    def kill_server(self) -> None:
        """Without a word."""
        assert self.server is not None
        _end(self.server)

    def kill_worker(self) -> None:
        """Without a word."""
        assert self.worker is not None
        _end(self.worker)

    def backends(self) -> list[int]:
        """The processes of PostgreSQL that work for Kith."""
        with psycopg.connect(libpq(self.url), autocommit=True, application_name="harness") as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'kith' AND datname = current_database()"
            )
            return [int(row[0]) for row in found]

    def kill_backend(self, *, softly: bool) -> bool:
        """One of PostgreSQL's own processes: without a word, at which PostgreSQL starts all of them anew, or softly.

        Whether there was one.
        """
        found = self.backends()
        if not found:
            return False
        pid = self.chance.choice(found)
        if not softly:
            self._crash(pid)
            return True
        with psycopg.connect(libpq(self.url), autocommit=True, application_name="harness") as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return True

    def _crash(self, pid: int) -> None:
        """Kill one, and wait until PostgreSQL has noticed and ended all: until then others may still be answered."""
        with suppress(psycopg.Error), psycopg.connect(libpq(self.url), autocommit=True) as witness:
            os.kill(pid, signal.SIGKILL)
            while True:
                witness.execute("SELECT 1")
                time.sleep(0.01)

    def stop(self) -> None:
        """End what runs."""
        for process in (self.server, self.worker):
            if process is not None:
                _end(process)

    def seconds(self) -> float:
        """The processor's time that the server has taken so far: on a busy machine the clock says little."""
        assert self.server is not None
        stat = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _end(process: ForkServerProcess | subprocess.Popen[bytes]) -> None:
    process.kill()
    if isinstance(process, subprocess.Popen):
        process.wait()
    else:
        process.join()


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """A site that is served from beginning to end."""
    try:
        site.start_server()
        if site.apart:
            site.start_worker()
        yield site
    finally:
        site.stop()
