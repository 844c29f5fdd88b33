"""Checks of single fields: their bounds, defaults, options and what they are computed from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.making.at import fraction
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Field
from kith.metadata.parts import parts_in
from kith.problems import Problem, Words, did_you_mean
from kith.rules.program import Expression
from kith.rules.tree import Aggregate, Path, walk


def _fields(c: Checking) -> Iterator[Field]:
    for entity in c.model.entities.values():
        yield from entity.fields.values()


@tells(mistakes.CANNOT_BE_UNIQUE)
def unique_fits_the_type(c: Checking) -> Iterator[Problem]:
    """Only texts are unique without regard to case."""
    for field in _fields(c):
        if field.unique == "folded" and field.type.kind != "text":
            span = c.span("entity", field.entity, "fields", field.name, "unique")
            yield Problem(mistakes.CANNOT_BE_UNIQUE, span, {"type": field.type_name})


@tells(mistakes.CANNOT_BE_EMPTIED)
def required_references_are_not_emptied(c: Checking) -> Iterator[Problem]:
    """A required reference cannot be set to nothing when its record is deleted."""
    for field in _fields(c):
        if field.required and field.on_delete == "set_null":
            span = c.span("entity", field.entity, "fields", field.name, "on_delete")
            yield Problem(mistakes.CANNOT_BE_EMPTIED, span)


@tells(mistakes.NO_OPTION)
def options_are_declared(c: Checking) -> Iterator[Problem]:
    """The default of a choice, and the options with conditions, are options of the field."""
    for document, at in c.documents("entity"):
        for field in c.model.entities[document.name].fields.values():
            if field.type_name not in ("choice", "choices"):
                continue
            path = ("fields", field.name)
            part = at.part("fields").part(field.name)
            named: list[tuple[str, tuple[str | int, ...]]] = []
            named += [(text, (*path, "default", index)) for index, text in enumerate(part.texts("default"))]
            named += [(part.text("default"), (*path, "default"))] if part.scalar("default") else []
            for text, where in named:
                if text not in field.options:
                    yield _no_option(c, field, text, where)
            for option, _ in part.entries("options_when"):
                if option not in field.options:
                    yield _no_option(c, field, option, (*path, "options_when", option), key=True)


def _no_option(c: Checking, field: Field, text: str, path: tuple[str | int, ...], key: bool = False) -> Problem:
    span = c.span("entity", field.entity, *path, key=key)
    return Problem(mistakes.NO_OPTION, span, {"name": text, "field": field.name}, did_you_mean(text, field.options))


@tells(mistakes.BOUNDS, mistakes.OUTSIDE)
def bounds_hold(c: Checking) -> Iterator[Problem]:
    """The least value is not above the greatest, digits after the point not above all digits, and the default within."""
    for field in _fields(c):
        low, high = number(field.params.get("min")), number(field.params.get("max"))
        path = ("entity", field.entity, "fields", field.name)
        if low is not None and high is not None and low > high:
            yield Problem(mistakes.BOUNDS, c.span(*path, "min"), {"low": "min", "high": "max"})
        if field.type.scale > field.type.precision and not field.is_computed:
            yield Problem(mistakes.BOUNDS, c.span(*path, "scale"), {"low": "scale", "high": "precision"})
        default = number(fraction(field.default)) if field.type.is_number else None
        if default is not None and ((low is not None and default < low) or (high is not None and default > high)):
            values = {"value": str(field.default), "limit": limits(field)}
            yield Problem(mistakes.OUTSIDE, c.span(*path, "default"), values)


def number(value: object) -> Decimal | None:
    """A number as one that compares with any other."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def limits(field: Field) -> str:
    """The bounds of a field, as messages show them."""
    low, high = field.params.get("min"), field.params.get("max")
    return (
        f"{low} … {high}" if low is not None and high is not None else f">= {low}" if low is not None else f"<= {high}"
    )


@tells(mistakes.NO_SEQUENCE)
def running_numbers_run(c: Checking) -> Iterator[Problem]:
    """The pattern of a running number holds the number."""
    for field in _fields(c):
        pattern = field.params.get("pattern")
        if field.type_name == "autonumber" and isinstance(pattern, str) and "{seq" not in pattern:
            span = c.span("entity", field.entity, "fields", field.name, "pattern")
            yield Problem(mistakes.NO_SEQUENCE, span, {"seq": "{seq}"})


@tells(mistakes.NOT_STORABLE, mistakes.NO_AGGREGATE, mistakes.NO_PATH)
def computed_fields_are_of_their_kind(c: Checking) -> Iterator[Problem]:
    """A formula gives a value that a column can hold, a roll-up goes over a relation, a look-up follows a reference."""
    for field in _fields(c):
        if field.value is None:
            continue
        span = c.span("entity", field.entity, "fields", field.name, "value")
        tree = field.value.tree
        one_column = tree.type.kind not in ("null", "period", "record") and (
            tree.type.kind != "set" or field.type_name == "lookup"
        )
        if not one_column:
            part = next(iter(parts_in(tree.type)), "")
            hint = Words(f"take one part, such as .{part}", f"请取其中一部分，如 .{part}") if part else None
            yield Problem(mistakes.NOT_STORABLE, span, {"type": str(tree.type.or_null(False))}, hint)
        if field.type_name == "rollup" and not any(isinstance(node, Aggregate) for node in walk(tree)):
            yield Problem(mistakes.NO_AGGREGATE, span)
        if field.type_name == "lookup" and not (isinstance(tree, Path) and len(tree.steps) > 1):
            yield Problem(mistakes.NO_PATH, span)


@tells(mistakes.ONLY_ME)
def teams_below_are_of_the_actor(c: Checking) -> Iterator[Problem]:
    """`teams_below` is worked out for the one who acts, and for nobody else."""
    for expression in expressions(c):
        if not any(use.field == "teams_below" for use in expression.uses):
            continue
        for node in walk(expression.tree):
            if isinstance(node, Path) and node.root != "me" and any(step.name == "teams_below" for step in node.steps):
                yield Problem(mistakes.ONLY_ME, expression.excerpt.span(node.start, node.end))


def expressions(c: Checking) -> Iterator[Expression]:
    """Every condition of the model that may speak of the actor."""
    for view in c.model.views.values():
        yield from (view.filter,) if view.filter else ()
    yield from (segment.filter for segment in c.model.segments.values())
    for role in c.model.roles.values():
        for grant in role.grants.values():
            yield from (right for right in grant.rights.values() if isinstance(right, Expression))
    for rules in c.model.rules.values():
        for rule in rules:
            yield from (part for part in (rule.when, rule.require) if part)
    for field in _fields(c):
        conditions = (field.value, field.default_from, field.required_when, field.locked_when, field.invalid_when)
        yield from (part for part in conditions if part)


CHECKS = (
    unique_fits_the_type,
    required_references_are_not_emptied,
    options_are_declared,
    bounds_hold,
    running_numbers_run,
    computed_fields_are_of_their_kind,
    teams_below_are_of_the_actor,
)
