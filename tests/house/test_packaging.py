"""The wheel and the source archive hold what a user needs, and are built without a network."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.files import ROOT, engine_files


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both archives with the back end that is installed."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def _committed(under: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z", under], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_holds_the_engine_and_the_apps(dist: Path) -> None:
    names = set(zipfile.ZipFile(next(dist.glob("*.whl"))).namelist())
    engine = {f"kith/{name}" for name, _ in engine_files() if f"platform/{name}" in _committed("platform")}
    assert engine - names == set()
    assert {f"kith/{name}" for name in _committed("apps")} - names == set()
    assert {name.split("/", 1)[0] for name in names} == {"kith", "kith_crm-0.1.0.dist-info"}
    assert "kith/__init__.py" not in names


def test_the_source_archive_holds_the_same(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"pyproject.toml", "kith/cli/main.py", "kith/rules/py.typed"} <= names
    assert {f"kith/{name}" for name in _committed("apps")} - names == set()
