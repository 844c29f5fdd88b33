"""Work spread over processes: each opens a stage of its own, and what comes back stands in the order of what was asked."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from kith.runtime.testing.stage import Stage

T = TypeVar("T")
R = TypeVar("R")
Open = Callable[[], AbstractContextManager[Stage]]
Progress = Callable[[int, int], None]
FAILED = -1
WORTH_IT = 24
"""Fewer pieces of work than this are done sooner than a second process is ready."""


def jobs_for(count: int, asked: int = 0) -> int:
    """How many processes work is spread over: as many as asked for, else one a core, where there is enough to do.

    What is compiled is handed over by forking; where there is no fork, one process does it all.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(asked or (cores if count >= WORTH_IT else 1), count))


def spread(
    stages: Open, work: Callable[[Stage, T], R], items: Sequence[T], jobs: int, progress: Progress | None = None
) -> list[R]:
    """What `work` makes of each item, in their order."""
    told = progress or (lambda _done, _total: None)
    if jobs <= 1:
        found: list[R] = []
        with stages() as stage:
            for item in items:
                found.append(work(stage, item))
                told(len(found), len(items))
        return found
    return _gathered(_started(stages, work, items, jobs), len(items), told)


def _started(
    stages: Open, work: Callable[[Stage, T], R], items: Sequence[T], jobs: int
) -> list[tuple[Any, Connection]]:
    context = multiprocessing.get_context("fork")
    turn = context.Value("l", 0)
    started: list[tuple[Any, Connection]] = []
    for _ in range(jobs):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(stages, work, items, turn, theirs), daemon=True)
        process.start()
        # Only the worker may keep its end: that it is closed is how we learn that there is nothing more to come.
        theirs.close()
        started.append((process, ours))
    return started


def _worker(stages: Open, work: Callable[[Stage, T], R], items: Sequence[T], turn: Any, out: Connection) -> None:
    try:
        with stages() as stage:
            while True:
                with turn.get_lock():
                    index = turn.value
                    turn.value += 1
                if index >= len(items):
                    break
                out.send((index, work(stage, items[index])))
    except Exception:  # noqa: BLE001 (whatever it is, it is told where somebody sees it)
        out.send((FAILED, traceback.format_exc()))
    out.close()


def _gathered(started: Sequence[tuple[Any, Connection]], count: int, told: Progress) -> list[Any]:
    found: dict[int, Any] = {}
    open_ends = [ours for _, ours in started]
    while open_ends:
        ready = wait(open_ends)
        for end in [one for one in open_ends if one in ready]:
            try:
                index, result = end.recv()
            except EOFError:
                open_ends.remove(end)
                continue
            if index == FAILED:
                raise RuntimeError(f"a process of the tests failed:\n{result}")
            found[index] = result
            told(len(found), count)
    for process, _ in started:
        process.join()
    if len(found) != count:
        raise RuntimeError(f"{count - len(found)} of {count} pieces of work did not come back")
    return [found[index] for index in range(count)]
