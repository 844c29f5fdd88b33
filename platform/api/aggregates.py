"""`POST /api/v1/{entity}/aggregate`: measures by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.encoding import loose
from kith.api.parameters import parameters, sorting
from kith.api.problems import stop
from kith.api.reading import only
from kith.runtime.read import aggregate
from kith.runtime.read.aggregates import MOST_COLUMNS, MOST_ROWS
from kith.runtime.read.query import AggregateQuery, Group

Bucket = Literal["", "day", "week", "month", "quarter", "year"]
BUCKETS = ("day", "week", "month", "quarter", "year")
PARTS = ("group", "measures", "filter", "sort", "limit")
LONGEST = 64 * 1024


def aggregate_(call: Call) -> Response:
    """Answer an aggregation."""
    parameters(call.request)
    entity, body = call.entity, call.json()
    only(body, PARTS)
    query = AggregateQuery(
        entity=entity.name,
        group=groups(body.get("group", [])),
        measures=measures(body.get("measures", {})),
        filter=text(body.get("filter", ""), "filter"),
        sort=sorting(text(body.get("sort", ""), "sort")),
        limit=limit(body.get("limit", 1_000)),
    )
    # So that a mistake in it can be shown with its place.
    call.request.scope["kith.filter"] = query.filter
    hidden = call.texts("reference.hidden")
    rows = aggregate(call.connection, call.context, call.release, query)
    data = [{name: loose(value, hidden) for name, value in row.items()} for row in rows]
    return answer({"data": data, "count": len(data)})


def groups(raw: object) -> tuple[Group, ...]:
    """The keys: an expression, or one with its name and bucket."""
    if not isinstance(raw, list):
        raise stop(400, "bad_part", name="group", expected='["stage", {"name": …, "expr": …, "bucket": …}]')
    if len(raw) > MOST_COLUMNS:
        raise stop(400, "too_many_items", limit=MOST_COLUMNS, count=len(raw))
    return tuple(_group(one, f"group.{number}") for number, one in enumerate(raw))


def _group(raw: object, place: str) -> Group:
    if isinstance(raw, str):
        return Group(text(raw, place), raw)
    if not isinstance(raw, dict):
        raise stop(400, "bad_part", name=place, expected='"…" | {"name": …, "expr": …, "bucket": …}')
    only(raw, ("name", "expr", "bucket"))
    expression = text(raw.get("expr"), f"{place}.expr")
    bucket = raw.get("bucket") or ""
    if bucket not in ("", *BUCKETS):
        raise stop(400, "bad_part", name=f"{place}.bucket", expected=" | ".join(BUCKETS))
    return Group(text(raw.get("name", expression), f"{place}.name"), expression, cast("Bucket", bucket))


def measures(raw: object) -> Mapping[str, str]:
    """The measures by name."""
    if not isinstance(raw, dict):
        raise stop(400, "bad_part", name="measures", expected='{"total": "sum(amount)"}')
    if len(raw) > MOST_COLUMNS:
        raise stop(400, "too_many_items", limit=MOST_COLUMNS, count=len(raw))
    return {name: text(expression, f"measures.{name[:40]}") for name, expression in raw.items()}


def text(raw: object, place: str) -> str:
    """A part that is a text."""
    if not isinstance(raw, str):
        raise stop(400, "bad_part", name=place, expected='"…"')
    if "\0" in raw:
        raise stop(400, "forbidden_character", name=place)
    if len(raw) > LONGEST:
        raise stop(400, "bad_part", name=place, expected=f"≤ {LONGEST}")
    return raw


def limit(raw: Any) -> int:
    """How many rows are wanted."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST_ROWS:
        raise stop(400, "bad_part", name="limit", expected=f"1–{MOST_ROWS}")
    return raw
