"""How long something itself takes: neither other threads of the process count nor the collection of its garbage."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """Seconds of the processor, once it is over."""

    seconds: float = 0.0


@contextmanager
def own_time() -> Iterator[Spent]:
    """Measure what is done within, also where that raises; a worker with a large heap collects for seconds."""
    spent, collecting = Spent(), gc.isenabled()
    gc.disable()
    begin = time.thread_time()
    try:
        yield spent
    finally:
        spent.seconds = time.thread_time() - begin
        if collecting:
            gc.enable()
