"""A tile that measures, from its answer to what shows: labels, values in words, lengths, and the lists behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kith.metadata.model import Field
from kith.rules.tree import Path
from kith.runtime.dashboards.answers import Answer, Asking, Mark
from kith.runtime.dashboards.asking import Conditions, joined
from kith.runtime.read.query import Reference
from kith.web import addresses
from kith.web.charts import Point, plot, shares
from kith.web.figures import Figures, amount, change_of, days_of, figures_of, stretches, year_of
from kith.web.listing import views_of
from kith.web.look import COLOURS
from kith.web.showing import Reader as Showing
from kith.web.showing import colour_of, options_of, shower
from kith.web.tiles import Bar, Comparison, Figure, Shown
from kith.web.view import Cell, Column, Link, Row, Table

INSET = {"funnel": True}
"""Kinds whose bars stand in the middle."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The list of a tile's records: by the tile's view where the reader may open it as a list."""

    asking: Asking
    conditions: Conditions

    def list_of(self, *more: str, sort: str = "") -> str:
        """The address of the list of those records for which more holds."""
        asking, conditions = self.asking, self.conditions
        tile = asking.tile
        views = views_of(asking.reader, asking.context, tile.of)
        if tile.view and views.named(tile.view) is not None:
            filter_ = joined(*conditions.own, *more)
            return addresses.list_of(tile.of, view=tile.view, filter=filter_, sort=sort)
        return addresses.list_of(tile.of, filter=conditions.all(*more), sort=sort)


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer to be shown."""

    asking: Asking
    showing: Showing
    answer: Answer

    @property
    def behind(self) -> Behind:
        """The lists behind it."""
        return Behind(self.asking, self.answer.conditions)

    @property
    def figures(self) -> Figures:
        """How its values are written."""
        measure = self.asking.tile.measure
        value = measure.value if measure is not None else None
        return figures_of(self.showing, self.answer.type, value.type if value is not None else None)

    def records(self, count: int) -> str:
        """So many records, in words; where records are counted the value has said it."""
        return self.showing.texts("dashboard.records", count=count)

    @property
    def counts(self) -> bool:
        """Whether the value is the number of records."""
        measure = self.asking.tile.measure
        return measure is not None and measure.function == "count"


def filled(shown: Shown, measured: Measured) -> Shown:
    """A tile with what it measures."""
    if measured.asking.tile.group is None:
        return replace(shown, figure=_figure(measured))
    marks, labels = measured.answer.marks, labels_of(measured)
    if not any(mark.count for mark in marks):
        return replace(shown, state="empty", said=measured.showing.texts("dashboard.empty"))
    shown = replace(
        shown,
        all=Link(_all(measured), measured.behind.list_of()),
        behind=behind_of(measured, labels),
        summary=_summary(measured, labels),
    )
    if measured.asking.tile.bucket:
        figures = measured.figures
        drawn = plot(_points(measured), figures.scale, whole=figures.is_whole, unit=figures.unit)
        return replace(shown, plot=drawn)
    return _barred(shown, measured, labels)


def _all(measured: Measured) -> str:
    count = sum(mark.count for mark in measured.answer.marks)
    if measured.answer.is_cut:
        return measured.showing.texts("dashboard.all")
    return measured.showing.texts("dashboard.all_records", count=count)


# ---- a number -----------------------------------------------------------------------------------------------------


def _figure(measured: Measured) -> Figure:
    (mark,), figures = measured.answer.marks, measured.figures
    nothing = measured.showing.texts("dashboard.nothing")
    return Figure(
        figures.brief(mark.value) if mark.value is not None else nothing,
        figures.full(mark.value) if mark.value is not None else nothing,
        measured.behind.list_of(),
        "" if measured.counts or not mark.count else measured.records(mark.count),
        _compared(measured, mark),
    )


def _compared(measured: Measured, mark: Mark) -> Comparison | None:
    answer, texts = measured.answer, measured.showing.texts
    if answer.before is None:
        return None
    then, when = answer.before.value, days_of(texts.language, answer.before_span)
    earlier = measured.asking.conditions(answer.before_span)
    href = Behind(measured.asking, earlier).list_of()
    change = change_of(texts.language, mark.value, then)
    if not change:
        return Comparison(texts("dashboard.none_before"), href, when)
    value = measured.figures.brief(then)
    text = texts("dashboard.before", change=change, value=value)
    new, old = amount(mark.value), amount(then)
    icon = "" if new is None or old is None or new == old else "arrow-up" if new > old else "arrow-down"
    return Comparison(text, href, when, icon)


# ---- groups -------------------------------------------------------------------------------------------------------


def labels_of(measured: Measured) -> list[Cell]:
    """What the groups are called."""
    group, texts = measured.asking.tile.group, measured.showing.texts
    assert group is not None
    if measured.asking.tile.bucket:
        _, full = stretches(texts.language, measured.asking.tile.bucket)
        return [Cell(full(mark.key)) for mark in measured.answer.marks]
    show = shower(measured.showing, group.type, _declared(measured), short=True)
    return [
        Cell(texts("dashboard.not_set"), tone="muted") if mark.key is None else _plainly(show(mark.key))
        for mark in measured.answer.marks
    ]


def _plainly(cell: Cell) -> Cell:
    """The label of a group leads to its list, and not to what it is named by."""
    return replace(cell, href="")


def _declared(measured: Measured) -> Field | None:
    """The field that the groups are values of."""
    group = measured.asking.tile.group
    if group is None or not isinstance(group.tree, Path) or not group.tree.steps:
        return None
    step = group.tree.steps[-1]
    entity = measured.showing.model.entities.get(step.entity)
    return entity.fields.get(step.name) if entity is not None else None


def _barred(shown: Shown, measured: Measured, labels: Sequence[Cell]) -> Shown:
    tile, texts = measured.asking.tile, measured.showing.texts
    most = len(measured.answer.marks) if tile.kind == "funnel" else tile.most
    marks = measured.answer.marks[:most]
    lengths = shares([amount(mark.value) for mark in marks])
    bars = [_bar(measured, number, mark, labels[number], lengths[number]) for number, mark in enumerate(marks)]
    left = len(measured.answer.marks) - len(marks)
    return replace(shown, bars=bars, rest=texts("dashboard.rest", count=left) if left else "")


def _bar(measured: Measured, number: int, mark: Mark, label: Cell, share: str) -> Bar:
    tile, figures = measured.asking.tile, measured.figures
    nothing = measured.showing.texts("dashboard.nothing")
    length = float(share.rstrip("%"))
    return Bar(
        label.text,
        figures.brief(mark.value) if mark.value is not None else nothing,
        figures.full(mark.value) if mark.value is not None else nothing,
        "" if measured.counts else measured.records(mark.count),
        share,
        measured.behind.list_of(mark.condition),
        _hue(measured, mark.key),
        str(number + 1) if tile.kind == "leaderboard" else "",
        f"{(100 - length) / 2:g}%" if tile.kind in INSET else "",
    )


def _hue(measured: Measured, key: Any) -> str:
    """The colour of an option, where it has one."""
    group = measured.asking.tile.group
    if group is None or group.type.kind != "choice":
        return ""
    option = options_of(measured.showing, group.type, _declared(measured)).get(str(key))
    colour = colour_of(option.color) if option is not None and option.color else ""
    return colour if colour in COLOURS else ""


def _points(measured: Measured) -> list[Point]:
    answer, language = measured.answer, measured.showing.language
    short, full = stretches(language, measured.asking.tile.bucket)
    figures = measured.figures
    points = []
    for mark in answer.marks:
        day: date = mark.key
        value = figures.full(mark.value) if mark.value is not None else measured.showing.texts("dashboard.nothing")
        told = measured.showing.texts("mark.said", what=full(day), said=value)
        brief = figures.brief(mark.value) if mark.value is not None else ""
        era = "" if measured.asking.tile.bucket == "year" else year_of(language, day)
        points.append(Point(short(day), amount(mark.value), told, brief, measured.behind.list_of(mark.condition), era))
    return points


def _summary(measured: Measured, labels: Sequence[Cell]) -> str:
    """The chart in a sentence: how many groups, and the largest."""
    known = [
        (amount(mark.value), label.text, mark.value) for mark, label in zip(measured.answer.marks, labels, strict=True)
    ]
    sizes = [one for one in known if one[0] is not None]
    if not sizes:
        return ""
    _, name, value = max(sizes, key=lambda one: one[0] or 0)
    return measured.showing.texts("dashboard.summary", count=len(known), name=name, value=measured.figures.full(value))


def behind_of(measured: Measured, labels: Sequence[Cell]) -> Table:
    """Everything that a chart shows as a table, each group with its list."""
    texts, figures = measured.showing.texts, measured.figures
    columns = [
        Column("group", texts("dashboard.group"), phone="title"),
        Column("records", texts("dashboard.records_head"), numeric=True),
    ]
    if not measured.counts:
        columns.append(Column("value", texts("dashboard.value"), numeric=True))
    rows = []
    for number, (mark, label) in enumerate(zip(measured.answer.marks, labels, strict=True)):
        cells = [label, Cell(f"{mark.count:,}")]
        if not measured.counts:
            cells.append(Cell(figures.full(mark.value) if mark.value is not None else ""))
        rows.append(Row(str(number), cells, measured.behind.list_of(mark.condition), label=label.text))
    return Table(caption=texts("dashboard.behind"), columns=columns, rows=rows)


def plain_rows(measured: Measured) -> tuple[list[str], list[list[object]]]:
    """The same for programs: heads, and rows of texts and numbers."""
    texts = measured.showing.texts
    heads = [texts("dashboard.group"), texts("dashboard.records_head"), texts("dashboard.value")]
    labels = labels_of(measured) if measured.asking.tile.group is not None else [Cell(texts("dashboard.total"))]
    rows: list[list[object]] = []
    for mark, label in zip(measured.answer.marks, labels, strict=True):
        key = mark.key
        name = key.isoformat() if isinstance(key, date) else label.text
        rows.append([name if not isinstance(key, Reference) else label.text, mark.count, amount(mark.value)])
    return heads, rows
