"""Dashboards, and the measures of their tiles."""

from __future__ import annotations

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope
from kith.metadata.making.showing import World, path_of
from kith.metadata.mistakes import dashboards as mistakes
from kith.metadata.model_dashboards import COUNT, PERIOD, Dashboard, Measure, Tile
from kith.problems import Excerpt, Problem
from kith.rules.compiling import checked
from kith.rules.measuring import FUNCTIONS, gathered_type
from kith.rules.parsing import parse_expression
from kith.rules.program import Expression
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Invoke, Syntax

NARROW = "number"
"""The kind of tile that takes one column unless it is said."""
FEW = {"table": 5, "tasks": 5}
SEVERAL = 10
MEASURED = frozenset({"number", "bar", "line", "funnel", "leaderboard"})
"""Kinds that count records where they say nothing of a measure."""


def dashboards_of(context: Context, world: World) -> dict[str, Dashboard]:
    """All dashboards."""
    return {
        document.name: Dashboard(
            name=document.name,
            label=context.label(at, fallback=humanize(document.name)),
            help=context.label(at, "help"),
            icon=at.text("icon", "layout-dashboard"),
            roles=at.texts("roles"),
            period=at.text("period", PERIOD),
            tiles={name: tile_of(context, world.get(part.text("of")), name, part) for name, part in at.parts("tiles")},
            span=at.span,
            layer=document.layer,
        )
        for document, at in context.documents("dashboard")
    }


def tile_of(context: Context, scope: EntityScope | None, name: str, at: At) -> Tile:
    """A tile."""
    kind = at.text("kind")
    group = _path(context, scope, at, "group")
    bucket = at.text("bucket")
    date = _path(context, scope, at, "date")
    return Tile(
        name=name,
        kind=kind,
        label=context.label(at, fallback=humanize(name)),
        help=context.label(at, "help"),
        of=at.text("of"),
        view=at.text("view"),
        segment=at.text("segment"),
        filter=context.expression(at.get("filter"), scope, slots.FILTER),
        measure=_measure(context, scope, at, kind),
        group=group,
        bucket=bucket,
        # What is grouped by days is also chosen by them, unless it says otherwise.
        date=date or (group if bucket else None),
        due=_path(context, scope, at, "due"),
        owner=_path(context, scope, at, "owner"),
        period=at.text("period"),
        compare=at.text("compare"),
        most=at.whole("most", FEW.get(kind, SEVERAL)),
        width=at.whole("width", 1 if kind == NARROW else 2),
        span=at.span,
    )


def _path(context: Context, scope: EntityScope | None, at: At, key: str) -> Expression | None:
    node = at.scalar(key)
    return path_of(context, scope, node, slots.COLUMN) if node is not None else None


def _measure(context: Context, scope: EntityScope | None, at: At, kind: str) -> Measure | None:
    if kind not in MEASURED:
        return None
    node = at.scalar("measure") or context.within(at.span, COUNT)
    return context.compiled(compile_measure, "measure", node, scope, slots.MEASURE)


def compile_measure(excerpt: Excerpt, scope: Scope, slot: Slot) -> tuple[Measure | None, list[Problem]]:
    """A measure as an author writes it: one function over a value, with a condition of its own perhaps."""
    syntax, problems = parse_expression(excerpt)
    if syntax is None:
        return None, problems
    if not isinstance(syntax, Invoke) or not _is_measure(syntax):
        return None, [*problems, Problem(mistakes.NO_MEASURE, excerpt.span(syntax.start, syntax.end), {})]
    value = _part(excerpt, scope, slot, syntax.args[0] if syntax.args else None, problems)
    where = _part(excerpt, scope, slots.FILTER, syntax.where, problems)
    if any(problem.is_error for problem in problems):
        return None, problems
    type_ = gathered_type(syntax.function, value.type if value is not None else None)
    if isinstance(type_, str) or not (type_.is_number or type_.kind == "duration"):
        values = {"function": syntax.function, "type": str(value.type.or_null(False)) if value else ""}
        span = excerpt.span(syntax.start, syntax.end)
        return None, [*problems, Problem(mistakes.UNFIT_MEASURE, span, values)]
    return Measure(excerpt, syntax.function, value, where, type_), problems


def _is_measure(syntax: Invoke) -> bool:
    """Whether it is a function over records: all but a count need a value."""
    known = syntax.function in FUNCTIONS and not syntax.by
    return known and len(syntax.args) <= 1 and (bool(syntax.args) or syntax.function == "count")


def _part(excerpt: Excerpt, scope: Scope, slot: Slot, syntax: Syntax | None, into: list[Problem]) -> Expression | None:
    if syntax is None:
        return None
    found, problems = checked(excerpt, scope, slot, syntax, ())
    into += problems
    return found
