"""One of the two applications behind a port, for `bench.http`: `python -m bench.serving kith|baseline URL`."""

from __future__ import annotations

import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from kith.runtime.workspace import Workspace


def application(name: str, url: str) -> ASGIApp:
    """The named application."""
    if name == "kith":
        from kith.cli.serving import application as kith

        return kith(Workspace.open(url, watch=True))
    from bench.baseline.application import application as baseline

    return baseline(url)[0]


def main(name: str, url: str) -> None:
    """Serve until somebody stops it; the port is printed as soon as it is open."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(application(name, url), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
