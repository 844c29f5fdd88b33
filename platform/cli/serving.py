"""The server: pages and API over one workspace, run by uvicorn."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from kith.api.health import Figures
from kith.api.routes import routes as api_routes
from kith.jobs.worker import working
from kith.runtime import logs, slow
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.inbox.live import Live
from kith.runtime.measuring import Measures
from kith.runtime.operating import OPEN, Operation, operation_of
from kith.runtime.settings import settings_of
from kith.runtime.workspace import Workspace
from kith.web.app import routes as page_routes
from kith.web.gate import Gate

CONNECTIONS = 2_000
"""Connections at once; who comes after them is told that the server is busy."""


def application(
    workspace: Workspace, operation: Operation = OPEN, folder: Path | None = None, live: Live | None = None
) -> ASGIApp:
    """The ASGI application of a workspace."""
    cookie = f"kith_{workspace.current().model.app.name}"
    calling, settings = Calling(workspace.database), settings_of(os.environ)
    doors = Doors(workspace, calling, system_clock, cookie, folder, settings=settings, live=live or Live())
    measures = Measures()
    if operation.slow:
        slow.watch(workspace.database, operation.slow, measures.slow)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        doors.calling.close()

    # The forms' secrets are masked anew in every page, so pages may be compressed (see `accounts.masked`).
    compression = Middleware(GZipMiddleware, minimum_size=1_024, compresslevel=5)
    figures = Route("/metrics", Figures(doors, measures, operation.metrics).answer)
    routes = [*api_routes(doors), figures, *page_routes(doors)]
    return Gate(Starlette(routes=routes, middleware=[compression], lifespan=lifespan), operation, measures)


def run(workspace: Workspace, host: str, port: int, *, worker: bool = True, folder: Path | None = None) -> None:
    """Serve until a signal says stop; requests that run are finished first.

    With `worker` a thread beside the requests does what is to be done in the background. What `folder` offers to the release
    is shown to those who administer.
    """
    operation = operation_of(os.environ)
    logs.set_up(operation.log)
    live = Live()
    config = uvicorn.Config(
        application(workspace, operation, folder, live),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        limit_concurrency=CONNECTIONS,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    # Ctrl-C is how one stops it, not a mishap.
    with suppress(KeyboardInterrupt), _to_the_end(), working(workspace) if worker else nullcontext():
        Server(config, live).run()


class Server(uvicorn.Server):
    """A server that lets go of the pages that listen before it waits for requests that run."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._live.stop()
        await super().shutdown(sockets)


@contextmanager
def _to_the_end() -> Iterator[None]:
    """When uvicorn has finished, it raises the signal that stopped it once more: the worker still has to finish then."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
