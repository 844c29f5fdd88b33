"""Checks that what documents name is there: entities, documents, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.making.at import At
from kith.metadata.mistakes import layers as layer_mistakes
from kith.metadata.mistakes import lint
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Segment, View
from kith.metadata.shapes.kinds import KINDS
from kith.problems import Problem, Value, Words, did_you_mean
from kith.source import Scalar

LOWER = {name: Words(kind.title.en.lower(), kind.title.zh) for name, kind in KINDS.items()}
KEPT = {"activities": "activity", "notes": "note"}
"""Flags of an entity, and the entity of what they say is kept about its records."""
ABOUT = ("form", "view", "segment", "rules", "workflow", "data", "tests")
"""Kinds whose documents are about one entity."""


@tells(mistakes.NO_ENTITY)
def documents_are_about_entities(c: Checking) -> Iterator[Problem]:
    """Every form, view, segment, data set, set of rules and of tests is about an entity that exists."""
    for kind in ABOUT:
        for document, at in c.documents(kind):
            if at.scalar("of"):
                yield from c.entity_problem(at.text("of"), c.span(kind, document.name, "of"))


@tells(mistakes.NO_ENTITY)
def links_name_entities(c: Checking) -> Iterator[Problem]:
    """Every reference leads to entities that exist, and what is kept about records is of one."""
    for document, at in c.documents("entity"):
        for name, field in at.parts("fields"):
            if field.scalar("to"):
                yield from c.entity_problem(field.text("to"), c.span("entity", document.name, "fields", name, "to"))
            for index, one in enumerate(field.texts("to")):
                yield from c.entity_problem(one, c.span("entity", document.name, "fields", name, "to", index))
        for flag, kept in KEPT.items():
            if at.flag(flag):
                yield from c.entity_problem(kept, c.span("entity", document.name, flag))


@tells(mistakes.NO_ENTITY)
def roles_and_imports_speak_of_entities(c: Checking) -> Iterator[Problem]:
    """Every grant of a role and every step of an import is about an entity that exists."""
    for document, at in c.documents("role"):
        for entity, _ in at.entries("entities"):
            yield from c.entity_problem(entity, c.span("role", document.name, "entities", entity, key=True))
    for document, at in c.documents("import"):
        for name, step in at.parts("steps"):
            yield from c.entity_problem(step.text("entity"), c.span("import", document.name, "steps", name, "entity"))


@tells(mistakes.NO_ENTITY, mistakes.NO_DOCUMENT, mistakes.OTHER_ENTITY)
def navigation_names_what_is_there(c: Checking) -> Iterator[Problem]:
    """Every entry of the navigation opens an entity that exists, with a view of it."""
    for _, at in c.documents("app"):
        for name, item in at.parts("navigation"):
            yield from _nav_item(c, item, ("navigation", name))
            for key, inner in item.parts("items"):
                yield from _nav_item(c, inner, ("navigation", name, "items", key))


def _nav_item(c: Checking, at: At, path: tuple[str, ...]) -> Iterator[Problem]:
    yield from c.entity_problem(at.text("entity"), c.span("app", "", *path, "entity"))
    yield from fitting(c, at, "view", c.model.views, at.text("entity"), ("app", "", *path))


@tells(mistakes.NO_DOCUMENT, mistakes.OTHER_ENTITY)
def views_and_segments_fit(c: Checking) -> Iterator[Problem]:
    """The segment of a view is about the view's entity, and the view of a related list about the related records."""
    for document, at in c.documents("view"):
        yield from fitting(c, at, "segment", c.model.segments, at.text("of"), ("view", document.name))
    for document, at in c.documents("form"):
        scope = c.world.get(at.text("of"))
        for name, part in at.parts("related"):
            relation = scope.relation(name) if scope else None
            wanted = relation.entity if relation else ""
            yield from fitting(c, part, "view", c.model.views, wanted, ("form", document.name, "related", name))


def fitting(
    c: Checking,
    at: At,
    kind: str,
    known: Mapping[str, View] | Mapping[str, Segment],
    entity: str,
    path: tuple[str, ...],
) -> Iterator[Problem]:
    """The problem of a view or segment that is not there, or about another entity."""
    name = at.text(kind)
    if not name:
        return
    span, title = c.span(path[0], path[1], *path[2:], kind), LOWER[kind]
    if (kind, name) not in c.context.merged.documents:
        yield Problem(mistakes.NO_DOCUMENT, span, {"kind": title, "name": name}, did_you_mean(name, known))
    elif (
        entity in c.model.entities
        and name in known
        and (found := known[name].of) != entity
        and found in c.model.entities
    ):
        values: dict[str, Value] = {"kind": title, "name": name, "found": c.called(found), "wanted": c.called(entity)}
        yield Problem(mistakes.OTHER_ENTITY, span, values)


@tells(mistakes.NO_ADDRESS)
def strings_address_something(c: Checking) -> Iterator[Problem]:
    """Every text of a document of strings belongs to a place that shows a text."""
    for document, at in c.documents("strings"):
        for address, _ in at.entries("texts"):
            if address not in c.context.addresses:
                span = c.span("strings", document.name, "texts", address, key=True)
                hint = did_you_mean(address, c.context.addresses)
                yield Problem(mistakes.NO_ADDRESS, span, {"address": address}, hint)


@tells(lint.NO_TEXT)
def texts_are_there_in_every_language(c: Checking) -> Iterator[Problem]:
    """Every label and message is there in every language of the app."""
    if len(c.context.languages) < 2:
        return
    for one in c.context.unlabelled:
        values: dict[str, Value] = {"what": one.what, "key": one.key, "languages": ", ".join(one.missing)}
        yield Problem(lint.NO_TEXT, one.span, values, one.hint)


@tells(layer_mistakes.NEEDS_VERSION)
def the_platform_is_new_enough(c: Checking) -> Iterator[Problem]:
    """The platform is of a version that the app works with."""
    platform = c.model.layers[0].version if c.model.layers else ""
    for _, at in c.documents("app"):
        wanted = at.part("requires").text("platform")
        if wanted and platform and not all(meets(platform, bound.strip()) for bound in wanted.split(",")):
            span = c.span("app", "", "requires", "platform")
            yield Problem(layer_mistakes.NEEDS_VERSION, span, {"wanted": wanted, "version": platform})


def meets(version: str, bound: str) -> bool:
    """Whether a version is within a bound such as `>=1.0`; anything that is no bound has been told already."""
    found = re.fullmatch(r"(>=|==|<)([0-9.]+)", bound)
    if not found:
        return True
    wanted = [int(part) for part in found.group(2).split(".") if part]
    here = [int(part) for part in re.findall(r"[0-9]+", version)[: len(wanted)]]
    return {">=": here >= wanted, "==": here == wanted, "<": here < wanted}[found.group(1)]


@tells(lint.UNUSED_FRAGMENT)
def fragments_are_included(c: Checking) -> Iterator[Problem]:
    """Every fragment of an app is included by some entity; those of the platform are there for whoever wants them."""
    used = {name for _, at in c.documents("entity") for name in at.texts("include")}
    for document, at in c.documents("fragment"):
        if document.name not in used and document.layer != "platform" and isinstance(at.get("fragment"), Scalar):
            yield Problem(lint.UNUSED_FRAGMENT, at.span, {"name": document.name})


CHECKS = (
    documents_are_about_entities,
    links_name_entities,
    roles_and_imports_speak_of_entities,
    navigation_names_what_is_there,
    views_and_segments_fit,
    strings_address_something,
    texts_are_there_in_every_language,
    the_platform_is_new_enough,
    fragments_are_included,
)
