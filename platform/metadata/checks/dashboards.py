"""Checks of dashboards: what tiles name is there, and what they group by can be grouped by."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.analysis.funnels import flow_of
from kith.metadata.checks.checking import Checking, tells
from kith.metadata.checks.naming import fitting
from kith.metadata.mistakes import dashboards as told
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model_dashboards import Dashboard, Tile
from kith.metadata.shapes.dashboards import MOST_BARS
from kith.problems import Problem, Span, Value, Words, did_you_mean
from kith.rules.program import Expression

CHARTS = frozenset({"bar", "funnel"})
"""Kinds that show groups side by side in an order of their own."""
DAYS = ("date", "datetime")
GROUPABLE = ("choice", "text", "bool", "ref", "int")
"""Kinds of values of which many records have the same, so that a list can be asked for them."""


def tiles(c: Checking) -> Iterator[tuple[Dashboard, Tile]]:
    """Every tile, with its dashboard."""
    for dashboard in c.model.dashboards.values():
        yield from ((dashboard, tile) for tile in dashboard.tiles.values())


def _span(c: Checking, dashboard: Dashboard, tile: Tile, key: str) -> Span:
    return c.span("dashboard", dashboard.name, "tiles", tile.name, key)


@tells(mistakes.NO_DOCUMENT)
def dashboards_are_for_roles(c: Checking) -> Iterator[Problem]:
    """A dashboard is shown to roles that exist."""
    for dashboard in c.model.dashboards.values():
        for number, name in enumerate(dashboard.roles):
            if name not in c.model.roles:
                values: dict[str, Value] = {"kind": Words("role", "角色"), "name": name}
                span = c.span("dashboard", dashboard.name, "roles", number)
                yield Problem(mistakes.NO_DOCUMENT, span, values, did_you_mean(name, c.model.roles))


@tells(mistakes.NO_ENTITY, mistakes.NO_DOCUMENT, mistakes.OTHER_ENTITY)
def tiles_name_what_is_there(c: Checking) -> Iterator[Problem]:
    """A tile is about an entity that exists, with a view and a segment of that."""
    for document, at in c.documents("dashboard"):
        for name, part in at.parts("tiles"):
            path = ("dashboard", document.name, "tiles", name)
            if part.scalar("of"):
                yield from c.entity_problem(part.text("of"), c.span(*path, "of"))
            yield from fitting(c, part, "view", c.model.views, part.text("of"), path)
            yield from fitting(c, part, "segment", c.model.segments, part.text("of"), path)


@tells(told.UNGROUPABLE, told.NEEDS_BUCKET)
def tiles_group_by_what_makes_groups(c: Checking) -> Iterator[Problem]:
    """What a tile groups by has one value in each record; days make groups by what the tile says."""
    for dashboard, tile in tiles(c):
        if tile.group is None:
            continue
        type_, values = tile.group.type, _named(tile.group)
        if type_.kind not in (*GROUPABLE, *DAYS):
            yield Problem(told.UNGROUPABLE, _span(c, dashboard, tile, "group"), values)
        elif type_.kind in DAYS and not tile.bucket:
            yield Problem(told.NEEDS_BUCKET, _span(c, dashboard, tile, "group"), values)
        elif tile.bucket and type_.kind not in DAYS:
            yield Problem(told.NO_DAY, _span(c, dashboard, tile, "group"), values)


@tells(told.NO_DAY, told.NO_PERSON)
def tiles_are_chosen_by_days_and_people(c: Checking) -> Iterator[Problem]:
    """What the period goes by is a day or an instant, and what people are chosen by is a user."""
    for dashboard, tile in tiles(c):
        for key, value in (("date", tile.date if tile.date is not tile.group else None), ("due", tile.due)):
            if value is not None and value.type.kind not in DAYS:
                yield Problem(told.NO_DAY, _span(c, dashboard, tile, key), _named(value))
        if tile.owner is not None and (tile.owner.type.kind != "ref" or tile.owner.type.entity != "user"):
            yield Problem(told.NO_PERSON, _span(c, dashboard, tile, "owner"), _named(tile.owner))


@tells(told.NO_STAGES)
def funnels_have_stages(c: Checking) -> Iterator[Problem]:
    """A funnel goes through the stages of a workflow."""
    for dashboard, tile in tiles(c):
        if tile.kind == "funnel" and tile.group is not None and flow_of(c.model, tile) is None:
            yield Problem(told.NO_STAGES, _span(c, dashboard, tile, "group"), _named(tile.group))


@tells(told.MANY_GROUPS)
def charts_show_few_groups(c: Checking) -> Iterator[Problem]:
    """A chart of a choice with many options says how many of them it shows."""
    for dashboard, tile in tiles(c):
        if tile.group is None or tile.kind not in CHARTS or len(tile.group.type.options) <= MOST_BARS:
            continue
        at = c.context.at(c.context.merged.documents["dashboard", dashboard.name])
        said = next((part.scalar("most") for name, part in at.parts("tiles") if name == tile.name), None)
        if said is None:
            values: dict[str, Value] = {
                "name": tile.group.excerpt.text,
                "count": len(tile.group.type.options),
                "limit": MOST_BARS,
            }
            yield Problem(told.MANY_GROUPS, _span(c, dashboard, tile, "group"), values)


def _named(value: Expression) -> dict[str, Value]:
    return {"name": value.excerpt.text, "type": str(value.type.or_null(False))}


CHECKS = (
    dashboards_are_for_roles,
    tiles_name_what_is_there,
    tiles_group_by_what_makes_groups,
    tiles_are_chosen_by_days_and_people,
    funnels_have_stages,
    charts_show_few_groups,
)
