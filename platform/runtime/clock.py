"""The time, handed to whoever needs it, so that tests and replays can choose it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns an aware instant in UTC."""


def system_clock() -> datetime:
    """The machine's time in UTC, to the microsecond."""
    return datetime.now(UTC)
