"""The shape of dashboards: tiles of several kinds, each an aggregate or a list."""

from __future__ import annotations

from collections.abc import Mapping

from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words

BUCKETS = ("day", "week", "month", "quarter", "year")
PERIODS = (
    "this_week", "this_month", "this_quarter", "this_year",
    "last_week", "last_month", "last_quarter", "last_year",
    "last_7_days", "last_30_days", "last_90_days", "last_12_months",
    "all",
)  # fmt: skip
"""The periods that dashboards know; the whole of the calendar's where they begin with `this` or `last` and a unit."""
MOST_TILES = 24
MOST_BARS = 15
"""Groups that a chart shows side by side; more cannot be told apart."""
MOST_ROWS = 20

_MEASURE = parts.expression("What is measured: count(), sum(amount), avg, min or max of numbers; where stands inside.")
_DATE = parts.path("The day or instant that the period goes by; without it the tile shows everything.")
_GROUP = parts.path("What the records are grouped by.")
_BUCKET = parts.one_of(BUCKETS, "For days and instants: what each group spans.")
_SEVERAL = parts.whole(1, MOST_BARS, "Groups that are shown at most; 10 unless it is said. The table behind has all.")
_COMMON: Mapping[str, Schema] = {
    "label": parts.LABEL,
    "help": parts.HELP,
    "of": parts.refers("The entity whose records it measures or lists.", to="entity"),
    "view": parts.refers("The view whose filter holds, and whose list it opens.", to="view"),
    "segment": parts.refers("The segment whose filter holds.", to="segment"),
    "filter": parts.expression("Which records count."),
    "owner": parts.path("The user by whom people and teams are chosen."),
    "period": parts.one_of(PERIODS, "The period of this tile, whatever the reader chooses."),
    "width": parts.whole(1, 4, "How many of the four columns of the page it takes; 1 for a number, else 2."),
}


def _kind(name: str, title: Words, needs: tuple[str, ...], **own: Schema) -> Schema:
    """The keys of tiles of one kind."""
    schema = parts.keys(title, ("kind", "of", *needs), kind={"const": name}, **_COMMON, **own)
    schema["kith:excludes"] = [("view", "segment")]
    if "date" in own and "group" not in own:
        # A group of days says itself what the period goes by.
        schema["kith:goes_with"] = {"period": ["date"], "compare": ["date"]}
    return schema


KINDS: Mapping[str, Schema] = {
    "number": _kind(
        "number",
        Words("a tile with a number", "数字卡片"),
        (),
        measure=_MEASURE,
        date=_DATE,
        compare=parts.one_of(
            ("so_far", "whole"),
            "Whether the period before is told too: so_far, as far as this one has come, or the whole of it.",
        ),
    ),
    "bar": _kind(
        "bar",
        Words("a tile with bars", "条形图卡片"),
        ("group",),
        group=_GROUP,
        bucket=_BUCKET,
        measure=_MEASURE,
        date=_DATE,
        most=_SEVERAL,
    ),
    "line": _kind(
        "line",
        Words("a tile with a line", "折线图卡片"),
        ("group", "bucket"),
        group=_GROUP,
        bucket=_BUCKET,
        measure=_MEASURE,
    ),
    "funnel": _kind(
        "funnel",
        Words("a tile with a funnel", "漏斗卡片"),
        ("group",),
        group=parts.path("The field whose workflow gives the stages."),
        measure=_MEASURE,
        date=_DATE,
    ),
    "leaderboard": _kind(
        "leaderboard",
        Words("a tile with a ranking", "排行榜卡片"),
        ("group",),
        group=_GROUP,
        measure=_MEASURE,
        date=_DATE,
        most=_SEVERAL,
    ),
    "table": _kind(
        "table",
        Words("a tile with a list", "列表卡片"),
        ("view",),
        date=_DATE,
        most=parts.whole(1, MOST_ROWS, "Records that are shown at most; 5 unless it is said."),
    ),
    "tasks": _kind(
        "tasks",
        Words("a tile with things to do", "待办卡片"),
        ("due",),
        due=parts.path("The day by which something is to be done; the records stand in its order."),
        most=parts.whole(1, MOST_ROWS, "Records that are shown at most; 5 unless it is said."),
    ),
}
_TILE: Schema = {
    "type": "object",
    "kith:title": Words("a tile", "卡片"),
    "required": ["kind"],
    "kith:choose": {
        "by": "kind",
        "among": KINDS,
        "later": {},
        "meant": {"chart": "bar", "column": "bar", "kpi": "number", "list": "table", "todo": "tasks"},
        "what": Words("a kind of tile", "卡片种类"),
    },
}
DASHBOARD = parts.keys(
    Words("a dashboard", "仪表盘"),
    ("dashboard", "tiles"),
    dashboard=parts.name("name", "The name of the dashboard."),
    label=parts.LABEL,
    help=parts.HELP,
    icon=parts.ICON,
    roles=parts.list_of(
        parts.refers(to="role"), "Whose home page shows it; everybody's unless it is said.", least=1, most=40
    ),
    period=parts.one_of(PERIODS, "The period that it begins with; this_month unless it is said."),
    tiles=parts.names_to(_TILE, doc="The tiles, in their order.", least=1, most=MOST_TILES),
)
