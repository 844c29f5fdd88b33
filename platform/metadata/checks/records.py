"""Checks of data: every value reads as a value of its field, and every row that a row refers to is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from kith.metadata.checks.acting import key_problem
from kith.metadata.checks.checking import Checking, tells, value_problems
from kith.metadata.checks.fields import limits, number
from kith.metadata.checks.forms import needed
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.making.at import At, fraction
from kith.metadata.making.moving import is_dated, rows_in
from kith.metadata.making.scopes import Shell
from kith.metadata.mistakes import data as mistakes
from kith.metadata.mistakes import model as model_mistakes
from kith.metadata.model import Entity, Field
from kith.metadata.shapes.reading import data_of
from kith.problems import Problem, Span, Value, Words, did_you_mean
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence


@tells(
    model_mistakes.NO_KEY, model_mistakes.NO_FIELD, model_mistakes.NOT_WRITABLE, model_mistakes.NO_OPTION, model_mistakes.OUTSIDE,
    mistakes.UNREADABLE, mistakes.NO_SUCH_DAY, mistakes.NO_SUCH_ROW, mistakes.NEEDED, mistakes.SAME_ROW, mistakes.TOO_LONG,
)  # fmt: skip
def rows_are_records(c: Checking) -> Iterator[Problem]:
    """Every row of data is a record that its entity would take."""
    sources = [source for document, _ in c.documents("data") for source in document.sources]
    yield from c.unless_sound("rows", sources, lambda: _rows(c))


def _rows(c: Checking) -> Iterator[Problem]:
    rows = Rows(c)
    for document, at in c.documents("data"):
        if entity := c.model.entities.get(at.text("of")):
            yield from key_problem(c, entity, at.text("key"), ("data", document.name))
            yield from _document(rows, entity, at)


def _document(rows: Rows, entity: Entity, at: At) -> Iterator[Problem]:
    """The problems of the rows of one document."""
    key = at.text("key")
    keyed = isinstance(at.get("rows"), MappingNode)
    parts = entity.keys[key].fields if key in entity.keys else (key,) if key in entity.fields else ()
    given = set(parts) if keyed and len(parts) == 1 else set()
    seen: dict[str, Span] = {}
    for name, node in rows_in(at):
        span = _row_span(node, at.get("rows"), name)
        elsewhere = rows.given.get((entity.name, key, name), set()) if keyed else set()
        yield from rows.row(entity, node, span, given | elsewhere)
        if keyed and len(given) == 1:
            field = entity.fields.get(parts[0])
            yield from rows.text(field, Scalar(name, "single", span)) if field else ()
        elif parts:
            yield from _same(key, parts, node, span, seen)


def _row_span(node: MappingNode, rows: Node | None, name: str) -> Span:
    if isinstance(rows, MappingNode):
        return rows.entries[name].key.span
    first = next(iter(node.entries.values()), None)
    return first.key.span if first else node.span


def _same(key: str, parts: tuple[str, ...], node: MappingNode, span: Span, seen: dict[str, Span]) -> Iterator[Problem]:
    """The problem that a row of the same key stands further up."""
    values = [node.get(part) for part in parts]
    texts = [value.text for value in values if isinstance(value, Scalar)]
    if len(texts) == len(parts):
        shown = ", ".join(texts)
        if shown in seen:
            yield Problem(mistakes.SAME_ROW, span, {"key": key, "value": shown})
        seen[shown] = span


class Rows:
    """The rows of all data, with what they may refer to."""

    def __init__(self, c: Checking) -> None:
        self.c = c
        self.known: dict[str, set[str]] = {}
        self.given: dict[tuple[str, str, str], set[str]] = {}
        """What all documents together give of a row; some say in a second document what the first could not say yet."""
        for _, at in c.documents("data"):
            names = self.known.setdefault(at.text("of"), set())
            entity = c.model.entities.get(at.text("of"))
            unique = {key.fields[0] for key in entity.keys.values() if len(key.fields) == 1} if entity else set()
            for name, node in rows_in(at):
                names.add(name)
                self.given.setdefault((at.text("of"), at.text("key"), name), set()).update(node.entries)
                names |= {v.text for field in unique if isinstance(v := node.get(field), Scalar)}

    def row(self, entity: Entity, node: MappingNode, span: Span, given: set[str]) -> Iterator[Problem]:
        """The problems of one row."""
        scope = self.c.world[entity.name]
        for name, entry in node.entries.items():
            shell, relation = scope.shells.get(name), scope.relation(name)
            if shell is not None and (field := entity.fields.get(name)):
                yield from self.cell(field, shell, entry.value, entry.key.span)
            elif relation and relation.owned:
                yield from self.lines(relation.entity, relation.inverse_of, entry.value)
            else:
                yield from self.c.field_problem(entity, name, entry.key.span)
        for field in entity.fields.values():
            if needed(field) and field.name not in node.entries and field.name not in given:
                yield Problem(mistakes.NEEDED, span, {"name": field.name, "entity": self.c.called(entity.name)})

    def lines(self, entity: str, parent: str, node: Node) -> Iterator[Problem]:
        """The owned lines of a row."""
        lines = self.c.model.entities.get(entity)
        for item in node.items if isinstance(node, Sequence) and lines else ():
            if isinstance(item, MappingNode) and lines:
                yield from self.row(lines, item, _row_span(item, None, ""), {parent})

    def cell(self, field: Field, shell: Shell, node: Node, key: Span) -> Iterator[Problem]:
        """One value."""
        kind = FIELD_TYPES[field.type_name]
        if not kind.writable and field.type_name != "autonumber":
            yield Problem(model_mistakes.NOT_WRITABLE, key, {"entity": self.c.called(field.entity), "name": field.name})
        elif (isinstance(node, Scalar) and node.is_null) or is_dated(node, shell) or kind.value is None:
            return
        elif found := value_problems(kind, node):
            yield from (
                Problem(
                    mistakes.UNREADABLE,
                    problem.span,
                    {"field": field.name, "why": Words(problem.message("en"), problem.message("zh"))},
                )
                for problem in found
            )
        elif isinstance(node, Scalar):
            yield from self.text(field, node)
        elif isinstance(node, Sequence):
            for item in node.items:
                yield from self.text(field, item) if isinstance(item, Scalar) else ()

    def text(self, field: Field, node: Scalar) -> Iterator[Problem]:
        """A value that has the form of its type, and may still be none."""
        options, limit = field.options, field.params.get("max_length")
        if field.type_name in ("choice", "choices") and node.text not in options:
            hint = did_you_mean(node.text, options)
            yield Problem(model_mistakes.NO_OPTION, node.span, {"name": node.text, "field": field.name}, hint)
        elif field.to and field.to in self.known and node.text not in self.known[field.to]:
            values: dict[str, Value] = {"field": field.name, "entity": self.c.called(field.to), "value": node.text}
            yield Problem(mistakes.NO_SUCH_ROW, node.span, values, did_you_mean(node.text, self.known[field.to]))
        elif isinstance(limit, int) and len(node.text) > limit:
            length = len(node.text)
            yield Problem(mistakes.TOO_LONG, node.span, {"field": field.name, "limit": limit, "count": length})
        elif not exists(field.type_name, node.text):
            yield Problem(mistakes.NO_SUCH_DAY, node.span, {"value": node.text})
        elif field.type.is_number:
            yield from self.bounds(field, node)

    def bounds(self, field: Field, node: Scalar) -> Iterator[Problem]:
        """A number outside of its field's bounds."""
        value = number(fraction(data_of(node, FIELD_TYPES[field.type_name].value or {})))
        low, high = number(field.params.get("min")), number(field.params.get("max"))
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            yield Problem(model_mistakes.OUTSIDE, node.span, {"value": node.text, "limit": limits(field)})


def exists(type_name: str, text: str) -> bool:
    """Whether a day or time of that form exists."""
    readers = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}
    try:
        if reader := readers.get(type_name):
            reader(text)
    except ValueError:
        return False
    return True


CHECKS = (rows_are_records,)
