"""Checks of what an app declares and nothing uses: fields, options, segments, views."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps

from kith.metadata.analysis.using import fields_used, navigated
from kith.metadata.checks.checking import Check, Checking, tells, told_by
from kith.metadata.mistakes import lint
from kith.metadata.model import Field
from kith.problems import Problem, Value
from kith.rules.tree import Call, Constant, Convert, Node

ELSEWHERE = frozenset({"external_id", "json", "secret"})
"""Types of fields that are for integrations, which use them without a word in the app."""


@tells(lint.UNUSED_FIELD)
def fields_are_used(c: Checking) -> Iterator[Problem]:
    """Every field is shown or read somewhere; an entity without a form of its own shows all."""
    used = fields_used(c.model)
    shown = {form.of for form in c.model.forms.values()}
    for entity in c.model.entities.values():
        for field in entity.fields.values() if entity.name in shown else ():
            if (entity.name, field.name) not in used and field.type_name not in ELSEWHERE and not field.owned:
                yield Problem(lint.UNUSED_FIELD, field.span, {"name": field.name})


@tells(lint.UNUSED_OPTION)
def formulas_give_every_option(c: Checking) -> Iterator[Problem]:
    """A formula whose values are written out gives each of its options somewhere."""
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            given = _given(field)
            for name in field.options if given is not None else ():
                if given is not None and name not in given and not field.options[name].retired:
                    path = ("fields", field.name, "result", "options", name)
                    yield Problem(lint.UNUSED_OPTION, c.span("entity", entity.name, *path, key=True), {"name": name})


def _given(field: Field) -> set[object] | None:
    """The options that a formula gives, where all are written in it."""
    if field.value is None or field.type.kind != "choice":
        return None
    found: set[object] = set()
    return found if _written(field.value.tree, found) else None


def _written(node: Node, found: set[object]) -> bool:
    match node:
        case Constant():
            found.add(node.value)
            return True
        case Convert():
            return _written(node.arg, found)
        case Call(op="if"):
            return all(_written(part, found) for part in node.args[1:])
        case Call(op="coalesce"):
            return all(_written(part, found) for part in node.args)
        case _:
            return False


@tells(lint.UNUSED_SEGMENT)
def segments_are_shown(c: Checking) -> Iterator[Problem]:
    """Some view or tile of a dashboard shows every segment."""
    shown = {view.segment for view in c.model.views.values()}
    shown |= {tile.segment for dashboard in c.model.dashboards.values() for tile in dashboard.tiles.values()}
    for segment in c.model.segments.values():
        if segment.name not in shown:
            yield Problem(lint.UNUSED_SEGMENT, c.span("segment", segment.name, "segment"), {"name": segment.name})


@tells(lint.UNUSED_VIEW)
def views_can_be_found(c: Checking) -> Iterator[Problem]:
    """Every view is a list of the navigation, or of a form; an app that says nothing of navigation leads everywhere."""
    found = navigated(c.model)
    below = {related.view for form in c.model.forms.values() for related in form.related.values()}
    own = any(c.model.entities[name].layer != c.model.layers[0].name for name in found if name in c.model.entities)
    # Those of the platform are there for whoever wants them.
    theirs = (view for view in c.model.views.values() if view.layer != c.model.layers[0].name)
    for view in theirs if own else ():
        if view.of in c.model.entities and view.of not in found and view.name not in below:
            values: dict[str, Value] = {"name": view.name, "entity": c.called(view.of)}
            yield Problem(lint.UNUSED_VIEW, c.span("view", view.name, "view"), values)


def _of_whole_apps(check: Check) -> Check:
    """The same check where nothing else is wrong: what has mistakes in it may yet be meant for use."""

    def checked(c: Checking) -> Iterator[Problem]:
        if not any(problem.is_error for problem in c.context.problems):
            yield from check(c)

    return tells(*told_by(check))(wraps(check)(checked))


CHECKS = tuple(
    map(_of_whole_apps, (fields_are_used, formulas_give_every_option, segments_are_shown, views_can_be_found))
)
