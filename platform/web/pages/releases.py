"""Releases for those who administer: what was published when and by whom, with its changes, settings and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response

from kith.metadata.model import Layer
from kith.runtime import commissions, releases
from kith.runtime.offered import NoOffer
from kith.runtime.past.moments import moment_of, release_at
from kith.runtime.plan.changes import EFFECTS
from kith.runtime.releases import Published
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.pages.jobs import administering
from kith.web.pages.plans import TextChanges, classes_of_release
from kith.web.pages.proposals import offer
from kith.web.requests import Stop, Visit, go, parameter
from kith.web.view import Cell, Choice, Column, Fact, Link, Notice, Row, Table
from kith.web.view import Page as Pager

if TYPE_CHECKING:  # servers start without what reads documents
    from kith.metadata.layers.differing import Differs

SIZE = 50
LONGEST = 300
"""Characters of a setting's value."""


def show(visit: Visit) -> Response:
    """The latest releases, the current one marked."""
    administering(visit)
    if day := visit.request.query_params.get("at", ""):
        return _in_force(visit, day)
    before = _number(visit.request.query_params.get("before", ""))
    found = releases.published(visit.connection, before=before, limit=SIZE + 1)
    on = addresses.with_query(addresses.RELEASES, [("before", str(found[SIZE - 1].number))]) if found[SIZE:] else ""
    return visit.page(
        "releases.html",
        title=visit.texts("menu.releases"),
        notices=[] if before else _notices(visit),
        kept=_kept(visit),
        table=_table(visit, found[:SIZE]),
        page=Pager("", addresses.RELEASES if before else "", on) if before or on else None,
    )


def _in_force(visit: Visit, day: str) -> Response:
    """On to the release that was in force at the end of a day."""
    at = moment_of(day, visit.context.reader_zone)
    number = release_at(visit.connection, at) if at is not None else 0
    if not number:
        raise Stop(404, visit.texts("releases.none_then"))
    return go(addresses.release_of(number))


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
    changes = TextChanges(before, layers)
    title = texts("releases.one", number=number)
    facts = [
        (texts("releases.at"), _when(visit, one)),
        (texts("releases.actor"), one.by(visit.language)),
        (texts("releases.version"), f"{one.app} {one.version}"),
        (texts("releases.note"), one.said(visit.language)),
    ]
    return visit.page(
        "release.html",
        title=title,
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(title, visit.here)),
        chips=_chips(visit, one),
        facts=[Fact(label, Cell(value)) for label, value in facts if value],
        back=_back(visit, number),
        classes=classes_of_release(visit, one, changes),
        settings=[_setting(visit, item, number) for item in differing(before, layers)] if before else [],
        differences=changes.shown(),
        more=changes.more,
        origins=addresses.ORIGINS,
        number=number,
        layers=[(f"{layer.name} {layer.version}", _documents(number, layer)) for layer in layers],
    )


def show_document(visit: Visit) -> Response:
    """The text of a document as it was published."""
    administering(visit)
    number, sent = _number(parameter(visit.request, "number")), visit.request.query_params
    layers = releases.load(visit.connection, number).layers if number else ()
    layer = next((one for one in layers if one.name == sent.get("layer")), None)
    path = sent.get("path", "")
    if layer is None or path not in layer.documents:
        raise Stop(404)
    release = Link(visit.texts("releases.one", number=number), addresses.release_of(number))
    return visit.page(
        "document.html",
        title=path,
        crumbs=(Link(visit.texts("menu.releases"), addresses.RELEASES), release, Link(path, visit.here)),
        note=f"{layer.name} {layer.version}",
        lines=list(enumerate(layer.documents[path].splitlines(), 1)),
    )


def _documents(number: int, layer: Layer) -> list[Link]:
    return [Link(path, addresses.document_of(number, layer.name, path)) for path in layer.documents]


def _number(text: str) -> int:
    """The number that a text is; 0 for other texts."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _when(visit: Visit, one: Published) -> str:
    return formatter("instant", visit.language, zone=str(visit.context.reader_zone))(one.at)


def _chips(visit: Visit, one: Published) -> tuple[Choice, ...]:
    is_current = one.number == visit.release.number
    return (Choice("current", visit.texts("releases.current"), "green"),) if is_current else ()


def _notices(visit: Visit) -> list[Notice]:
    """What is under way, else what waits in the folder that the server was started with."""
    texts, running = visit.texts, commissions.under_way(visit.connection)
    if running:
        return [Notice(texts("plan.under_way"), actions=(Link(texts("plan.see"), addresses.publishing_of(running)),))]
    try:
        found = offer(visit)
    except NoOffer as none:
        return [Notice(none.words.in_(visit.language), "warning")]
    if found is None or not found.waits:
        return []
    said = "plan.wrong" if found.problems else "plan.torn" if found.standing.both else "plan.waiting"
    to = Link(texts("plan.look"), addresses.WAITING)
    return [Notice(texts(said, folder=found.folder.name), "info" if said == "plan.waiting" else "warning", "", (to,))]


def _kept(visit: Visit) -> Link | None:
    names = visit.release.names
    there = names.kept or any(of.kept for of in names.entities.values())
    return Link(visit.texts("kept.title"), addresses.KEPT, "archive") if there else None


def _back(visit: Visit, number: int) -> Link | None:
    """The way back: to this release, from the current one to the one before it."""
    to = number - 1 if number == visit.release.number else number
    return Link(visit.texts("plan.back", number=to), addresses.back_of(to), "rotate-ccw") if to else None


def _setting(visit: Visit, one: Differs, number: int) -> tuple[str, str, str]:
    origin = "" if one.after is None else addresses.origin_of(one.path, str(number))
    if one.moved:
        return one.path, visit.texts("releases.moved"), origin
    values = (
        value if len(value) <= LONGEST else value[: LONGEST - 1] + "…" for value in (one.before, one.after) if value
    )
    return f"{one.sign} {one.path}", " → ".join(values), origin


def _table(visit: Visit, found: Sequence[Published]) -> Table:
    texts, rows = visit.texts, []
    for one in found:
        counts, address = one.counts(), addresses.release_of(one.number)
        told = [f"{counts[name]} {words.in_(visit.language)}" for name, words in EFFECTS.items() if name in counts]
        title = texts("releases.one", number=one.number)
        cells = (
            Cell(" · ".join((title, *(chip.label for chip in _chips(visit, one)))), address),
            Cell(_when(visit, one)),
            Cell(one.by(visit.language)),
            Cell(one.said(visit.language)),
            Cell("、".join(told) if visit.language == "zh-CN" else ", ".join(told)),
            Cell(f"{one.app} {one.version}"),
        )
        rows.append(Row(str(one.number), cells, address, label=title))
    names = ("release", "at", "actor", "note", "changes", "version")
    columns = [
        Column(name, texts(f"releases.{name}"), phone="title" if name == "release" else "show") for name in names
    ]
    return Table(caption=texts("menu.releases"), columns=columns, rows=rows)
