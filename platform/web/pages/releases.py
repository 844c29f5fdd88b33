"""Releases for those who administer: what was published when and by whom, with its changes, settings and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import releases
from kith.runtime.plan.changes import EFFECTS
from kith.runtime.releases import Published
from kith.web import addresses
from kith.web.answering import page
from kith.web.formats import formatter
from kith.web.pages.jobs import administering
from kith.web.requests import Stop, Visit, Web, parameter
from kith.web.view import Cell, Choice, Column, Fact, Link, Row, Table
from kith.web.view import Page as Pager

if TYPE_CHECKING:  # servers start without what reads documents
    from kith.metadata.layers.differing import Differs

SIZE = 50
LONGEST = 300
"""Characters of a setting's value."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of releases."""
    return (
        Route(addresses.RELEASES, page(web, show), methods=["GET"]),
        Route(addresses.RELEASES + "/{number}", page(web, show_one, long=True), methods=["GET"]),
    )


def show(visit: Visit) -> Response:
    """The latest releases, the current one marked."""
    administering(visit)
    before = _number(visit.request.query_params.get("before", ""))
    found = releases.published(visit.connection, before=before, limit=SIZE + 1)
    on = addresses.with_query(addresses.RELEASES, [("before", str(found[SIZE - 1].number))]) if found[SIZE:] else ""
    return visit.page(
        "releases.html",
        title=visit.texts("menu.releases"),
        table=_table(visit, found[:SIZE]),
        page=Pager("", addresses.RELEASES if before else "", on) if before or on else None,
    )


def show_one(visit: Visit) -> Response:
    """One release: its changes class by class, the settings that differ from the release before, and its documents."""
    administering(visit)
    from kith.metadata.layers.differing import differing

    number = _number(parameter(visit.request, "number"))
    found = releases.published(visit.connection, number=number) if number else []
    if not found:
        raise Stop(404)
    one, texts = found[0], visit.texts
    layers = releases.load(visit.connection, number).layers
    before = releases.load(visit.connection, number - 1).layers if number > 1 else ()
    title = texts("releases.one", number=number)
    facts = [
        (texts("releases.at"), _when(visit, one)),
        (texts("releases.actor"), one.actor),
        (texts("releases.version"), f"{one.app} {one.version}"),
        (texts("releases.note"), one.said(visit.language)),
    ]
    return visit.page(
        "release.html",
        title=title,
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(title, visit.here)),
        chips=_chips(visit, one),
        facts=[Fact(label, Cell(value)) for label, value in facts if value],
        classes=_classes(visit, one),
        settings=[_setting(visit, item) for item in differing(before, layers)] if before else [],
        layers=[(f"{layer.name} {layer.version}", list(layer.documents.items())) for layer in layers],
    )


def _number(text: str) -> int:
    """The number that a text is; 0 for other texts."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _when(visit: Visit, one: Published) -> str:
    return formatter("instant", visit.language, zone=str(visit.context.reader_zone))(one.at)


def _chips(visit: Visit, one: Published) -> tuple[Choice, ...]:
    is_current = one.number == visit.release.number
    return (Choice("current", visit.texts("releases.current"), "green"),) if is_current else ()


def _classes(visit: Visit, one: Published) -> list[tuple[str, list[str]]]:
    """Its changes, the gravest class first."""
    told = list(zip(one.changes, one.told(visit.language), strict=True))
    found = [
        (words.in_(visit.language), [line for change, line in told if change["class"] == effect])
        for effect, words in EFFECTS.items()
    ]
    return [(label, lines) for label, lines in found if lines]


def _setting(visit: Visit, one: Differs) -> tuple[str, str]:
    if one.moved:
        return one.path, visit.texts("releases.moved")
    values = (
        value if len(value) <= LONGEST else value[: LONGEST - 1] + "…" for value in (one.before, one.after) if value
    )
    return f"{one.sign} {one.path}", " → ".join(values)


def _table(visit: Visit, found: Sequence[Published]) -> Table:
    texts, rows = visit.texts, []
    for one in found:
        counts, address = one.counts(), addresses.release_of(one.number)
        told = [f"{counts[name]} {words.in_(visit.language)}" for name, words in EFFECTS.items() if name in counts]
        title = texts("releases.one", number=one.number)
        cells = (
            Cell(" · ".join((title, *(chip.label for chip in _chips(visit, one)))), address),
            Cell(_when(visit, one)),
            Cell(one.actor),
            Cell(f"{one.app} {one.version}"),
            Cell("、".join(told) if visit.language == "zh-CN" else ", ".join(told)),
            Cell(one.said(visit.language)),
        )
        rows.append(Row(str(one.number), cells, address, label=title))
    names = ("release", "at", "actor", "version", "changes", "note")
    columns = [
        Column(name, texts(f"releases.{name}"), phone="title" if name == "release" else "show") for name in names
    ]
    return Table(caption=texts("menu.releases"), columns=columns, rows=rows)
