"""What a person writes: his expressions, checked against what he may read, kept by their text."""

from __future__ import annotations

from kith.problems import Excerpt, Problem
from kith.rules.compiling import compile_expression
from kith.rules.program import Expression
from kith.rules.scope import Slot
from kith.rules.tree import Path, walk
from kith.rules.types import BOOL
from kith.runtime.context import Context
from kith.runtime.read.messages import mistaken, said, unfit
from kith.runtime.read.query import Denied
from kith.runtime.read.reader import Reader
from kith.runtime.read.scopes import TEAMS_BELOW, ReaderScope

CONDITION = Slot("filter", BOOL, actor=True, database=True, advice=False)
VALUE = Slot("value", actor=True, database=True, advice=False)
LONGEST = 64 * 1024


def asked(reader: Reader, entity: str, text: str, slot: Slot) -> tuple[Expression | None, list[Problem]]:
    """An expression about an entity as a reader may ask it, with its problems."""
    key = ("asked", reader.key, entity, slot.name, text)
    return reader.release.cached(key, lambda: _asked(reader, entity, text, slot))


def _asked(reader: Reader, entity: str, text: str, slot: Slot) -> tuple[Expression | None, list[Problem]]:
    found, problems = compile_expression(Excerpt.whole(text, f"<{slot.name}>"), ReaderScope(reader, entity, True), slot)
    if found is not None and any(map(_is_others_teams, walk(found.tree))):
        return None, problems
    return found, problems


def _is_others_teams(node: object) -> bool:
    """Whether a path asks for the teams below somebody else: only `me` has them at hand."""
    if not isinstance(node, Path):
        return False
    return any(step.name == TEAMS_BELOW and (node.root != "me" or index) for index, step in enumerate(node.steps))


def expression(reader: Reader, context: Context, entity: str, text: str, part: str, slot: Slot) -> Expression:
    """The same, where a mistake stops the request; `part` says which part of the query it is."""
    if len(text) > LONGEST:
        raise unfit(context, "too_long", part)
    if any("\ud800" <= character <= "\udfff" for character in text):
        # Half a character, which JSON can carry and no database takes.
        raise unfit(context, "no_expression", part)
    found, problems = asked(reader, entity, text, slot)
    if found is None:
        raise mistaken(context, part, problems)
    return found


def conditions(
    reader: Reader, context: Context, entity: str, *, filter_: str = "", view: str = "", segment: str = ""
) -> list[Expression]:
    """The conditions of a list: its filter, and those of the documents that it names."""
    found = [expression(reader, context, entity, filter_, "filter", CONDITION)] if filter_.strip() else []
    if view:
        found += _of_view(reader, context, entity, view)
    if segment:
        found.append(_of_segment(reader, context, entity, segment))
    return found


def _of_view(reader: Reader, context: Context, entity: str, name: str) -> list[Expression]:
    view = reader.release.model.views.get(name)
    if view is None or view.of != entity:
        raise unfit(context, "no_view", "view", name=name)
    segment = reader.release.model.segments.get(view.segment)
    filters = [segment.filter if segment is not None else None, view.filter]
    told = view.label.in_(context.language) or name
    return [_declared(reader, context, entity, one, "view_denied", told) for one in filters if one is not None]


def _of_segment(reader: Reader, context: Context, entity: str, name: str) -> Expression:
    segment = reader.release.model.segments.get(name)
    if segment is None or segment.of != entity:
        raise unfit(context, "no_segment", "segment", name=name)
    told = segment.label.in_(context.language) or name
    return _declared(reader, context, entity, segment.filter, "segment_denied", told)


def _declared(reader: Reader, context: Context, entity: str, filter_: Expression, code: str, name: str) -> Expression:
    """A document's filter counts as asked by the person who opens it: he may read what it reads, or gets nothing."""
    found, _ = asked(reader, entity, filter_.excerpt.text, CONDITION)
    if found is None:
        raise Denied(said(context.language, code, name=name))
    return found
