"""Ids of records: UUIDs of version 7, so that new records lie together and in the order of their making."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime

_COUNTER = 0xFFF
_RANDOM = 0x3FFF_FFFF_FFFF_FFFF


class Ids:
    """Makes ids that rise strictly within a process, also within a millisecond and when the clock steps back."""

    def __init__(self, milliseconds: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._milliseconds = milliseconds
        self._lock = threading.Lock()
        self._last = 0
        """Milliseconds and, in the lowest 12 bits, a counter."""

    def __call__(self) -> str:
        """A new id in its canonical form."""
        return self.many(1)[0]

    def many(self, count: int) -> list[str]:
        """New ids, rising."""
        now = self._milliseconds() << 12
        with self._lock:
            first = max(now, self._last + 1)
            self._last = first + count - 1
        noise = os.urandom(8 * count)
        return [_text(first + index, noise[8 * index : 8 * index + 8]) for index in range(count)]


def first_id(at: datetime) -> str:
    """What comes before all ids that are made from an instant on."""
    return _text(int(at.timestamp() * 1000) << 12, bytes(8))


def _text(stamp: int, noise: bytes) -> str:
    number = (stamp >> 12) << 80 | 7 << 76 | (stamp & _COUNTER) << 64 | 2 << 62 | int.from_bytes(noise) & _RANDOM
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


new_id = Ids()
"""The process's own maker of ids."""
