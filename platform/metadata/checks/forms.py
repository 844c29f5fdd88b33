"""Checks of what forms and views show."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.making.at import At
from kith.metadata.mistakes import lint
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Field, Form
from kith.metadata.shapes.checking import node_at
from kith.metadata.shapes.missing import where_missing
from kith.problems import Problem, Span, Value, Words, did_you_mean
from kith.rules.program import Expression
from kith.rules.tree import Path

TOTALS = {
    "sum": Words("sum", "合计"),
    "avg": Words("average", "平均值"),
    "min": Words("least value", "最小值"),
    "max": Words("greatest value", "最大值"),
}


def _forms(c: Checking) -> Iterator[tuple[Form, Entity]]:
    for form in c.model.forms.values():
        entity = c.model.entities.get(form.of)
        if entity:
            yield form, entity


@tells(mistakes.NO_FIELD)
def forms_show_fields(c: Checking) -> Iterator[Problem]:
    """Every item and highlight of a form is a field of its entity."""
    for form, entity in _forms(c):
        for section in form.sections.values():
            for item in section.items.values():
                yield from c.field_problem(entity, item.field, item.span, system=True)
        for index, name in enumerate(form.highlights):
            yield from c.field_problem(entity, name, c.span("form", form.name, "highlights", index), system=True)


@tells(mistakes.NO_RELATION)
def related_lists_are_relations(c: Checking) -> Iterator[Problem]:
    """Every related list of a form is a relation of its entity."""
    for form, entity in _forms(c):
        known = c.world[entity.name].relations
        for name in form.related:
            if name not in known:
                span = c.span("form", form.name, "related", name, key=True)
                values: dict[str, Value] = {"entity": c.called(entity.name), "name": name}
                yield Problem(mistakes.NO_RELATION, span, values, did_you_mean(name, known))


@tells(mistakes.NO_TAB, lint.UNUSED_TAB)
def tabs_are_declared_and_used(c: Checking) -> Iterator[Problem]:
    """Every section stands on a tab that the form declares, and every tab has a section."""
    for form in c.model.forms.values():
        for section in form.sections.values():
            if section.tab and section.tab not in form.tabs:
                span = c.span("form", form.name, "sections", section.name, "tab")
                yield Problem(mistakes.NO_TAB, span, {"name": section.tab}, did_you_mean(section.tab, form.tabs))
        for name in form.tabs.keys() - {section.tab for section in form.sections.values()}:
            yield Problem(lint.UNUSED_TAB, c.span("form", form.name, "tabs", name, key=True), {"name": name})


@tells(mistakes.NO_VARIANT)
def only_for_names_variants(c: Checking) -> Iterator[Problem]:
    """`only_for` names options of the field that tells the variants of the entity apart."""
    for document, at in c.documents("form"):
        entity = c.model.entities.get(at.text("of"))
        if entity is None:
            continue
        for _, section in at.parts("sections"):
            yield from _variants(c, entity, section, "form", document.name)
            for _, item in section.parts("items"):
                yield from _variants(c, entity, item, "form", document.name)
    for document, at in c.documents("entity"):
        for _, field in at.parts("fields"):
            for _, part in field.parts("options_when"):
                yield from _variants(c, c.model.entities[document.name], part, "entity", document.name)


def _variants(c: Checking, entity: Entity, at: At, kind: str, name: str) -> Iterator[Problem]:
    field = entity.fields.get(entity.variants)
    known = field.options if field else {}
    for index, variant in enumerate(at.texts("only_for")):
        if variant not in known:
            span = c.span(kind, name, *at.path[2:], "only_for", index)
            values: dict[str, Value] = {"entity": c.called(entity.name), "name": variant}
            yield Problem(mistakes.NO_VARIANT, span, values, did_you_mean(variant, known))


MEASURED = ("progress", "score", "rating")
"""Looks of numbers alone, which computed fields may have where they are some."""


@tells(mistakes.UNFIT_LOOK)
def looks_fit_their_fields(c: Checking) -> Iterator[Problem]:
    """A `widget` is a look of its field's type; a computed field that is no number does not look like one."""
    for form, entity in _forms(c):
        for section in form.sections.values():
            for item in section.items.values():
                field = entity.fields.get(item.field)
                if field and item.widget:
                    yield from _unfit(
                        c,
                        field,
                        item.widget,
                        c.span("form", form.name, "sections", section.name, "items", item.field, "widget"),
                    )
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            if field.is_computed and (look := str(field.params.get("widget", ""))):
                yield from _unfit(c, field, look, c.span("entity", entity.name, "fields", field.name, "widget"))


