"""Each library enters by the doors that docs/decisions/0002-dependencies.md names, and each has its reason there."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.house.files import ROOT, python_files

DECISION = ROOT / "docs/decisions/0002-dependencies.md"


@dataclass(frozen=True)
class Library:
    """One line of the decision's first table."""

    distribution: str
    module: str
    doors: tuple[str, ...]
    once: bool
    why: str


def _rows(heading: str) -> list[list[str]]:
    section = DECISION.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    return rows[2:]


def _libraries() -> list[Library]:
    return [
        Library(distribution, module, tuple(re.findall(r"`([^`]+)`", doors)), doors.endswith("once"), why)
        for distribution, module, doors, why in _rows("For running")
    ]


LIBRARIES = _libraries()


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@cache
def _imported(path: Path) -> frozenset[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return frozenset(module.split(".", 1)[0] for module in modules)


def _users(module: str) -> list[str]:
    return [name for name, path in python_files() if module in _imported(path)]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    running = {library.distribution for library in LIBRARIES if library.why}
    assert running == _names(project["project"]["dependencies"])
    groups = project["dependency-groups"]
    assert {row[0] for row in _rows("For building and testing") if row[1]} == _names(groups["build"] + groups["test"])
    assert {row[0] for row in _rows("For measuring") if row[1]} == _names(groups["bench"])


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.distribution)
def test_a_library_enters_by_its_doors(library: Library) -> None:
    users = _users(library.module)
    strangers = [name for name in users if not any(fnmatch(name, door) for door in library.doors)]
    assert strangers == [], f"only {', '.join(library.doors) or 'no file'} may import {library.module}"
    assert not library.once or len(users) <= 1, f"one file only may import {library.module}: {users}"


def test_no_library_comes_in_unannounced() -> None:
    known = {library.module for library in LIBRARIES} | sys.stdlib_module_names | {"kith"}
    unknown = {name: strange for name, path in python_files() if (strange := sorted(_imported(path) - known))}
    assert unknown == {}
