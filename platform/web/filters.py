"""Filters: an expression made of what somebody picked in a row of field, operator and value, and its parts in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kith.metadata.model import Field, Label
from kith.metadata.parts import parts_in
from kith.problems import Excerpt
from kith.rules import syntax as s
from kith.rules.parsing import parse_expression
from kith.rules.plain import trimmed
from kith.rules.types import Type
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.read.reader import Reader
from kith.runtime.read.titles import first_text
from kith.texts import Texts
from kith.web.columns import ListColumn, column_at
from kith.web.relative import SPANS, field_of, span_of, within
from kith.web.showing import Reader as Showing
from kith.web.showing import format_of, options_of

EQUALS = {"is": "==", "is_not": "!="}
ORDERS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
SIGNS = EQUALS | ORDERS
UNARY = ("set", "not_set", "me", *SPANS)
"""Operators that need no value."""
BY_KIND: Mapping[str, tuple[str, ...]] = {
    "text": ("contains", "starts_with", "is", "is_not", "set", "not_set"),
    "choice": ("is", "is_not", "set", "not_set"),
    "bool": ("is",),
    "ref": ("contains", "set", "not_set"),
    "set": ("has", "has_not", "set", "not_set"),
    **dict.fromkeys(("int", "decimal", "money", "percent"), ("is", "is_not", *ORDERS, "set", "not_set")),
    **dict.fromkeys(("date", "datetime"), ("is", "is_not", *ORDERS, *SPANS, "set", "not_set")),
    "duration": ("set", "not_set"),
    "time": ("set", "not_set"),
    "record": ("set", "not_set"),
}
"""The operators that a row offers, by the kind of the field's type."""
TYPED_AS = {"int": "integer", "bool": "boolean", "text": "long_text", "set": "tags"}
"""The field type that a value is read as, where it is not called as the kind."""
LONGEST = 60
"""Characters of a part that has no words."""
MOST_FILTER = 4_000
NAMED = re.compile(r'\b([a-z][a-z0-9_.]*)\.id == "([0-9a-f-]{36})"')
"""A condition that a reference leads to one record."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What somebody picked: a field, an operator and, as text, a value."""

    path: str
    operator: str
    value: str


def operators_of(column: ListColumn) -> tuple[str, ...]:
    """The operators that a field offers."""
    found = BY_KIND.get(column.type.kind, ())
    if column.type.kind == "record" and not parts_in(column.type):
        return ()
    return ("me", *found) if column.type.kind == "ref" and column.type.entity == "user" else found


def is_filterable(column: ListColumn) -> bool:
    """Whether a row can speak of a field."""
    return not column.masked and bool(operators_of(column))


def condition(reader: Reader, entity: str, column: ListColumn, picked: Picked, reading: Reading) -> str:
    """The expression of a row; raises Misread where its value is none of the field's."""
    path = column.path
    operator = picked.operator if picked.operator in operators_of(column) else operators_of(column)[0]
    if operator in SPANS:
        return within(path, column.type.kind, operator)
    if operator in UNARY:
        return {"set": f"{path} is set", "not_set": f"{path} is not set", "me": f"{path} == me"}[operator]
    if column.type.kind == "ref":
        path = f"{path}.{first_text(reader, column.type.entity) or 'id'}"
    if operator in ("contains", "starts_with"):
        return f"{operator}(fold({path}), fold({quoted(picked.value.strip())}))"
    value = literal(column, picked.value, reading)
    if operator in ("has", "has_not"):
        return f"{value} {'in' if operator == 'has' else 'not in'} {path}"
    return f"{path} {SIGNS[operator]} {value}"


def literal(column: ListColumn, raw: str, reading: Reading) -> str:
    """A value as the language writes it."""
    kind, type_ = column.type.kind, column.type
    if kind == "set" and column.declared is not None and column.declared.options:
        kind, type_ = "choice", type_.item or type_
    field = _field(column, TYPED_AS.get(kind, kind), type_)
    value = coerce(field, raw, reading)
    if isinstance(value, frozenset):
        value = next(iter(value), None)
    if value is None:
        raise Misread("not_text", value=raw)
    return written(value, kind)


def _field(column: ListColumn, type_name: str, type_: Type) -> Field:
    declared = column.declared
    if declared is None:
        empty = Label({})
        nowhere = Excerpt.whole("").span(0, 0)
        return Field("", column.path, type_name, type_, empty, empty, nowhere, "")
    return replace(declared, type_name=type_name, type=type_, params={"max_length": 1_000})


