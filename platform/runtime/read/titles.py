"""Titles: what a person calls a record, made of the values that the reader may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.scope import Slot
from kith.rules.sql.tables import Rows
from kith.rules.sql.values import reader as converter
from kith.rules.tree import Node, Order, Path, Priced, Step, Template, is_owned, priced
from kith.rules.types import in_currency
from kith.runtime.context import Context
from kith.runtime.read.arrays import Asking
from kith.runtime.read.guarded import Guarded
from kith.runtime.read.prepared import Row
from kith.runtime.read.printing import printer
from kith.runtime.read.reader import Reader
from kith.runtime.read.scopes import ReaderScope
from kith.runtime.read.statement import Statement

DEPTH = 3
"""References in a title print as titles; so many levels of that."""
HOLE = Slot("title", database=True, relations=False, advice=False)
LOOSE = " ·|–—"
"""What parts holes, and is left over at an end where the hole there prints nothing."""
Part = str | Node
Titler = Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Plain:
    """A title that is a text of the tuple."""

    index: int

    def __call__(self, row: Row) -> str:
        """The title of a tuple."""
        return row[self.index] or ""


def parts_of(reader: Reader, entity: str, depth: int = 0) -> list[Part]:
    """The texts and holes of an entity's title, without the holes that the reader may not read."""
    title = reader.entity(entity).title
    if not isinstance(title.tree, Template):
        value = getattr(title.tree, "value", None)
        return [value] if isinstance(value, str) else []
    found: list[Part] = []
    skipping = False
    for part in title.tree.parts:
        if isinstance(part, str):
            found += [] if skipping else [part]
            skipping = False
        elif holes := list(_hole(reader, entity, part, title.excerpt, depth)):
            found += holes
        elif found and isinstance(found[-1], str):
            # What parts a hole from the rest goes with it.
            found.pop()
        else:
            skipping = True
    return found


def _hole(reader: Reader, entity: str, node: Node, excerpt: Excerpt, depth: int) -> Iterator[Part]:
    text = excerpt.text[node.start : node.end]
    scope = ReaderScope(reader, entity, near=True)
    checked = compile_expression(Excerpt.whole(text), scope, HOLE)[0] if text else None
    if checked is None or checked.type.kind == "set":
        return
    if isinstance(checked.tree, Path) and is_owned(checked.tree):
        shown = priced(checked.tree)
        last = shown.currency.steps[-1]
        # Without its currency an amount says nothing: what it is worth is shown then.
        yield shown if ReaderScope(reader, last.entity).name(last.name) is not None else checked.tree
    elif checked.type.kind != "ref" or not isinstance(checked.tree, Path):
        yield checked.tree
    elif depth < DEPTH and checked.tree.steps:
        for part in parts_of(reader, checked.type.entity, depth + 1):
            yield part if isinstance(part, str) else behind(part, checked.tree.steps)


def behind(node: Node, steps: tuple[Step, ...]) -> Node:
    """An expression about a record, said about one that refers to it."""
    changes: dict[str, object] = {}
    if isinstance(node, Path) and node.root == "this":
        changes["steps"] = (*steps, *(node.steps or (Step(steps[-1].type.entity, "id", node.type),)))
        changes["type"] = node.type.or_null()
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            changes[item.name] = behind(value, steps)
        elif isinstance(value, tuple) and item.name != "steps":
            changes[item.name] = tuple(_behind(part, steps) for part in value)
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def _behind(part: object, steps: tuple[Step, ...]) -> object:
    if isinstance(part, Order):
        return replace(part, value=behind(part.value, steps))
    return behind(part, steps) if isinstance(part, Node) else part


def want_title(statement: Statement, rows: Rows, context: Context) -> Titler:
    """Select what a record's title is made of; what makes the title of a row."""
    reader = statement.reader
    key = ("title", reader.key, rows.entity)
    parts = reader.release.cached(key, lambda: parts_of(reader, rows.entity))
    about = statement.tables.about(rows)
    return _joined([part if isinstance(part, str) else _printed(statement, about, part, context) for part in parts])


def _printed(statement: Statement, about: Guarded, node: Node, context: Context) -> Titler:
    release = statement.reader.release
    if isinstance(node, Priced):
        return _priced(statement, about, node, context)
    index = statement.want(Asking(about, about.dialect).value(node))
    show = printer(node.type, release.model, context.language, context.reader_zone)
    convert = converter(node.type, release.tables.engine)
    if node.type.kind == "text":
        return Plain(index)

    def printed(row: Row) -> str:
        value = row[index]
        return "" if value is None else show(value if convert is None else convert(value))

    return printed


def _priced(statement: Statement, about: Guarded, node: Priced, context: Context) -> Titler:
    """An amount with its own currency."""
    release, asking = statement.reader.release, Asking(about, about.dialect)
    index, currency = statement.want(asking.value(node.amount)), statement.want(asking.value(node.currency))
    convert = converter(node.type, release.tables.engine)

    def printed(row: Row) -> str:
        value = row[index]
        if value is None:
            return ""
        show = printer(in_currency(node.type, row[currency]), release.model, context.language, context.reader_zone)
        return show(value if convert is None else convert(value))

    return printed


def _joined(pieces: Sequence[str | Titler]) -> Titler:
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return pieces[0]
    makers = [(lambda row, text=piece: text) if isinstance(piece, str) else piece for piece in pieces]
    return lambda row: "".join([make(row) for make in makers]).strip(LOOSE)


def first_text(reader: Reader, entity: str) -> str:
    """The first text field of a title, which references to its records sort by; "" where the reader may read none."""
    for part in parts_of(reader, entity):
        if isinstance(part, Path) and len(part.steps) == 1 and part.type.kind == "text" and not part.steps[0].part:
            return part.steps[0].name
    return ""
