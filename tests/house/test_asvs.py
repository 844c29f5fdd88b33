"""The answers to OWASP ASVS are whole, their counts are right, and what they name as proof is there."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from tests.house.files import ROOT

PAGE = ROOT / "docs/operator/asvs.md"
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|")
ANSWERS = ("held", "the operator", "does not apply", "not yet")
LINES = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5
14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
"""How many lines of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 stand behind them."""


@cache
def rows() -> list[tuple[str, ...]]:
    return [match.groups() for match in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_line_of_levels_1_and_2_has_its_answer() -> None:
    wanted = [
        f"{section}.{n}" for one in LINES.split() for section, n_ in [one.split(":")] for n in range(1, int(n_) + 1)
    ]
    assert [row[0] for row in rows()] == wanted
    assert {row[2] for row in rows()} == set(ANSWERS)


def test_the_counts_are_those_of_the_table() -> None:
    counts = Counter(row[2] for row in rows())
    told = " | ".join(str(counts[answer]) for answer in ANSWERS)
    assert f"| {told} | {len(rows())} |\n" in PAGE.read_text(encoding="utf-8")


def test_what_is_held_names_its_proof_and_what_is_not_says_why() -> None:
    for number, _, answer, how, proof in rows():
        assert proof if answer == "held" else how or proof, number


def test_the_named_proofs_are_there() -> None:
    missing = []
    for number, *_, proof in rows():
        for test in re.findall(r"`([^`]+)`", proof):
            file, _, name = test.partition("::")
            path = ROOT / file
            if not path.is_file() or (name and not re.search(rf"^def {name}\(", path.read_text("utf-8"), re.MULTILINE)):
                missing.append(f"{number}: {test}")
        links = re.findall(r"\]\(([^)]+)\)", proof)
        missing += [f"{number}: {link}" for link in links if not (PAGE.parent / link).resolve().is_file()]
    assert missing == []
