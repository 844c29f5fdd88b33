"""What open pages hear at once: how much their readers have not read, by one look a second for all pages of a process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

Look = Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]
"""Finds how much each of some people has not read."""

EVERY = 1.0
"""Seconds between two looks."""
QUIET = 15.0
"""Seconds after which something is sent all the same, so that whoever has left is noticed."""
LONGEST = 600.0
"""Seconds that a page listens before it asks again, and shows once more who it is."""

log = logging.getLogger(__name__)


class Live:
    """Those who listen in this process. Nobody holds a connection to the database between two looks."""

    def __init__(self) -> None:
        self._listening: Counter[str] = Counter()
        self._counts: Mapping[str, int] = {}
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let all who listen go: the process is about to end."""
        self._stopped = True
        self._changed.set()

    async def follow(self, user: str, look: Look) -> AsyncIterator[int | None]:
        """How much somebody has not read, at first and whenever that changes; None where nothing has changed for a while."""
        ending, said = asyncio.get_running_loop().time() + LONGEST, -1
        self._listening[user] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on(look))
        try:
            while not self._stopped and asyncio.get_running_loop().time() < ending:
                changed, counts = self._changed, self._counts
                count = counts.get(user, said)
                if count != said:
                    said = count
                    yield said
                try:
                    await asyncio.wait_for(changed.wait(), QUIET)
                except TimeoutError:
                    yield None
        finally:
            self._listening[user] -= 1
            if not self._listening[user]:
                del self._listening[user]

    async def _look_on(self, look: Look) -> None:
        """Look as long as somebody listens."""
        while self._listening and not self._stopped:
            users = [*self._listening]
            try:
                some = await look(users)
            except Exception:
                log.info("the database is away or has too much to do", exc_info=True)
            else:
                found = {user: some.get(user, 0) for user in users}
                if found != self._counts:
                    self._counts, changed = found, self._changed
                    self._changed = asyncio.Event()
                    changed.set()
            await asyncio.sleep(EVERY)
        self._counts = {}
