"""Wanted columns: what they select, and how their cells are made of the driver's tuples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.tables import Element, Rows
from kith.rules.sql.values import Converter
from kith.rules.sql.values import reader as converter
from kith.rules.types import BOOL, DATETIME, TEXT, Type
from kith.runtime.context import Context
from kith.runtime.read.masking import mask
from kith.runtime.read.paths import Place, place_of
from kith.runtime.read.prepared import Row
from kith.runtime.read.query import Amount, Reference, Shown
from kith.runtime.read.reader import Clause
from kith.runtime.read.sets import inside
from kith.runtime.read.statement import Statement, target_of
from kith.runtime.read.titles import Titler, want_title
from kith.runtime.schema.storage import field_reader

Cell = Callable[[Row], Any]
TITLE = "$title"
"""The path that asks for the record's title."""
DELETED_AT = "$deleted_at"
"""The path that asks when the record was put into the recycle bin."""
MAY = "$may:"
"""The beginning of a path that asks whether the reader may change that field of the record."""


@dataclass(frozen=True, slots=True)
class Links:
    """A set field of a column: its values come by a statement of their own, for the ids in that place of the tuples."""

    column: int
    entity: str
    field: str
    ids: int
    masked: bool


@dataclass(frozen=True, slots=True)
class Converted:
    """A cell that is one value of the tuple, as it is or converted; `type` is None where only `convert` knows what it is."""

    index: int
    convert: Converter | None
    type: Type | None = None

    def __call__(self, row: Row) -> Any:
        """The cell of a tuple."""
        value = row[self.index]
        return value if value is None or self.convert is None else self.convert(value)


@dataclass(frozen=True, slots=True)
class Referring:
    """A reference with its title; the record is out of the reader's scope where nothing was `found`."""

    index: int
    found: int
    title: Titler

    def __call__(self, row: Row) -> Reference | None:
        """The cell of a tuple."""
        id_ = row[self.index]
        if id_ is None:
            return None
        return Reference(id_, self.title(row)) if row[self.found] is not None else Reference(id_, "", False)


@dataclass(frozen=True, slots=True)
class ReferringAny:
    """A reference to a record of one of several entities.

    `ways` has by table the entity, where its record stands in the tuple if it is found, and what makes its title.
    """

    table: int
    index: int
    ways: Mapping[str, tuple[str, int, Titler | None]]

    def __call__(self, row: Row) -> Reference | None:
        """The cell of a tuple."""
        id_ = row[self.index]
        if id_ is None:
            return None
        entity, found, title = self.ways.get(row[self.table], ("", 0, None))
        if title is None or row[found] is None:
            return Reference(id_, "", False, entity)
        return Reference(id_, title(row), True, entity)


@dataclass(frozen=True, slots=True)
class Pricing:
    """A cell that is an amount with its record's own currency, which is at -1 where the reader may not read it."""

    index: int
    currency: int
    convert: Converter | None

    def __call__(self, row: Row) -> Amount | None:
        """The cell of a tuple."""
        value = row[self.index]
        if value is None:
            return None
        amount = value if self.convert is None else self.convert(value)
        return Amount(amount, row[self.currency] if self.currency >= 0 else None)


@dataclass(frozen=True)
class Columns:
    """The columns of an answer; `links` are filled in afterwards."""

    shown: tuple[Shown, ...]
    cells: tuple[Cell, ...]
    links: tuple[Links, ...]


