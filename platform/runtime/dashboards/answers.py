"""What a tile shows: a number, or measures by group, each with the condition of the records that it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, cast

from kith.metadata.analysis.funnels import flow_of, leading_on
from kith.metadata.model_dashboards import Dashboard, Measure, Tile
from kith.rules.printing import print_syntax
from kith.rules.program import Expression
from kith.rules.types import Type
from kith.runtime.context import Context
from kith.runtime.dashboards.asking import Chosen, Conditions, conditions_of, equal, joined, within
from kith.runtime.dashboards.periods import ALL, Span, before, ceiling, each, span_of
from kith.runtime.database import Connection
from kith.runtime.read.aggregates import Aggregated, aggregated
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import AggregateQuery, Group, Reference, Sort
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release

Bucket = Literal["", "day", "week", "month", "quarter", "year"]
MOST_GROUPS = 500
"""Groups that the table behind a chart has."""
MOST_STRETCHES = 120
"""Stretches of days that a chart has; of more the latest."""
VALUE, COUNT, GROUP, THERE = "value", "records", "group", "there"
BEFORE, COUNT_BEFORE = "before", "records_before"


@dataclass(frozen=True, slots=True)
class Mark:
    """One measure: of how many records, and which condition those have beside those of the tile."""

    key: Any
    """What the group is: an option, a text, the first day of a stretch, a Reference, or None."""
    value: Any
    count: int
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tile measures. A number has one mark, and one of the period before where it compares."""

    type: Type
    """Of the values."""
    marks: tuple[Mark, ...]
    conditions: Conditions
    period: str
    span: Span
    before: Mark | None = None
    before_span: Span = ALL
    is_cut: bool = False
    """Whether there are more groups than these."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One tile asked by somebody at a moment."""

    connection: Connection
    context: Context
    release: Release
    dashboard: Dashboard
    tile: Tile
    chosen: Chosen

    @property
    def today(self) -> date:
        """The workspace's day."""
        return self.context.now.astimezone(self.context.zone).date()

    @property
    def reader(self) -> Reader:
        """What the one who asks may read."""
        return reader_of(self.context, self.release)

    @property
    def period(self) -> str:
        """The tile's period; "" where it goes by none."""
        return self.chosen.period_of(self.dashboard, self.tile)

    @property
    def span(self) -> Span:
        """The days of the period."""
        return span_of(self.period, self.today) if self.period else ALL

    def conditions(self, span: Span) -> Conditions:
        """What holds for the tile's records within some days."""
        return conditions_of(self.release.model, self.tile, self.chosen, span)

    def ask(self, filter_: str, measures: Mapping[str, str], *group: Group, sort: tuple[Sort, ...] = ()) -> Aggregated:
        """Measures by group under the rights of the one who asks."""
        query = AggregateQuery(self.tile.of, group, measures, filter_, sort, MOST_GROUPS + 1)
        return aggregated(self.connection, self.context, self.release, query)


def answer(asking: Asking) -> Answer:
    """What a tile measures. Raises Denied or BadQuery where the one who asks may not read what it reads, and TooSlow."""
    tile = asking.tile
    if tile.measure is None:
        raise ValueError(f"{tile.kind} measures nothing")
    if tile.group is None:
        return _number(asking, tile.measure)
    return _groups(asking, tile.measure, tile.group)


def _number(asking: Asking, measure: Measure) -> Answer:
    span, tile = asking.span, asking.tile
    conditions = asking.conditions(span)
    earlier = before(asking.period, asking.today, tile.compare) if tile.compare and asking.period else ALL
    if earlier.is_all or tile.date is None:
        found = asking.ask(conditions.all(), {VALUE: _gathered(measure), COUNT: "count()"})
        mark = _mark(found.rows[0])
        return Answer(found.types[VALUE], (mark,), conditions, asking.period, span)
    # Both periods in one statement: each measure counts its own.
    ours, theirs = within(tile.date, span), within(tile.date, earlier)
    either = f"({ours} or {theirs})"
    found = asking.ask(
        asking.conditions(ALL).all(either),
        {
            VALUE: _gathered(measure, ours),
            COUNT: f"count(where {ours})",
            BEFORE: _gathered(measure, theirs),
            COUNT_BEFORE: f"count(where {theirs})",
        },
    )
    (row,) = found.rows
    past = Mark(None, row[BEFORE], row[COUNT_BEFORE])
    return Answer(found.types[VALUE], (_mark(row),), conditions, asking.period, span, past, earlier)


