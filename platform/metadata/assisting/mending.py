"""Changes of texts that an author is offered: what mends a problem, and the one form of expressions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.assisting.finding import spot_in
from kith.metadata.assisting.project import State
from kith.metadata.formatting import STARTS, format_edits
from kith.metadata.scalars import Edit, applied, on_one_line
from kith.problems import Fix, Problem, Words
from kith.source import read

BLOCKS = ("literal", "folded")
_MEANT = re.compile(r'did you mean "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Mend:
    """A change that mends a problem of a document."""

    problem: Problem
    title: Words
    edit: Edit


def problems_of(state: State, path: str) -> list[Problem]:
    """The problems that stand in a document of the app."""
    shown = state.shown(path)
    return [one for one in state.problems if one.span is not None and one.span.source.path == shown]


def mends(state: State, path: str, start: int, end: int) -> Iterator[Mend]:
    """What mends the problems that a stretch of a document touches."""
    for one in problems_of(state, path):
        if one.span is not None and one.span.start <= end and start <= one.span.end:
            for fix in _fixes(one):
                if edit := _readable(state, path, fix):
                    yield Mend(one, _title(fix), edit)


def _fixes(problem: Problem) -> Iterator[Fix]:
    """What the checker says to write, or the name that was most likely meant."""
    yield from (fix for fix in (problem.fix, problem.other_fix) if fix is not None)
    meant = _MEANT.match(problem.hint.en) if problem.hint else None
    if problem.fix is None and meant is not None and problem.span is not None:
        yield Fix(problem.span, meant[1])


def _title(fix: Fix) -> Words:
    old = fix.span.source.text[fix.span.start : fix.span.end]
    if not fix.text:
        return Words(f'Remove "{old}"', f"删除“{old}”")
    if not old:
        return Words(f'Insert "{fix.text}"', f"插入“{fix.text}”")
    return Words(f'Write "{fix.text}"', f"改为“{fix.text}”")


def _readable(state: State, path: str, fix: Fix) -> Edit | None:
    """The change that mends, with quotes where YAML would misread the text; none where YAML is worse off with any."""
    text, shown = state.texts.get(path, ""), state.shown(path)
    worst = _misread(text, shown)
    edits = (Edit(fix.span.start, fix.span.end, fix.text), _requoted(state, path, fix))
    return next((one for one in edits if one and _misread(applied(text, [one]), shown) <= worst), None)


def _misread(text: str, path: str) -> int:
    return len(read(text, path)[1])


def _requoted(state: State, path: str, fix: Fix) -> Edit | None:
    """The same change as a new writing of the whole expression that it is in."""
    spot = spot_in(state, path, fix.span.start)
    if spot is None or spot.is_key or spot.schema.get("format") not in STARTS or spot.scalar.style in BLOCKS:
        return None
    excerpt, span = spot.scalar.excerpt(), spot.scalar.span
    start, end = (bisect_left(excerpt.offsets, offset) for offset in (fix.span.start, fix.span.end))
    new = excerpt.text[:start] + fix.text + excerpt.text[end:]
    return None if "\n" in new else Edit(span.start, span.end, on_one_line(new, in_flow=spot.flow))


def formatted(state: State, path: str) -> list[Edit]:
    """What changes when the expressions of a document take their one form."""
    return format_edits(state.texts.get(path, ""), state.shown(path))[0]
