"""Forms, views and segments."""

from __future__ import annotations

import re

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope
from kith.metadata.model import Column, Form, FormItem, Label, Related, Section, Segment, SortKey, View
from kith.metadata.names import PATH
from kith.metadata.parts import LABELS
from kith.problems import Excerpt, Problem, Span
from kith.rules import syntax
from kith.rules.compiling import checked
from kith.rules.program import Expression
from kith.rules.scope import Scope, Slot
from kith.rules.tree import Path
from kith.source import Scalar, Sequence

World = dict[str, EntityScope]


def forms_of(context: Context, world: World) -> dict[str, Form]:
    """All forms."""
    found: dict[str, Form] = {}
    for document, at in context.documents("form"):
        scope = world.get(at.text("of"))
        found[document.name] = Form(
            name=document.name,
            of=at.text("of"),
            label=context.label(at, fallback=humanize(document.name)),
            tabs={name: context.label(tab, fallback=humanize(name)) for name, tab in at.parts("tabs")},
            highlights=at.texts("highlights"),
            sections={name: section_of(context, scope, name, part) for name, part in at.parts("sections")},
            related={name: related_of(context, scope, name, part) for name, part in at.parts("related")},
            span=at.span,
            layer=document.layer,
        )
    return found


def section_of(context: Context, scope: EntityScope | None, name: str, at: At) -> Section:
    """A group of fields."""
    return Section(
        name=name,
        label=context.label(at, fallback=humanize(name)),
        columns=at.whole("columns", 1),
        tab=at.text("tab"),
        items={field: item_of(context, scope, field, part) for field, part in at.parts("items")},
        visible_when=context.expression(at.get("visible_when"), scope, slots.VISIBLE_WHEN),
        only_for=at.texts("only_for"),
    )


def item_of(context: Context, scope: EntityScope | None, field: str, at: At) -> FormItem:
    """A field on a form."""
    visible = context.expression(at.get("visible_when"), scope, slots.VISIBLE_WHEN)
    return FormItem(field, visible, at.texts("only_for"), at.text("widget"), at.span)


def related_of(context: Context, scope: EntityScope | None, relation: str, at: At) -> Related:
    """A list of related records, called as the records over there are unless it says otherwise."""
    label = context.label(at, lint=False)
    if not label.texts:
        found = scope.relation(relation) if scope else None
        texts = {"en": humanize(relation)} | ({"zh-CN": found.label.zh} if found else {})
        label = Label({context.languages[0]: texts.get(context.languages[0], humanize(relation)), **texts})
    return Related(relation, at.text("view"), label, at.text("edit"))


def views_of(context: Context, world: World) -> dict[str, View]:
    """All views."""
    found: dict[str, View] = {}
    for document, at in context.documents("view"):
        scope = world.get(at.text("of"))
        columns = [column_of(context, scope, path, part) for path, part in at.parts("columns")]
        found[document.name] = View(
            name=document.name,
            of=at.text("of"),
            label=context.label(at, fallback=humanize(document.name)),
            layout=at.text("layout", "table"),
            segment=at.text("segment"),
            filter=context.expression(at.get("filter"), scope, slots.FILTER),
            columns=tuple(column for column in columns if column),
            sort=sort_of(context, scope, at),
            span=at.span,
            layer=document.layer,
            group=at.text("group"),
            starts=at.text("starts"),
            ends=at.text("ends"),
            color_by=at.text("color_by"),
        )
    return found


def column_of(context: Context, scope: EntityScope | None, path: str, at: At) -> Column | None:
    """A column; its path is an expression, so that it is checked and read like any other."""
    value = path_of(context, scope, context.within(at.span, path), slots.COLUMN)
    if value is None:
        return None
    label = context.label(at, lint=False)
    return Column(
        path, value, label if label.texts else label_behind(value, scope), at.whole("width"), at.text("total")
    )


def label_behind(value: Expression, scope: EntityScope | None) -> Label:
    """The label of the field that a path ends in, after that of the first reference where there is one."""
    if not isinstance(value.tree, Path) or scope is None:
        return Label({})
    found: list[Label] = []
    for step in value.tree.steps:
        behind = scope.world.get(step.entity)
        shell = behind.shells.get(step.name) if behind else None
        system = behind.name(step.name) if behind else None
        found.append(
            shell.label if shell else Label({"en": system.label.en, "zh-CN": system.label.zh} if system else {})
        )
        if step.part and not step.currency:
            found.append(Label({"en": LABELS[step.part].en, "zh-CN": LABELS[step.part].zh}))
    languages = dict.fromkeys(language for label in found for language in label.texts)
    return Label({language: " · ".join(label.in_(language) for label in found) for language in languages})


def path_of(context: Context, scope: EntityScope | None, node: Scalar, slot: Slot) -> Expression | None:
    """A field or path that is given by name; it needs no parser."""
    return context.compiled(compile_path, "path", node, scope, slot) if re.match(PATH, node.text) else None


def compile_path(excerpt: Excerpt, scope: Scope, slot: Slot) -> tuple[Expression | None, list[Problem]]:
    """The expression of `account.name`, made without parsing."""
    first, *others = excerpt.text.split(".")
    tree: syntax.Syntax = syntax.Name(0, len(first), first)
    for name in others:
        start = tree.end + 1
        tree = syntax.Dot(0, start + len(name), tree, name, start)
    return checked(excerpt, scope, slot, tree, ())


def sort_of(context: Context, scope: EntityScope | None, at: At) -> tuple[SortKey, ...]:
    """The order of a view."""
    node = at.get("sort")
    keys: list[SortKey] = []
    for item in node.items if isinstance(node, Sequence) else ():
        if not isinstance(item, Scalar):
            continue
        path, descending = item.text.removeprefix("-"), item.text.startswith("-")
        span = (
            Span(item.span.source, item.span.start + descending, item.span.end) if item.style == "plain" else item.span
        )
        value = path_of(context, scope, context.within(span, path, item.style), slots.SORT)
        if value:
            keys.append(SortKey(path, value, descending))
    return tuple(keys)


def segments_of(context: Context, world: World) -> dict[str, Segment]:
    """All segments whose filter is sound."""
    found: dict[str, Segment] = {}
    for document, at in context.documents("segment"):
        condition = context.expression(at.get("filter"), world.get(at.text("of")), slots.FILTER)
        label = context.label(at, fallback=humanize(document.name))
        if condition:
            found[document.name] = Segment(document.name, at.text("of"), label, condition, at.span, document.layer)
    return found