def _gathered(measure: Measure, where: str = "") -> str:
    """A measure as the read gate takes it; its own condition is one of the tile's."""
    inside = print_syntax(measure.value.syntax) if measure.value is not None else ""
    return f"{measure.function}({inside}{' where ' + where if where else ''})"


def _mark(row: Mapping[str, Any], key: Any = None, condition: str = "") -> Mark:
    return Mark(key, row[VALUE], row[COUNT], condition)


def _groups(asking: Asking, measure: Measure, group: Expression) -> Answer:
    tile, span = asking.tile, asking.span
    conditions = asking.conditions(span)
    if tile.bucket:
        # Records without a day are on no axis of days.
        conditions = replace(conditions, own=(*conditions.own, f"{group.excerpt.text} is set"))
    groups = _keys(asking, group)
    largest = (Sort(VALUE, descending=True),) if _goes_by_size(tile, group) else ()
    measures = {VALUE: _gathered(measure), COUNT: "count()"}
    found = asking.ask(conditions.all(), measures, *groups, sort=largest)
    marks = list(_marks(asking, found, group))
    is_cut = len(marks) > MOST_GROUPS
    made = Answer(found.types[VALUE], tuple(marks[:MOST_GROUPS]), conditions, asking.period, span, is_cut=is_cut)
    if tile.bucket:
        return replace(made, marks=tuple(_every_stretch(asking, made, group)))
    return replace(made, marks=tuple(_every_stage(asking, made, group))) if tile.kind == "funnel" else made


def _goes_by_size(tile: Tile, group: Expression) -> bool:
    """Whether the largest group comes first: options and stretches of days have an order of their own."""
    return tile.kind == "leaderboard" or not (tile.bucket or group.type.kind in ("choice", "bool", "int"))


def _keys(asking: Asking, group: Expression) -> list[Group]:
    """What is grouped by. Records that the reader may not see make one group, since nothing tells them apart to him."""
    path = group.excerpt.text
    if group.type.kind == "ref":
        return [Group(GROUP, f"{path}.id"), Group(THERE, f"{path} is set")]
    return [Group(GROUP, path, cast("Bucket", asking.tile.bucket))]


def _marks(asking: Asking, found: Aggregated, group: Expression) -> Iterator[Mark]:
    path = group.excerpt.text
    if group.type.kind != "ref":
        for row in found.rows:
            key = row[GROUP]
            condition = "" if asking.tile.bucket else equal(group, key)
            yield _mark(row, key, condition)
        return
    ids = {row[GROUP] for row in found.rows if row[GROUP] is not None}
    labels = labels_of(asking.connection, asking.context, asking.reader, group.type.entity, ids)
    for row in found.rows:
        id_ = row[GROUP]
        if id_ is None and row[THERE]:
            yield _mark(row, Reference("", "", False), joined(f"{path} is set", f"{path}.id is not set"))
        else:
            yield _mark(row, labels.get(id_), equal(group, id_))


def _every_stretch(asking: Asking, made: Answer, group: Expression) -> Iterator[Mark]:
    """A mark for each stretch of days, also for those in which nothing is."""
    bucket = asking.tile.bucket
    found = {mark.key: mark for mark in made.marks}
    first = made.span.first or min(found, default=None)
    last = made.span.last or max(found, default=None)
    if first is None or last is None:
        return
    nothing = 0 if asking.tile.measure is not None and asking.tile.measure.function in ("sum", "count") else None
    for day in each(first, last, bucket, MOST_STRETCHES):
        mark = found.get(day, Mark(day, nothing, 0))
        inside = Span(max(day, made.span.first or day), min(ceiling(day, bucket), made.span.last or date.max))
        yield replace(mark, condition=within(group, inside))


def _every_stage(asking: Asking, made: Answer, group: Expression) -> Iterator[Mark]:
    """A mark for each stage in the order of the workflow: those that lead on also where nothing is in them."""
    found = {mark.key: mark for mark in made.marks}
    flow = flow_of(asking.release.model, asking.tile)
    on_their_way = set(leading_on(flow)) if flow is not None else set()
    for stage in flow.states if flow is not None else ():
        if stage in found or stage in on_their_way:
            yield found.get(stage, Mark(stage, 0, 0, equal(group, stage)))
    if None in found:
        yield found[None]
