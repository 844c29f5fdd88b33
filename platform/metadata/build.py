"""Layers become a model: merge, check the shape of every document, build what it says, and check what that means."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kith.metadata.checks import CHECKS, Checking, finds_errors
from kith.metadata.checks.misnaming import told_in_place
from kith.metadata.layers.blaming import with_layers
from kith.metadata.layers.documents import APP, Document, Merged, merged
from kith.metadata.making.apps import app_of
from kith.metadata.making.at import At
from kith.metadata.making.calendars import calendars_of
from kith.metadata.making.computed import Computed
from kith.metadata.making.context import DEFAULT_LANGUAGES, Context, strings_of
from kith.metadata.making.dashboards import dashboards_of
from kith.metadata.making.declaring import scopes_of
from kith.metadata.making.entities import entities_of
from kith.metadata.making.flowing import workflows_of
from kith.metadata.making.granting import roles_of
from kith.metadata.making.moving import data_sets_of, imports_of, tests_of
from kith.metadata.making.ruling import rules_of
from kith.metadata.making.scopes import EntityScope
from kith.metadata.making.settings import SettingsScope, settings_of
from kith.metadata.making.showing import forms_of, segments_of, views_of
from kith.metadata.memo import Memo
from kith.metadata.model import Layer, Model
from kith.metadata.shapes.checking import check_shape
from kith.problems import Problem, Source, Span, in_order
from kith.source import Mapping as MappingNode


@dataclass(frozen=True, slots=True)
class Built:
    """What a build makes: the model, which is whole only where no problem is an error, and what it was made from."""

    model: Model
    problems: list[Problem]
    documents: Merged
    world: Mapping[str, EntityScope]
    """The names of each entity."""
    addresses: frozenset[str] = frozenset()
    """Where texts that people see stand, as documents of strings name it."""

    @property
    def is_sound(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.is_error for problem in self.problems)


def build(
    layers: Iterable[Layer], memo: Memo | None = None, *, advice: bool = True
) -> tuple[Model | None, list[Problem]]:
    """The model of a stack of layers, the lowest first; none where a problem is an error.

    With a memo, what has not changed since its last build is taken from there. Without `advice` only errors are looked for: a
    server that takes over a release, which was checked when it was published, has nobody to tell of the rest.
    """
    built = build_all(layers, memo, advice=advice)
    return built.model if built.is_sound else None, built.problems


def build_all(layers: Iterable[Layer], memo: Memo | None = None, *, advice: bool = True) -> Built:
    """The same with what the model was made from, for those who help authors while they still make mistakes."""
    memo = memo or Memo()
    with uncollected():
        try:
            return _build(tuple(layers), memo, advice)
        finally:
            memo.turn()


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the collector the search through hundreds of thousands of nodes that all stay: it costs a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(stack: tuple[Layer, ...], memo: Memo, advice: bool) -> Built:
    problems: list[Problem] = []
    documents = merged(stack, problems, memo)
    context = Context(documents, problems, memo, advice, strings=strings_of(documents), broken=set(documents.lost))
    _shapes(context)
    told = len(problems)
    torn = [problem.span for problem in problems if problem.span and problem.code.startswith("D1")]
    model, world = _model(context, stack)
    problems[told:] = [problem for problem in problems[told:] if not _overlaps(problem, torn)]
    checking = Checking(model, context, world)
    for check in CHECKS if advice else filter(finds_errors, CHECKS):
        problems += [problem for problem in check(checking) if not _echoes(problem, context)]
    in_place = with_layers(in_order(told_in_place(in_order(problems), checking)), documents)
    return Built(model, in_place, documents, world, frozenset(context.addresses))


def _echoes(problem: Problem, context: Context) -> bool:
    """Whether a problem only repeats that some declaration is broken; an entity is none because a field of its name is."""
    broken = context.merged.lost if problem.code in ("D403", "D406") else context.broken
    return problem.is_error and problem.code.startswith(("D4", "D5")) and problem.values.get("name") in broken


def _shapes(context: Context) -> None:
    """Check the shape of every document; a name that is misshapen is remembered, so that its echoes are not told."""
    torn = [problem.span for problem in context.problems if problem.span]
    for document in context.merged.documents.values():
        found = [problem for problem in _shape(document, context.memo) if not _overlaps(problem, torn)]
        context.problems += found
        if found and document.kind in ("entity", "fragment"):
            context.broken |= {name for name, span in _fields(document) if _inside(found, span)}


def _shape(document: Document, memo: Memo) -> list[Problem]:
    """What is wrong with the shape of a document."""
    key = ("shape", document.kind, document.sources)
    return memo.once(key, lambda: check_shape(document.kind, document.node))


def _overlaps(problem: Problem, torn: list[Span]) -> bool:
    """Whether a problem stands where YAML itself went wrong, so that it can only repeat that."""
    span = problem.span
    spans = (other for other in torn if span is not None and other.source is span.source)
    return any(span is not None and span.start < other.end and other.start < span.end for other in spans)


def _fields(document: Document) -> Iterable[tuple[str, tuple[str, int, int]]]:
    """The fields of a document, each with the stretch of source that declares it."""
    fields = document.node.get("fields")
    for name, entry in fields.entries.items() if isinstance(fields, MappingNode) else ():
        yield name, (entry.key.span.source.path, entry.key.span.start, entry.value.span.end)


def _inside(problems: list[Problem], stretch: tuple[str, int, int]) -> bool:
    path, start, end = stretch
    spans = (problem.span for problem in problems)
    return any(span is not None and span.source.path == path and start <= span.start < end for span in spans)


def _model(context: Context, layers: Sequence[Layer]) -> tuple[Model, dict[str, EntityScope]]:
    top = layers[-1] if layers else Layer("app", "", {}, "")
    document = context.merged.documents.get(APP)
    nowhere = Span(Source(top.root, ""), 0, 1)
    app_at = context.at(document) if document else At(MappingNode({}, nowhere), ("app",), nowhere)
    context.languages = app_at.texts("languages") or DEFAULT_LANGUAGES
    context.currency = app_at.text("currency", context.currency)
    settings = settings_of(context, app_at)
    world = scopes_of(context, context.currency)
    for scope in world.values():
        scope.settings = SettingsScope(settings)
    Computed(context, world).all()
    entities = entities_of(context, world)
    model = Model(
        app=app_of(context, app_at, top.name, top.version, world, settings),
        entities=entities,
        forms=forms_of(context, world),
        views=views_of(context, world),
        segments=segments_of(context, world),
        roles=roles_of(context, world),
        rules=rules_of(context, world, entities),
        imports=imports_of(context, world),
        data=data_sets_of(context, world),
        tests=tests_of(context, world),
        layers=tuple(layers),
        workflows=workflows_of(context, world, entities),
        calendars=calendars_of(context),
        dashboards=dashboards_of(context, world),
    )
    return model, world
