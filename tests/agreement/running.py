"""A run: random expressions over random records on every back end, with a report of what it covered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from tests.agreement.blocks import run_blocks
from tests.agreement.comparing import Question, chunks, first_difference
from tests.agreement.engines import Answers, Engine, Reference
from tests.agreement.report import Report
from tests.agreement.shrinking import save, shrink, shrink_block
from tests.agreement.world import World

MOST = 10
"""Disagreements that are shrunk and kept; the others are most likely the same ones."""
BLOCKS = 8
"""Expressions for which there is one action block."""
CHUNK = {"long": 200, "short": 60}
"""Expressions over the records of one world."""


def run(
    seed: int,
    expressions: int,
    records: int,
    engines: Mapping[str, Engine],
    *,
    keep: bool = False,
    tell: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Compare, and with `keep` write each shrunk disagreement as a case; `tell` hears of each chunk that is done."""
    report = Report()
    begun = time.perf_counter()
    for asked, where in chunks(seed, expressions, records, CHUNK["long" if expressions > 1_000 else "short"]):
        for question in asked:
            report.add(question, where)
        wanted = Reference().answers([question.tree for question in asked], where)
        for name, engine in engines.items():
            _compare(report, asked, where, wanted, name, engine, f"found_{name}_{seed}" if keep else "")
        report.seconds = time.perf_counter() - begun
        tell(report)
    for difference, lines in run_blocks(report, seed, expressions // BLOCKS, records, tell):
        case = shrink_block(difference, lines)
        report.disagreements.append(f"{difference}\n  shrunk: {case.as_data()}")
        if keep:
            save(case, f"found_block_{seed}_{len(report.disagreements)}")
    report.seconds = time.perf_counter() - begun
    return report


def _compare(
    report: Report,
    asked: Sequence[Question],
    where: World,
    wanted: Sequence[Answers | None],
    name: str,
    engine: Engine,
    title: str,
) -> None:
    """One back end beside what the reference says."""
    said_of_all = engine.answers([question.tree for question in asked], where)
    for question, right, said in zip(asked, wanted, said_of_all, strict=True):
        if said is None or right is None:
            report.refused[name] += 1
            continue
        for found in first_difference(name, question, where, right, said):
            if len(report.disagreements) >= MOST:
                report.disagreements.append(question.text)
                continue
            case = shrink(found, engine)
            report.disagreements.append(f"{found}\n  shrunk: {case.as_data()}")
            if title:
                save(case, f"{title}_{len(report.disagreements)}")
