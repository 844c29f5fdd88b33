"""Mistakes in what a caller asks, told with their places."""

from __future__ import annotations

from starlette.requests import Request

from kith.api.problems import Error, Stop, error
from kith.problems import Problem, render
from kith.runtime.context import Context
from kith.runtime.read.asking import CONDITION, asked
from kith.runtime.read.query import BadQuery
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release


def told(release: Release, context: Context, bad: BadQuery, request: Request) -> Stop:
    """A question that makes no sense; a filter's mistakes come with position and caret."""
    entity = str(request.path_params.get("entity", ""))
    text = request.query_params.get("filter", "") or request.scope.get("kith.filter", "")
    errors: list[Error] = []
    if bad.field == "filter" and text and entity in release.model.entities:
        found, problems = asked(reader_of(context, release), entity, text, CONDITION)
        if found is None:
            errors = [placed(one, context.language) for one in problems if one.is_error]
    return Stop(
        400,
        bad.code or "bad_query",
        errors=errors or [error(bad.code or "bad_query", bad.message, field=bad.field)],
        detail=bad.message,
    )


def placed(problem: Problem, language: str) -> Error:
    """A mistake in an expression: line and column from 1, and the line with a caret under it."""
    told_ = error(problem.code, problem.message(language), field="filter")
    if problem.span is not None:
        line, column = problem.span.source.position(problem.span.start)
        told_ |= {"line": line, "column": column, "length": problem.span.end - problem.span.start}
        told_["text"] = render(problem, language)
    if problem.hint is not None:
        told_["hint"] = problem.hint.in_(language)
    return told_
