"""Runs `kith check` over the broken apps and prints for each document what was expected, found, and found in its place.

`python -m tests.metadata.broken`; the exit code tells whether every mistake was found, each at its line, and no other.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from kith.cli.main import app

CASES = Path(__file__).parent / "cases"
HEAD = re.compile(r"^([A-Z][0-9]{3}) (?:(\S+?):(\d+):\d+ )? ", re.MULTILINE)
Told = Counter[tuple[str, int]]
"""Codes and lines of problems."""


@dataclass(frozen=True)
class Row:
    """One broken document: its mistakes, and what was told."""

    path: str
    expected: Told
    found: Told

    @property
    def in_place(self) -> int:
        """Mistakes that are told with their code at their line."""
        return (self.expected & self.found).total()


def expected_of(folder: Path) -> dict[str, Told]:
    """The mistakes that a broken app has, by document, as its golden file lists them."""
    told: dict[str, Told] = {}
    for code, path, line in HEAD.findall((folder / "expected.txt").read_text(encoding="utf-8")):
        told.setdefault(path, Counter())[code, int(line or 0)] += 1
    return told


def found_of(folder: Path) -> dict[str, Told]:
    """What `kith check` tells of it."""
    output = CliRunner().invoke(app, ["check", str(folder), "--json", "--lang", "en"]).stdout
    told: dict[str, Told] = {}
    for problem in json.loads(output):
        path = str(problem.get("path", "")).removeprefix(f"{folder}/")
        told.setdefault(path, Counter())[problem["code"], int(problem.get("line", 0))] += 1
    return told


def rows() -> Iterator[Row]:
    """All broken documents."""
    for folder in sorted(path for path in CASES.iterdir() if path.is_dir()):
        expected, found = expected_of(folder), found_of(folder)
        for path in sorted({*expected, *found}):
            yield Row(f"{folder.name}/{path}", expected.get(path, Counter()), found.get(path, Counter()))


def main() -> int:
    """The table, and its sums."""
    told = list(rows())
    sys.stdout.write(f"{'expected':>9}{'found':>7}{'in place':>10}  document\n")
    for row in told:
        sys.stdout.write(f"{row.expected.total():>9}{row.found.total():>7}{row.in_place:>10}  {row.path}\n")
    expected, found, placed = (
        sum(row.expected.total() for row in told),
        sum(row.found.total() for row in told),
        sum(row.in_place for row in told),
    )
    sys.stdout.write(f"{expected:>9}{found:>7}{placed:>10}  in {len(told)} broken documents\n")
    return int(not expected == found == placed)


if __name__ == "__main__":
    sys.exit(main())
