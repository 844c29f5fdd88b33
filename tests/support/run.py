"""The folder that one test run, with all its workers, keeps what they share in."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLE = "KITH_TEST_RUN_FOLDER"
_OWNER = "owner.lock"
_owned: dict[Path, int] = {}


def create() -> Path:
    """Make this run's folder and hand it to the workers by the environment."""
    with _lock(_parent() / "parent.lock"):
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=_parent()))
        folder.chmod(0o755)  # a PostgreSQL started by root is another user's
        _owned[folder] = _held(folder / _OWNER)
    os.environ[_VARIABLE] = str(folder)
    return folder


def folder() -> Path:
    """Return the folder of the run that this process belongs to."""
    return Path(os.environ[_VARIABLE])


def abandoned() -> list[Path]:
    """Return the folders of runs that were killed before they could clean up."""
    with _lock(_parent() / "parent.lock"):
        return [path for path in _parent().glob("run-*") if not _is_owned(path)]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that all workers of the run respect."""
    with _lock(folder() / f"{name}.lock"):
        yield


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _held(path: Path) -> int:
    # Kept until the process ends, by whatever death: a pid in the name could be another process's later.
    handle = os.open(path, os.O_CREAT | os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _is_owned(folder: Path) -> bool:
    try:
        os.close(_held(folder / _OWNER))
    except BlockingIOError:
        return True
    return False


def _parent() -> Path:
    # Short, since the socket of a PostgreSQL server inside must fit into 107 bytes.
    parent = Path(tempfile.gettempdir()) / f"kith-tests-{os.getuid()}"
    parent.mkdir(exist_ok=True)
    return parent
