"""How long work goes: a bar on a terminal, plain lines now and then where nobody watches."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30
EVERY = 0.1
"""Seconds between two drawings of the bar."""
LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class Progress:
    """Called with what is done and, where it is known, how much there is (0: unknown)."""

    def __init__(self, out: TextIO, title: str, *, quiet: bool = False) -> None:
        self.out, self.title, self.quiet = out, title, quiet
        self.bar = not quiet and out.isatty()
        self.begun = self.last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is, unless it was shown a moment ago."""
        now = time.monotonic()
        if self.quiet or (now - self.last < (EVERY if self.bar else LINE_EVERY) and done != total):
            return
        if self.bar:
            self.last = now
            self.out.write("\r" + self._line(done, total, now))
        elif now - self.last >= LINE_EVERY:
            self.last = now
            self.out.write(self._line(done, total, now) + "\n")
        self.out.flush()

    def done(self) -> None:
        """Take the bar away."""
        if self.bar:
            self.out.write("\r\x1b[K")
            self.out.flush()

    def _line(self, done: int, total: int, now: float) -> str:
        pace = done / max(now - self.begun, 1e-6)
        if not total:
            return f"{self.title} {done:,} ({pace:,.0f}/s)"
        part = min(done / total, 1)
        filled = round(WIDTH * part)
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] " if self.bar else ""
        return f"{self.title} {bar}{done:,}/{total:,} ({pace:,.0f}/s)"
