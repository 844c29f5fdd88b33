"""A run: random expressions over random records on every back end, with a report of what it covered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.agreement.comparing import chunks, first_difference
from tests.agreement.engines import Engine, Reference
from tests.agreement.report import Report
from tests.agreement.shrinking import save, shrink

MOST = 10
"""Disagreements that are shrunk and kept; the others are most likely the same ones."""


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
    for asked, where in chunks(seed, expressions, records, CHUNK["long" if expressions > 1_000 else "short"]):
        trees = [question.tree for question in asked]
        wanted = Reference().answers(trees, where)
        report.add(asked, where)
        for name, engine in engines.items():
            for question, right, said in zip(asked, wanted, engine.answers(trees, where), strict=True):
                if said is None or right is None:
                    report.refused[name] += 1
                    continue
                for found in first_difference(name, question, where, right, said):
                    if len(report.disagreements) >= MOST:
                        report.disagreements.append(question.text)
                        continue
                    case = shrink(found, engine)
                    report.disagreements.append(f"{found}\n  shrunk: {case.as_data()}")
                    if keep:
                        save(case, f"found_{name}_{seed}_{len(report.disagreements)}")
        tell(report)
    return report
