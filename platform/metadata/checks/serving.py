"""Checks of what the database is asked for again and again: lists and scopes that no index serves, fields that never hold still."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.analysis.finding import advice, is_by_actor, is_served, sort_of, wanted_by
from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import lint
from kith.metadata.model import Entity, Model, View
from kith.problems import Problem, Words
from kith.rules.program import Expression


def is_large(entity: Entity) -> bool:
    """Whether many records are expected: then the author has declared indexes."""
    return bool(entity.indexes)


@tells(lint.UNSERVED_LIST)
def lists_of_large_entities_have_an_index(c: Checking) -> Iterator[Problem]:
    """An index serves the order of a whole list, or the filter of one that asks for own columns only."""
    below = {related.view for form in c.model.forms.values() for related in form.related.values()}
    for view in c.model.views.values():
        entity = c.model.entities.get(view.of)
        if entity is None or not is_large(entity) or view.name in below:
            continue
        line = _lacking(entity, conditions_of(c.model, view), sort_of(entity, view))
        if line:
            span = c.span("view", view.name, "view")
            yield Problem(lint.UNSERVED_LIST, span, {"entity": c.called(entity.name)}, _hint(entity, line))


def conditions_of(model: Model, view: View) -> list[Expression]:
    """What the records of a view satisfy."""
    segment = model.segments.get(view.segment)
    return [one for one in (view.filter, segment.filter if segment else None) if one is not None]


def _lacking(entity: Entity, conditions: list[Expression], sort: str) -> str:
    """The index that would serve, or "": where one does, or where none could without being written at every turn."""
    wanted = wanted_by(entity, conditions)
    if wanted.open or is_served(entity, wanted, sort):
        return ""
    held = wanted.all if conditions else (sort,)
    return advice(entity, wanted, sort) if any(name and not entity.fields[name].is_computed for name in held) else ""


def _hint(entity: Entity, line: str) -> Words:
    return Words(f"write `{line}` under `indexes:` of {entity.name}", f"请在 {entity.name} 的 `indexes:` 下写 `{line}`")


@tells(lint.UNSERVED_SCOPE)
def scopes_of_large_entities_have_an_index(c: Checking) -> Iterator[Problem]:
    """An index serves a scope that gives each person other records."""
    for role in c.model.roles.values():
        for grant in role.grants.values():
            entity, scope = c.model.entities.get(grant.entity), grant.rights.get("read")
            if entity is None or not is_large(entity) or not isinstance(scope, Expression) or not is_by_actor(scope):
                continue
            wanted = wanted_by(entity, [scope])
            if not wanted.open and not is_served(entity, wanted, ""):
                span = c.span("role", role.name, "entities", grant.entity, "read")
                values = {"entity": c.called(entity.name)}
                yield Problem(lint.UNSERVED_SCOPE, span, values, _hint(entity, advice(entity, wanted, "")))


@tells(lint.EVERY_MOMENT)
def lists_hang_on_no_moment(c: Checking) -> Iterator[Problem]:
    """No list filters or sorts by a field that changes with every moment."""
    for view in c.model.views.values():
        keys = [(one.value, ("sort",)) for one in view.sort]
        filters = [(one, ("filter",) if one is view.filter else ("segment",)) for one in conditions_of(c.model, view)]
        for expression, path in (*filters, *keys):
            found = _moving(c.model, expression)
            if found:
                yield Problem(lint.EVERY_MOMENT, c.span("view", view.name, *path), {"name": found})
                break


def _moving(model: Model, expression: Expression) -> str:
    """A field that an expression reads and that `now()` changes."""
    for use in expression.uses:
        entity = model.entities.get(use.entity)
        field = entity.fields.get(use.field) if entity is not None else None
        if field is not None and field.value is not None and field.value.volatile == "now":
            return field.name
    return ""


CHECKS = (lists_of_large_entities_have_an_index, scopes_of_large_entities_have_an_index, lists_hang_on_no_moment)