def want_columns(statement: Statement, paths: tuple[str, ...], context: Context, *, single: bool = False) -> Columns:
    """Select what columns need; id and version come first. Sets of a `single` record come with it, if they can."""
    source = statement.this.source
    statement.want(source.c.id)
    statement.want(source.c.version)
    shown, cells, links = [], [], []
    for index, path in enumerate(paths, start=2):
        if path in (TITLE, DELETED_AT):
            shown.append(Shown(path, TEXT if path == TITLE else DATETIME, index, -1, "read"))
            cells.append(_special(statement, path, context))
            continue
        if path.startswith(MAY):
            shown.append(Shown(path, BOOL, index, -1, "read"))
            cells.append(_may(statement, path.removeprefix(MAY)))
            continue
        place = place_of(statement, path, context)
        shown.append(Shown(path, place.type, index, -1, "mask" if place.access.read.never else "read"))
        if place.type.kind == "set":
            cell = _inside(statement, place, context) if single else None
            cells.append(cell or _nothing)
            links += [] if cell or not _is_linked(statement, place) else [_links(statement, place, index)]
        else:
            cells.append(want_cell(statement, place, context))
    return Columns(tuple(shown), tuple(cells), tuple(links))


def _nothing(row: Row) -> Any:
    return None


def _special(statement: Statement, path: str, context: Context) -> Cell:
    if path == TITLE:
        return want_title(statement, statement.this, context)
    return converted(statement, statement.this.source.c.deleted_at, DATETIME)


def _may(statement: Statement, field: str) -> Cell:
    """Whether the reader may change a field, of a line also by what its parent allows."""
    reader, rows = statement.reader, statement.this
    condition = reader.rights[rows.entity].writing(field, "update")
    if condition.never:
        return lambda row: False
    return want_flag(statement, reader.restricted(statement.tables, rows, condition, "update"))


def _is_linked(statement: Statement, place: Place) -> bool:
    return place.rows is not None and place.name in statement.reader.release.tables[place.entity].links


def _inside(statement: Statement, place: Place, context: Context) -> Cell | None:
    return inside(statement, place, context) if _is_linked(statement, place) else None


def _links(statement: Statement, place: Place, column: int) -> Links:
    assert place.rows is not None
    ids = 0 if place.rows is statement.this else statement.want(place.rows.source.c.id)
    return Links(column, place.entity, place.name, ids, place.access.read.never)


def want_cell(statement: Statement, place: Place, context: Context) -> Cell:
    """Select what one cell needs; what makes it of a tuple."""
    if place.rows is None:
        return _nothing
    if place.access.read.always or place.access.mask.never:
        return _plain(statement, place, context)
    return _masked(statement, place, context)


def _plain(statement: Statement, place: Place, context: Context) -> Cell:
    assert place.rows is not None
    if place.declared is not None and place.declared.type_name == "json":
        return _json(statement, place.declared, place.rows)
    if place.declared is not None and place.declared.type_name == "any_reference" and not place.part:
        return _any_reference(statement, place, place.declared, context)
    if place.type.kind == "record":
        return _parts(statement, place)
    element = statement.tables.column(place.rows, place.column)
    if place.declared is not None and place.declared.currency_field:
        return _amount(statement, place.declared, place.rows, element)
    if place.type.kind == "ref":
        return _reference(statement, place, element, context)
    return converted(statement, element, place.type)


def converted(statement: Statement, element: Element, type_: Type) -> Cell:
    """Select an element; the cell of its value."""
    index = statement.want(element)
    return Converted(index, converter(type_, statement.tables.tables.engine), type_)


def _amount(statement: Statement, declared: Field, rows: Rows, element: Element) -> Cell:
    named = declared.currency_field
    hidden = statement.reader.access(rows.entity, named).read.never
    index = statement.want(element)
    currency = -1 if hidden else statement.want(statement.tables.column(rows, named))
    return Pricing(index, currency, converter(declared.type, statement.tables.tables.engine))


def _reference(statement: Statement, place: Place, element: Element, context: Context) -> Cell:
    assert place.rows is not None
    index = statement.want(element)
    target = target_of(statement.reader, place.entity, place.name)
    joined = statement.join(place.rows, place.name) if target else None
    if joined is None:
        return lambda row: None if row[index] is None else Reference(row[index], "", False)
    found = statement.want(joined.source.c.id)
    return Referring(index, found, want_title(statement, joined, context))


