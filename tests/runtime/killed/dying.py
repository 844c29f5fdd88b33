"""A process that carries a plan out and dies in a stage of it, before a statement or a commit, by SIGKILL."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import FrameType

import sqlalchemy as sa

from kith.runtime.applying import finishing
from kith.runtime.applying.progress import RUNNING, STALE, TAKEN, CannotApply
from kith.runtime.applying.steps import DropIndex, MakeIndex
from kith.runtime.applying.telling import BUSY
from kith.runtime.workspace import Workspace
from tests.runtime.killed.circle import CIRCLE
from tests.runtime.rolling.world import World

STAGES = ("begin", "expand", "fill", "constrain", "switch", "late fill", "tidy")
ANY = "any moment"
TOLD = {TAKEN: 3, RUNNING: 4, STALE: 5, BUSY: 6}
"""What such a process exits with where it cannot apply."""
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.runtime.killed.dying"])


def stage_now() -> str:
    """The stage of an apply that the caller is called in, "" where it is in none."""
    frames: dict[str, FrameType] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if "applying" in frame.f_code.co_filename:
            frames[frame.f_code.co_qualname] = frame
        frame = frame.f_back
    if "finish_after_switch" in frames:
        return "late fill" if "Work.fill" in frames else "tidy"
    if "_Apply.switch" in frames:
        return "switch"
    if "Work.fill" in frames or "fill_all" in frames:
        return "fill"
    if "Work.stage" in frames:
        return str(frames["Work.stage"].f_locals["name"])
    if "_Apply.staged" in frames:
        return "switch" if "Work.in_turn" in frames else "fill"
    if "_Apply.at_once" in frames:
        return _at_once(frames)
    return "begin" if "apply" in frames else ""


def _at_once(frames: dict[str, FrameType]) -> str:
    """What is done in one transaction, told by the step it is at; its commit is what switches."""
    step = frames["_Apply.at_once"].f_locals.get("step")
    if not any(name.endswith(".run") for name in frames):
        return "switch"
    if isinstance(step, DropIndex):
        return "tidy"
    return "constrain" if isinstance(step, MakeIndex) and step.index.unique else "expand"


def listen(workspace: Workspace, what: Callable[..., None], *, no_more: bool = False) -> None:
    """Call something before each statement and each commit: the moment between the two is one of those that matter."""
    change = sa.event.remove if no_more else sa.event.listen
    for engine in workspace.database.engines:
        change(engine, "before_cursor_execute", what)
        change(engine, "commit", what)


def counted(world: World, way: str) -> dict[str, int]:
    """Carry a way out, counting its statements and commits by stage."""
    count = Counter[str]()

    def one_more(*_: object) -> None:
        count[stage_now()] += 1

    listen(world.workspace, one_more)
    try:
        CIRCLE[way](world)
    finally:
        listen(world.workspace, one_more, no_more=True)
    return {stage: count[stage] for stage in STAGES if count[stage]}


def killed(url: str, folder: Path, way: str, stage: str, place: int, seconds: float = 0) -> bool:
    """Carry a way out in a process that dies at a place of a stage, or after seconds; whether it died."""
    process = _started(url, folder, way, stage, place, signal.SIGKILL)
    if stage == ANY:
        time.sleep(seconds)
        process.kill()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


@contextmanager
def standing(url: str, folder: Path, way: str, stage: str, place: int = 0) -> Iterator[ForkServerProcess]:
    """A process that carries a way out and stands still at a place of a stage; it goes on, and ends, with this."""
    process = _started(url, folder, way, stage, place, signal.SIGSTOP)
    assert process.pid is not None
    try:
        until = time.monotonic() + 60
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            assert process.is_alive() and time.monotonic() < until, f"{stage} was never come to"
            time.sleep(0.02)
        yield process
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.join(60)


def _started(url: str, folder: Path, way: str, stage: str, place: int, what: signal.Signals) -> ForkServerProcess:
    arguments = (url, folder, way, stage, place, what, finishing.TAKEN_OVER)
    process = FORKING.Process(target=_carry_out, args=arguments, daemon=True)
    process.start()
    return process


def _carry_out(
    url: str, folder: Path, way: str, stage: str, place: int, what: signal.Signals, taken_over: float
) -> None:
    finishing.TAKEN_OVER = taken_over
    world, left = World(folder, Workspace.open(url)), place

    def count(*_: object) -> None:
        nonlocal left
        if stage_now() == stage:
            left -= 1
            if left == -1:
                os.kill(os.getpid(), what)

    if stage != ANY:
        listen(world.workspace, count)
    try:
        CIRCLE[way](world)
    except CannotApply as error:
        sys.exit(TOLD[error.words])
    world.workspace.close()
