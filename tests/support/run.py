"""The folder that one test run, with all its workers, keeps what they share in."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLE = "KITH_TEST_RUN_FOLDER"


def create() -> Path:
    """Make this run's folder and hand it to the workers by the environment; the name carries the owner's pid."""
    folder = _parent() / f"run-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[_VARIABLE] = str(folder)
    return folder


def folder() -> Path:
    """Return the folder of the run that this process belongs to."""
    return Path(os.environ[_VARIABLE])


def abandoned() -> list[Path]:
    """Return the folders of runs that were killed before they could clean up."""
    return [path for path in _parent().glob("run-*") if not _is_alive(int(path.name.removeprefix("run-")))]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that all workers of the run respect."""
    with (folder() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _parent() -> Path:
    # Short, since the socket of a PostgreSQL server inside must fit into 107 bytes.
    return Path(tempfile.gettempdir()) / f"kith-tests-{os.getuid()}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
