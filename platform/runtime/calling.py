"""The one place that decides how the synchronous gates are called from asynchronous doors (docs/decisions/0005-calling.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kith.runtime.accounts.throttling import Throttle
from kith.runtime.clock import Clock
from kith.runtime.database import Database
from kith.runtime.inbox.live import Live
from kith.runtime.logs import carried
from kith.runtime.settings import Settings
from kith.runtime.workspace import Workspace

T = TypeVar("T")

SHORT = 6
"""Pieces of reading, and of writing, that run at once on PostgreSQL."""
LONG = 4
"""Pieces of long work (bulk, import, export) that run at once."""


class Calling:
    """Calls of the gates.

    SQLite answers a page in less time than handing it to a thread takes, so reads run on the event loop; writes wait for
    one another anyway and have one thread of their own, so that a long one never stops the readers. PostgreSQL waits for
    the network, and a save for the locks of others: reads and writes have a few threads each. More would only wait for
    the interpreter.
    """

    def __init__(self, database: Database) -> None:
        self._inline = database.kind == "sqlite"
        self._reads = ThreadPoolExecutor(SHORT, "kith-read")
        self._writes = ThreadPoolExecutor(1 if self._inline else SHORT, "kith-write")
        self._long = ThreadPoolExecutor(LONG, "kith-long")

    async def read(self, work: Callable[[], T]) -> T:
        """What a short piece of reading returns."""
        return work() if self._inline else await self._in(self._reads, work)

    async def write(self, work: Callable[[], T]) -> T:
        """What a short piece of writing returns."""
        return await self._in(self._writes, work)

    async def long(self, work: Callable[[], T]) -> T:
        """What a piece of work returns that may take seconds."""
        return await self._in(self._long, work)

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, carried(work))

    def close(self) -> None:
        """Let what runs finish, and take nothing more."""
        for pool in (self._reads, self._writes, self._long):
            pool.shutdown()


@dataclass(frozen=True, slots=True)
class Doors:
    """What pages and API are given: the workspace, how to call its gates, and the clock."""

    workspace: Workspace
    calling: Calling
    clock: Clock
    cookie: str = "kith"
    """What the session's cookie is called: servers of one host have one name each, whatever their ports."""
    folder: Path | None = None
    """The app's folder that the server was started with: what it offers to the release is shown to those who administer."""
    throttle: Throttle = field(default_factory=Throttle)
    settings: Settings = field(default_factory=Settings)
    live: Live = field(default_factory=Live)
