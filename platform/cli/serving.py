"""The server: pages and API over one workspace, run by uvicorn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from kith.api.routes import routes as api_routes
from kith.jobs.worker import working
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.workspace import Workspace
from kith.web.app import routes as page_routes


def application(workspace: Workspace, *, secure: bool = False, folder: Path | None = None) -> Starlette:
    """The ASGI application of a workspace."""
    session = f"kith_{workspace.current().model.app.name}"
    doors = Doors(workspace, Calling(workspace.database), system_clock, secure, session, folder)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        doors.calling.close()

    # The forms' secrets are masked anew in every page, so pages may be compressed (see `accounts.masked`).
    compression = Middleware(GZipMiddleware, minimum_size=1_024, compresslevel=5)
    return Starlette(routes=[*api_routes(doors), *page_routes(doors)], middleware=[compression], lifespan=lifespan)


def run(workspace: Workspace, host: str, port: int, *, worker: bool = True, folder: Path | None = None) -> None:
    """Serve until a signal says stop; requests that run are finished first.

    With `worker` a thread beside the requests does what is to be done in the background. What `folder` offers to the release
    is shown to those who administer.
    """
    config = uvicorn.Config(
        application(workspace, folder=folder),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    # Ctrl-C is how one stops it, not a mishap.
    with suppress(KeyboardInterrupt), working(workspace) if worker else nullcontext():
        uvicorn.Server(config).run()