def _unfit(c: Checking, field: Field, look: str, span: Span) -> Iterator[Problem]:
    known = FIELD_TYPES[field.type_name].widgets
    if field.is_computed and field.type.kind not in ("int", "decimal", "percent"):
        known = tuple(name for name in known if name not in MEASURED)
    if look not in known:
        yield Problem(mistakes.UNFIT_LOOK, span, {"type": field.type_name, "name": look}, did_you_mean(look, known))


@tells(lint.HIDES_REQUIRED, lint.LACKS_REQUIRED)
def required_fields_are_shown(c: Checking) -> Iterator[Problem]:
    """A form shows every field that a new record needs: hiding one would leave the user with a refusal he cannot mend."""
    for form, entity in _forms(c):
        if not form.sections or not all(section.items for section in form.sections.values()):
            continue  # a section that shows nothing is told by itself
        shown = {name: item for section in form.sections.values() for name, item in section.items.items()}
        hidden = {name for s in form.sections.values() if s.visible_when or s.only_for for name in s.items}
        for field in entity.fields.values():
            item = shown.get(field.name)
            if not needed(field):
                continue
            if item is None and not field.owned:
                span, hint = _place_of(c, form, entity, field.name)
                yield Problem(lint.LACKS_REQUIRED, span, {"name": field.name}, hint)
            elif item and (item.visible_when or field.name in hidden):
                yield Problem(lint.HIDES_REQUIRED, item.span, {"name": field.name})


def _place_of(c: Checking, form: Form, entity: Entity, name: str) -> tuple[Span, Words | None]:
    """Where a form would show a field: beside the field that the entity declares before it."""
    node = c.context.merged.documents["form", form.name].node
    earlier = list(entity.fields)[: list(entity.fields).index(name)]
    sections = [key for key, section in form.sections.items() if not section.visible_when and not section.only_for]
    sections = sections or list(form.sections)
    chosen = max(
        sections, key=lambda key: max((earlier.index(f) for f in form.sections[key].items if f in earlier), default=-1)
    )
    items = node_at(node, ["sections", chosen, "items"])
    found = where_missing(items, name, [*earlier, name])
    return found or (c.span("form", form.name, "sections", chosen, "items", key=True), None)


def needed(field: Field) -> bool:
    """Whether a new record has no value for a field unless someone gives one."""
    return field.required and field.default is None and field.default_from is None and not field.is_computed


@tells(mistakes.NOT_SORTABLE, mistakes.NO_TOTAL)
def views_sort_and_add_up_what_they_can(c: Checking) -> Iterator[Problem]:
    """A view sorts by fields that have an order, and adds up numbers."""
    for view in c.model.views.values():
        at = c.context.at(c.context.merged.documents["view", view.name])
        written = {text.removeprefix("-"): index for index, text in enumerate(at.texts("sort"))}
        for key in view.sort:
            field = _behind(c, key.value)
            if (
                field
                and not _is_part(key.value)
                and not (FIELD_TYPES[field.type_name].sortable and field.type.kind != "set")
            ):
                span = c.span("view", view.name, "sort", written.get(key.path, 0))
                yield Problem(mistakes.NOT_SORTABLE, span, {"name": key.path, "type": field.type_name})
        for column in view.columns:
            kind = column.value.type.kind
            numeric = (
                column.value.type.is_number
                or (kind == "duration")
                or (column.total in ("min", "max") and kind in ("date", "datetime"))
            )
            if column.total in TOTALS and not numeric and column.path not in c.context.broken:
                span = c.span("view", view.name, "columns", column.path, "total")
                yield Problem(
                    mistakes.NO_TOTAL,
                    span,
                    {"name": column.path, "total": TOTALS[column.total], "type": str(column.value.type.or_null(False))},
                )


def _is_part(value: Expression) -> bool:
    """Whether a path ends in a part of a value of several, which is sorted by as the text or day that it is."""
    return isinstance(value.tree, Path) and bool(value.tree.steps) and bool(value.tree.steps[-1].part)


def _behind(c: Checking, value: Expression) -> Field | None:
    """The field that a path ends in."""
    if not isinstance(value.tree, Path) or not value.tree.steps:
        return None
    step = value.tree.steps[-1]
    entity = c.model.entities.get(step.entity)
    return entity.fields.get(step.name) if entity else None


CHECKS = (
    forms_show_fields,
    related_lists_are_relations,
    tabs_are_declared_and_used,
    only_for_names_variants,
    looks_fit_their_fields,
    required_fields_are_shown,
    views_sort_and_add_up_what_they_can,
)
