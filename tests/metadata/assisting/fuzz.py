"""Cursors at random places of both apps' documents, whole and with a stretch torn out: help never fails, and comes at once.

python -m tests.metadata.assisting.fuzz N SEED
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from kith.metadata.assisting import Project, State, complete, describe, found_at

APPS = Path(__file__).parents[3] / "apps"
NAMES = ("retail_crm", "b2b_crm")
LONGEST = 60
"""Characters that are torn out at most."""
ASKED: dict[str, Callable[[State, str, int], object]] = {
    "complete": complete,
    "describe": lambda state, path, offset: describe(state, path, offset, "zh-CN"),
    "found_at": found_at,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, what was answered, and the seconds of processor time that it took."""

    what: str
    path: str
    text: str
    offset: int
    answer: object
    seconds: float


def asked(project: Project, count: int, seed: int) -> Iterator[Asked]:
    """What is answered at so many places, each asked whole and torn."""
    lot = random.Random(seed)  # noqa: S311  # repeatable on purpose
    whole = dict(project.state().texts)
    paths = sorted(whole)
    for _ in range(count):
        path = lot.choice(paths)
        text = whole[path]
        offset = lot.randrange(len(text) + 1)
        for shown in (text, text[:offset] + text[offset + lot.randrange(1, LONGEST) :]):
            project.take({path: shown})
            state = project.latest()
            for what, ask in ASKED.items():
                start = process_time()
                answer = ask(state, path, offset)
                yield Asked(what, path, shown, offset, answer, process_time() - start)


def main(count: int, seed: int) -> None:
    """Print how long the answers take."""
    for app in NAMES:
        found = list(asked(Project.of(APPS / app), count, seed))
        for what in ASKED:
            times = [one.seconds * 1000 for one in found if one.what == what]
            answered = sum(bool(one.answer) for one in found if one.what == what) / len(times)
            high = quantiles(times, n=100)[98]
            print(  # noqa: T201  # a report for whoever measures
                f"{app:10} {what:8} {len(times):5} asked, {answered:4.0%} answered: "
                f"median {median(times):5.1f} ms, of a hundred 99 within {high:6.1f} ms"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
