"""What may be published: what the folder offers, or an older release, each with its plan or with why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kith.metadata.model import Layer
from kith.problems import Problem
from kith.runtime.offered import NoOffer, Offer, Together, apart, offer_of, settled_by
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.rolling import CannotGoBack
from kith.runtime.wanted import Wanted, Wrong, back_to, layers_at, plan_of
from kith.web import addresses
from kith.web.requests import Stop, Visit, parameter
from kith.web.view import Notice

MOST_PROBLEMS = 50
BEFORE, AFTER = 60, 100
"""Characters of a line that are shown before and after what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """An error in a document; `marked` is what it is about, between what stands before and after it in the line."""

    text: str
    hint: str = ""
    place: str = ""
    line: int = 0
    before: str = ""
    marked: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is looked at: a wish with its plan, or why there is none; `action` is where it is asked for."""

    title: str
    action: str
    wanted: Wanted | None = None
    planned: Plan | None = None
    layers: Sequence[Layer] = ()
    of: str = ""
    notices: Sequence[Notice] = ()
    problems: Sequence[Mistake] = ()
    may_go: bool = True
    folder: Together | None = None
    hidden: Sequence[tuple[str, str]] = ()
    """What the form that asked for it sent, and sends again with the consent."""


def offer(visit: Visit) -> Offer | None:
    """What the server's folder offers now, None where it was started without one; raises NoOffer."""
    doors = visit.web.doors
    return offer_of(doors.workspace, doors.folder) if doors.folder is not None else None


def offered(visit: Visit) -> Proposed:
    """What the folder offers to the current release."""
    texts, workspace = visit.texts, visit.web.doors.workspace
    nothing = Proposed(texts("plan.waits"), addresses.WAITING)
    try:
        found = offer(visit)
    except NoOffer as none:
        return _with(nothing, Notice(none.words.in_(visit.language), "warning"))
    if found is None:
        return _with(nothing, Notice(texts("plan.no_folder")))
    notices = _apart(visit, found)
    if not found.standing.brings and not found.problems:
        return _with(nothing, *notices, Notice(texts("plan.nothing", folder=found.folder.name), "success"))
    wanted = Wanted(workspace.current().number, layers=found.layers)
    problems = [one for one in found.problems if one.is_error]
    planned = None
    try:
        planned = None if problems else plan_of(workspace, wanted)
    except Wrong as wrong:
        problems = [one for one in wrong.problems if one.is_error]
    return Proposed(
        nothing.title,
        nothing.action,
        wanted,
        planned,
        found.layers,
        "waiting",
        notices,
        [mistake(one, visit.language, found.folder) for one in problems[:MOST_PROBLEMS]],
        found.may_go,
        settled_by(workspace, found),
    )


def _apart(visit: Visit, found: Offer) -> list[Notice]:
    """What is told where the database has gone on without the folder."""
    words = apart(visit.web.doors.workspace, found.folder, found.own, found.standing)
    lines = [one.in_(visit.language) for one in words]
    if found.standing.both:
        return [Notice(" ".join(line.strip() for line in lines[1:]), "warning", lines[0])]
    return [Notice(line, "warning" if found.standing.behind else "info") for line in lines]


def _with(proposed: Proposed, *notices: Notice) -> Proposed:
    return Proposed(proposed.title, proposed.action, notices=notices)


def older(visit: Visit) -> Proposed:
    """The way back to the release that the address names."""
    workspace = visit.web.doors.workspace
    workspace.look()
    text = parameter(visit.request, "number")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    current = workspace.current().number
    try:
        wanted = back_to(workspace, current, number)
    except CannotGoBack as cannot:
        raise Stop(404, cannot.words.in_(visit.language)) from None
    found = Proposed(visit.texts("plan.back", number=number), addresses.back_of(number))
    try:
        planned = plan_of(workspace, wanted)
    except Wrong as wrong:
        notice = Notice(visit.texts("plan.unusable"), "danger")
        problems = [mistake(one, visit.language) for one in wrong.problems[:MOST_PROBLEMS]]
        return Proposed(found.title, found.action, notices=[notice], problems=problems)
    return Proposed(found.title, found.action, wanted, planned, layers_at(workspace, number), str(number))


def mistake(one: Problem, language: str, folder: Path | None = None) -> Mistake:
    """A problem as a page shows it, its place named from the folder."""
    text, hint = f"{one.code} {one.message(language)}", one.hint.in_(language) if one.hint else ""
    if one.span is None:
        return Mistake(text, hint)
    number, column = one.span.source.position(one.span.start)
    line, at = one.span.source.line(number), column - 1
    end = max(at + 1, min(at + one.span.end - one.span.start, len(line)))
    place = one.span.place.removeprefix(f"{folder}/") if folder else one.span.place
    before = line[:at] if at <= BEFORE else "…" + line[at - BEFORE : at]
    return Mistake(text, hint, place, number, before, line[at:end] or " ", line[end : end + AFTER])