def written(value: object, kind: str) -> str:
    """A value of a kind as the language writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal() if kind == "percent":
            return f"{trimmed(value * 100)}%"
        case Decimal():
            return trimmed(value)
        case int():
            return str(value)
        case datetime():
            return "@" + value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
        case date():
            return f"@{value.isoformat()}"
        case timedelta():
            return f"{int(value.total_seconds() // 60)}min"
        case _:
            return quoted(str(value))


def quoted(text: str) -> str:
    """A text as the language writes it, so that nothing in it means anything."""
    for plain, escaped in (
        ("\\", "\\\\"),
        ('"', '\\"'),
        ("{", "\\{"),
        ("}", "\\}"),
        ("\n", "\\n"),
        ("\r", ""),
        ("\t", "\\t"),
    ):
        text = text.replace(plain, escaped)
    return f'"{text}"'


# ---- in words -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A condition of a filter that holds beside the others: its text, and what it says."""

    text: str
    words: str
    alternatives: tuple[Part, ...] = ()
    """Of a condition that holds where one of several does."""

    def without(self, place: int) -> str:
        """The condition without one of its alternatives."""
        rest = [one.text for number, one in enumerate(self.alternatives) if number != place]
        return rest[0] if len(rest) == 1 else f"({' or '.join(rest)})"


def parts_of(
    filter_: str, reader: Reader, entity: str, showing: Showing, named: Mapping[str, str] | None = None
) -> list[Part]:
    """The conditions that a filter joins with `and`; what is no filter is one part. `named` are records by their ids."""
    if not filter_:
        return []
    tree, _ = parse_expression(Excerpt.whole(filter_))
    if tree is None:
        return [Part(filter_, _shortened(filter_))]
    saying = Saying(reader, entity, showing, named or {})
    return [
        Part(text, saying.words(part) or _shortened(text), _alternatives_of(part, filter_, saying))
        for part, text in _split(tree, filter_)
    ]


def _alternatives_of(part: s.Syntax, text: str, saying: Saying) -> tuple[Part, ...]:
    if not (isinstance(part, s.Binary) and part.op == "or"):
        return ()
    found = ((one, _standing(one, text)) for one in _operands(part, "or"))
    return tuple(Part(own, saying.words(one) or _shortened(own)) for one, own in found)


def _split(tree: s.Syntax, text: str) -> Iterator[tuple[s.Syntax, str]]:
    for part in _operands(tree, "and"):
        if isinstance(part, s.Binary) and part.op == "or":
            yield part, f"({_alternatives(part, text)})"
        else:
            yield part, _standing(part, text)


def _standing(part: s.Syntax, text: str) -> str:
    """A condition as it can stand beside others."""
    own = text[part.start : part.end]
    return f"({own})" if isinstance(part, s.If) and not own.startswith("(") else own


def _alternatives(tree: s.Syntax, text: str) -> str:
    return " or ".join(text[part.start : part.end] for part in _operands(tree, "or"))


def _operands(tree: s.Syntax, op: str) -> Iterator[s.Syntax]:
    """What a chain of `and` or `or` joins."""
    if isinstance(tree, s.Binary) and tree.op == op:
        yield from _operands(tree.left, op)
        yield from _operands(tree.right, op)
    else:
        yield tree


def joined(parts: Sequence[str]) -> str:
    """Conditions that hold together, as one filter."""
    return " and ".join(parts)


def added(filter_: str, text: str) -> str:
    """A filter with one more condition."""
    tree, _ = parse_expression(Excerpt.whole(filter_)) if filter_ else (None, [])
    if tree is None:
        return text
    return joined([*(part for _, part in _split(tree, filter_)), text])


def beside(part: str, text: str) -> str:
    """A condition that holds where one or the other does; alternatives of alternatives are one list."""
    tree, _ = parse_expression(Excerpt.whole(part))
    own = _alternatives(tree, part) if isinstance(tree, s.Binary) and tree.op == "or" else part
    return f"({own} or {text})"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


