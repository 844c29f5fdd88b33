"""What holds for the whole house: names, sizes, and what no committed file says."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.house.files import ROOT, python_files

MOST_LINES = 400

# A file that must be longer for a while, with its length; numbers here only go down.
LONGER: dict[str, int] = {}

HOME_OF_SOMEBODY = re.compile(r"(?<![\w.])/(?:ro{2}t|home/\w+|Users/\w+)/")
"""Folders of one machine."""
INSTALLING = (
    "pyproject.toml",
    "Makefile",
    ".ci/run",
    "requirements/run.txt",
    "requirements/test.txt",
    "requirements/bench.txt",
)
"""What says how things are installed, and must leave open from where."""


def test_kith_is_a_link_and_platform_is_no_package() -> None:
    assert (ROOT / "kith").readlink() == Path("platform")
    assert (ROOT / "platform/apps").readlink() == Path("../apps")
    assert not (ROOT / "platform/__init__.py").exists()
    assert platform.__file__ == str(Path(sysconfig.get_path("stdlib")) / "platform.py")


def test_import_platform_from_the_root_is_the_standard_librarys() -> None:
    program = "import platform; print(platform.python_version())"
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == platform.python_version()


def test_every_room_is_typed_and_says_what_it_is_for() -> None:
    for room in sorted(path.parent for path in (ROOT / "platform").glob("*/__init__.py")):
        assert (room / "py.typed").exists(), room
        assert (room / "__init__.py").read_text(encoding="utf-8").startswith('"""'), room


def test_apps_hold_no_python() -> None:
    assert [str(path) for path in (ROOT / "apps").rglob("*.py*")] == []


def test_files_stay_small() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in python_files()}
    too_long = {name: length for name, length in lengths.items() if length > LONGER.get(name, MOST_LINES)}
    assert too_long == {}, "split by noun (docs/decisions/0001-house.md)"
    assert [name for name in LONGER if lengths.get(name, 0) <= MOST_LINES] == [], "now short: take it off the table"


def test_no_committed_file_names_the_folders_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        text = path.read_bytes().decode("utf-8", "ignore") if path.is_file() else ""
        if match := HOME_OF_SOMEBODY.search(text):
            found.append(f"{name} names {match.group()}")
    assert found == []


def test_what_is_installed_names_no_host() -> None:
    assert [name for name in INSTALLING if "://" in (ROOT / name).read_text(encoding="utf-8")] == []
