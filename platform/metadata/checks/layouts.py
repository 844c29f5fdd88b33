"""Checks of what the layouts of views are laid out by: columns of a kanban, days of a calendar, rows of a timeline."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import layouts as mistakes
from kith.metadata.mistakes.model import NO_FIELD
from kith.metadata.model import Entity, Field, View
from kith.problems import Problem, Words

NEEDED = {"kanban": ("group",), "calendar": ("starts",), "timeline": ("starts",)}
TAKEN = {
    "table": (),
    "kanban": ("group", "color_by"),
    "calendar": ("starts", "ends", "color_by"),
    "timeline": ("group", "starts", "ends", "color_by"),
    "cards": ("color_by",),
}
"""The keys that a layout is laid out by."""
POINTS = frozenset({"date", "datetime"})
A_CHOICE = Words("a choice is wanted", "此处须为选项字段")
A_ROW = Words("a choice or a reference is wanted", "此处须为选项字段或引用字段")
A_TIME = Words("a date, an instant or a span of days is wanted", "此处须为日期、时刻或日期范围")
THE_SAME = Words("an end is of the same type as the beginning", "结束须与开始类型相同")
NO_SECOND = Words("a span of days has its own end", "日期范围已含结束日期")


def _placed(c: Checking) -> Iterator[tuple[View, Entity]]:
    for view in c.model.views.values():
        entity = c.model.entities.get(view.of)
        if entity is not None and view.layout in TAKEN:
            yield view, entity


@tells(mistakes.LACKS_PLACING, mistakes.IDLE_PLACING)
def layouts_have_what_they_are_laid_out_by(c: Checking) -> Iterator[Problem]:
    """A kanban has its columns, a calendar its days; and a view has no such key that its layout does nothing with."""
    for view, _ in _placed(c):
        for key in NEEDED.get(view.layout, ()):
            if key not in view.placing:
                span = c.span("view", view.name, "layout")
                yield Problem(mistakes.LACKS_PLACING, span, {"layout": view.layout, "key": key})
        for key in view.placing:
            if key not in TAKEN[view.layout]:
                span = c.span("view", view.name, key, key=True)
                yield Problem(mistakes.IDLE_PLACING, span, {"layout": view.layout, "key": key})


@tells(NO_FIELD, mistakes.UNFIT_PLACING)
def layouts_are_laid_out_by_fields_that_fit(c: Checking) -> Iterator[Problem]:
    """A kanban's columns are options, a timeline's rows options or records; days and instants are dates and times."""
    for view, entity in _placed(c):
        for key, name in view.placing.items():
            span = c.span("view", view.name, key)
            yield from c.field_problem(entity, name, span)
            wanted = _unfit(view, entity, key) if name in entity.fields and key in TAKEN[view.layout] else None
            if wanted is not None:
                yield Problem(mistakes.UNFIT_PLACING, span, {"name": name, "wanted": wanted})


def _unfit(view: View, entity: Entity, key: str) -> Words | None:
    """What a key wants that the field it names is not."""
    field, starts = entity.fields[view.placing[key]], entity.fields.get(view.starts)
    match key:
        case "group" if view.layout == "timeline":
            return None if field.type.kind in ("choice", "ref") else A_ROW
        case "group" | "color_by":
            return None if field.type.kind == "choice" else A_CHOICE
        case "starts":
            return None if field.type.kind in POINTS or is_span(field) else A_TIME
        case _ if starts is None:
            return None
        case _ if is_span(starts):
            return NO_SECOND
        case _:
            return None if field.type.kind == starts.type.kind else THE_SAME


def is_span(field: Field) -> bool:
    """Whether a field holds a first and a last day."""
    return field.type_name == "date_range"


CHECKS = (layouts_have_what_they_are_laid_out_by, layouts_are_laid_out_by_fields_that_fit)
