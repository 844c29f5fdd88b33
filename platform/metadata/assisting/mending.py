"""Changes of texts that an author is offered: what mends a problem, and the one form of expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.assisting.project import State
from kith.metadata.formatting import format_document
from kith.metadata.scalars import Edit
from kith.problems import Problem, Words

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
        if one.span is not None and one.span.start <= end and start <= one.span.end and (edit := _edit(one)):
            title = Words(f'Write "{edit.text}"', f"改为“{edit.text}”")
            yield Mend(one, title, edit)


def _edit(problem: Problem) -> Edit | None:
    """The change: as the checker says, or the name that was most likely meant."""
    if problem.fix is not None:
        return Edit(problem.fix.span.start, problem.fix.span.end, problem.fix.text)
    meant = _MEANT.match(problem.hint.en) if problem.hint else None
    if meant is None or problem.span is None:
        return None
    return Edit(problem.span.start, problem.span.end, meant[1])


def formatted(state: State, path: str) -> str:
    """A document with its expressions in their one form."""
    return format_document(state.texts.get(path, ""), state.shown(path))[0]
