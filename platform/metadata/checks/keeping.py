"""Computed fields that are kept otherwise than usual: copies, and sums that are folded in later."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.analysis.sums import sum_of
from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Field
from kith.problems import Problem
from kith.rules.tree import Path, walk


@tells(mistakes.COPIES_NOTHING, mistakes.CANNOT_COPY)
def copies_follow_what_is_stored(c: Checking) -> Iterator[Problem]:
    """`keep: copy` stores what comes through references, from fields that are stored where they come from."""
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            if field.params.get("keep") == "copy" and not field.is_copy:
                span = c.span("entity", entity.name, "fields", field.name, "keep")
                name = _not_stored(c, field)
                if name:
                    yield Problem(mistakes.CANNOT_COPY, span, {"name": name})
                else:
                    yield Problem(mistakes.COPIES_NOTHING, span)


def _not_stored(c: Checking, field: Field) -> str:
    """What a copy cannot follow; "" where it reads nothing of other records."""
    if field.value is None:
        return ""
    for use in field.value.uses:
        other = c.model.entities.get(use.entity)
        read = other.fields.get(use.field) if other else None
        way = [step.name for step in use.through]
        if way and use.relation:
            return ".".join([*way, use.relation])
        if way and read is not None and read.storage in ("computed", "soon"):
            return ".".join([*way, use.field])
    return "now()" if field.value.volatile == "now" else ""


@tells(mistakes.NOT_SOON)
def sums_that_come_soon_can_be_added_to(c: Checking) -> Iterator[Problem]:
    """`keep: soon` is for a sum or a count of stored values of records that are saved apart from their parent."""
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            if field.params.get("keep") == "soon" and not _is_added_to(c, entity, field):
                yield Problem(mistakes.NOT_SOON, c.span("entity", entity.name, "fields", field.name, "keep"))


def _is_added_to(c: Checking, entity: Entity, field: Field) -> bool:
    node = sum_of(field)
    if node is None or node.via.steps or field.storage != "soon":
        return False
    inverse = entity.inverses.get(node.relation)
    parts = [part for part in (node.value, node.where, node.test) if part is not None]
    paths = [path for part in parts for path in walk(part) if isinstance(path, Path)]
    local = all(path.root == "row" and len(path.steps) == 1 for path in paths)
    return local and inverse is not None and not inverse.owned and not field.currency_field


CHECKS = (copies_follow_what_is_stored, sums_that_come_soon_can_be_added_to)