def _any_reference(statement: Statement, place: Place, declared: Field, context: Context) -> Cell:
    """A link whose record is looked for in each entity that it may be of, in the same statement."""
    assert place.rows is not None
    columns = statement.reader.release.tables[place.entity].columns[place.name]
    source = place.rows.source
    table = statement.want(
        statement.tables.where_readable(place.rows, place.name, source.c[columns.parts["entity"].name])
    )
    index = statement.want(statement.tables.where_readable(place.rows, place.name, source.c[columns.tie.name]))
    ways: dict[str, tuple[str, int, Titler | None]] = {}
    for name in declared.targets:
        joined = statement.join_any(place.rows, place.name, name)
        stable = statement.reader.release.tables[name].stable_name
        if joined is None:
            ways[stable] = (name, 0, None)
        else:
            ways[stable] = (name, statement.want(joined.source.c.id), want_title(statement, joined, context))
    others = {stable: (name, 0, None) for stable, name in columns.entities.items() if stable not in ways}
    return ReferringAny(table, index, {**others, **ways})


def _json(statement: Statement, declared: Field, rows: Rows) -> Cell:
    index = statement.want(statement.tables.column(rows, declared.name))
    return Converted(index, field_reader(declared, declared.type, statement.tables.tables.engine))


def _parts(statement: Statement, place: Place) -> Cell:
    """A value of several columns: a mapping, or None where all of them are empty."""
    assert place.rows is not None
    columns = statement.reader.release.tables[place.entity].columns[place.name].parts
    source = place.rows.source
    wanted = {
        part: statement.want(statement.tables.where_readable(place.rows, place.name, source.c[column.name]))
        for part, column in columns.items()
    }
    dates = converter(Type("date"), statement.tables.tables.engine)

    def cell(row: Row) -> Mapping[str, Any] | None:
        found = {part: row[index] for part, index in wanted.items()}
        return found if any(value is not None for value in found.values()) else None

    if dates is None or "start" not in wanted:
        return cell
    return lambda row: {part: value and dates(value) for part, value in (cell(row) or {}).items()} or None


def _masked(statement: Statement, place: Place, context: Context) -> Cell:
    """A value that is masked where only that is granted; what is neither never leaves the database."""
    assert place.rows is not None
    tables, read = statement.tables, place.access.read
    hidden = _mask(statement, place)
    if read.never:
        return hidden
    plain = _plain(statement, place, context)
    readable = want_flag(statement, tables.condition(place.rows, read))
    return lambda row: plain(row) if readable(row) else hidden(row)


def _mask(statement: Statement, place: Place) -> Cell:
    assert place.rows is not None
    type_name = place.declared.type_name if place.declared else ""
    condition = statement.tables.condition(place.rows, place.access.mask)
    raw = _recognisable(statement, place)
    index = statement.want(raw if condition is None else sa.case((condition, raw)))
    return lambda row: None if row[index] is None else mask(row[index], type_name)


def _recognisable(statement: Statement, place: Place) -> Element:
    """What a mask is made of: a text; of other values only that there is one."""
    assert place.rows is not None
    if place.type.kind == "record":
        columns = statement.reader.release.tables[place.entity].columns[place.name].parts.values()
        parts: list[Element] = [place.rows.source.c[column.name] for column in columns]
    else:
        parts = [statement.tables.open.column(place.rows, place.column)]
    if place.type.kind in ("text", "record") and all(isinstance(part.type, sa.Text) for part in parts):
        return sa.func.coalesce(*parts, type_=sa.Text()) if len(parts) > 1 else parts[0]
    return sa.case((sa.or_(*(part.is_not(None) for part in parts)), sa.literal_column("1")))


def want_flag(statement: Statement, condition: Clause | None) -> Callable[[Row], bool]:
    """Select whether a condition of the rights holds (None: always)."""
    if condition is None:
        return lambda row: True
    index = statement.want(statement.tables.dialect.truth(condition))
    return lambda row: bool(row[index])
