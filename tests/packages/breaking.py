"""Texts broken as people and programs break them, and what a run over many broken ones finds."""

from __future__ import annotations

import random
import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

SIGNS = ":{}[]~\"'#-, \t\n\x00\ufeff&*!|>@`%é店0"


@dataclass
class Outcome:
    """What a run found: what became of the broken ones, and what must not be."""

    told: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What else is told: the slowest, the memory."""


def words(text: str, chance: random.Random) -> str:
    """A text, broken once as people and programs do it."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    found: list[str] = re.findall(r"\w+", text) or ["x"]

    def other_word(line: str) -> str:
        spots = list(re.finditer(r"\w+", line))
        if not spots:
            return line
        spot = chance.choice(spots)
        return line[: spot.start()] + chance.choice(found) + line[spot.end() :]

    def sign(line: str) -> str:
        place = chance.randrange(len(line) + 1)
        return line[:place] + chance.choice(SIGNS) + line[place + chance.randrange(2) :]

    changes: tuple[Callable[[], object], ...] = (
        lambda: lines.pop(at),
        lambda: lines.insert(at, lines[at]),
        lambda: lines.insert(chance.randrange(len(lines)), lines.pop(at)),
        lambda: lines.__setitem__(at, other_word(lines[at])),
        lambda: lines.__setitem__(at, other_word(lines[at])),
        lambda: lines.__setitem__(at, sign(lines[at])),
        lambda: lines.__setitem__(at, "  " + lines[at]),
        lambda: lines.__setitem__(at, lines[at].replace(": ", ":", 1)),
        lambda: lines.__setitem__(at, re.sub(r"\{.*", "{~remove: true}", lines[at])),
        lambda: lines.__setitem__(at, re.sub(r": .*", ": ~", lines[at])),
        lambda: lines.__delitem__(slice(at, None)),
    )
    chance.choice(changes)()
    return "\n".join(lines)


class watched:  # noqa: N801  # read as a word of `with`
    """Notes what was not caught."""

    def __init__(self, outcome: Outcome, what: str) -> None:
        self.outcome, self.what = outcome, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Exception):
            self.outcome.bad.append(self.what + "\n" + "".join(traceback.format_exception(error)[-6:]))
            return True
        return False
