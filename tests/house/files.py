"""Where the house's own files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "platform"


def engine_files() -> Iterator[tuple[str, Path]]:
    """Yield each file of the engine with its path seen from `platform/`; not the apps that a link puts there."""
    for path in sorted(ENGINE.rglob("*")):
        name = path.relative_to(ENGINE).as_posix()
        if path.is_file() and not name.startswith("apps/") and "__pycache__" not in name:
            yield name, path


def python_files() -> Iterator[tuple[str, Path]]:
    """Yield each Python file of the engine."""
    return ((name, path) for name, path in engine_files() if name.endswith(".py"))