@dataclass(frozen=True, slots=True)
class Saying:
    """Says simple conditions in words, the same that rows make."""

    reader: Reader
    entity: str
    showing: Showing
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> Texts:
        """What Kith says in the reader's language."""
        return self.showing.texts

    def words(self, part: s.Syntax) -> str:
        """A condition in words, "" where it is not one of the simple ones."""
        if span := self._span(part):
            return span
        match part:
            case s.Binary(op="or"):
                words = [self.words(one) for one in _operands(part, "or")]
                return self.texts("filter_words.or").join(words) if all(words) else ""
            case s.Binary(op="==", left=s.Dot(target=record, name="id"), right=s.Text() as id_) if self._record(
                record, id_
            ):
                return self._record(record, id_)
            case s.IsSet(value=value, negated=negated):
                return self._said(value, "not_set" if negated else "set", None)
            case s.Invoke(function="contains" | "starts_with" as name, args=(left, right)):
                return self._said(_unfolded(left), name, _unfolded(right))
            case s.Binary(op="in" | "not in" as op, left=s.Text() as left, right=right):
                return self._said(right, "has" if op == "in" else "has_not", left)
            case s.Binary(op=op, left=left, right=s.Name(text="me")) if op == "==":
                return self._said(left, "me", None)
            case s.Binary(op=op, left=left, right=right) if op in SIGNS.values():
                return self._said(left, next(name for name, sign in SIGNS.items() if sign == op), right)
            case _:
                return ""

    def _record(self, record: s.Syntax, id_: s.Syntax) -> str:
        """A condition that a reference leads to one record, which is told by its name."""
        column, name = self._column(record), self.named.get(_constant(id_) or "")
        return self.texts("filter_words.is", label=column.asked, value=name) if column and name else ""

    def _span(self, part: s.Syntax) -> str:
        """A condition on a span of days in words."""
        field = field_of(part)
        column = self._column(field)
        if column is None or column.type.kind not in ("date", "datetime"):
            return ""
        span = span_of(part, _path(field), column.type.kind)
        return self.texts(f"filter_words.{span}", label=column.asked) if span else ""

    def _said(self, left: s.Syntax, operator: str, right: s.Syntax | None) -> str:
        column = self._column(left)
        if column is None:
            return ""
        value = self._value(column, right) if right is not None else ""
        if value is None:
            return ""
        dated = operator in ORDERS and column.type.kind in ("date", "datetime")
        return self.texts(f"filter_words.{'day_' if dated else ''}{operator}", label=column.asked, value=value)

    def _column(self, node: s.Syntax) -> ListColumn | None:
        path = _path(node)
        return column_at(self.reader, self.entity, path, self.texts) if path else None

    def _value(self, column: ListColumn, node: s.Syntax) -> str | None:
        raw = _constant(node)
        if raw is None:
            return None
        match column.type.kind:
            case "choice" | "set":
                option = options_of(self.showing, column.type, column.declared).get(raw)
                return option.label.in_(self.texts.language) if option else raw
            case "bool":
                return self.texts("value.yes" if raw == "true" else "value.no")
            case "int" | "decimal" | "money" if isinstance(node, s.Number):
                return format_of(self.showing, column.type)(Decimal(raw))
            case "date" if isinstance(node, s.Moment):
                return _day(self.showing, column, raw)
            case _:
                return raw


def records_in(filter_: str, reader: Reader, entity: str, texts: Texts) -> Iterator[tuple[str, str]]:
    """The records that a filter names by their ids, each with its entity."""
    for path, id_ in NAMED.findall(filter_):
        column = column_at(reader, entity, path, texts)
        if column is not None and column.type.kind == "ref":
            yield column.type.entity, id_


def _day(showing: Showing, column: ListColumn, raw: str) -> str:
    try:
        return format_of(showing, column.type)(date.fromisoformat(raw))
    except ValueError:
        return raw


def _unfolded(node: s.Syntax) -> s.Syntax:
    return node.args[0] if isinstance(node, s.Invoke) and node.function == "fold" and len(node.args) == 1 else node


def _path(node: s.Syntax) -> str:
    match node:
        case s.Name(text=name):
            return name
        case s.Dot(target=target, name=name):
            before = _path(target)
            return f"{before}.{name}" if before else ""
        case _:
            return ""


def _constant(node: s.Syntax) -> str | None:
    match node:
        case s.Text(parts=(str() as text,)):
            return text
        case s.Text(parts=()):
            return ""
        case s.Number(text=text, percent=percent):
            return text.replace("_", "") + ("%" if percent else "")
        case s.Word(text=text) | s.Moment(text=text):
            return text
        case s.Amount(text=text, unit=unit):
            return text + unit
        case _:
            return None
