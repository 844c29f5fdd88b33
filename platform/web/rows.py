"""The rows of a long list as HTML, all at once: each kind of cell is cut out of the component that draws a row, then filled.

A macro called for each of five hundred cells costs more than the rest of the page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from kith.runtime.read.query import Masked, Reference
from kith.web.showing import Fixed, Named, Plain, Show
from kith.web.stencils import Stencil, cut, joined
from kith.web.view import Cell, Choice, Column, Row, Table

Parts = Sequence[str]
"""HTML and texts in turn, as `stencils.joined` takes them."""
Write = Callable[[Any], Parts]
Tag = tuple[Markup, bool]
"""See Column.tag."""
BLANK = Cell()
MOST = 500
"""Kinds of cells that a column keeps stencils of at once."""


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the rows of one list: a writer for each column; the column `named` leads to the record."""

    head: Stencil
    tail: str
    writers: tuple[Write, ...]
    blanks: tuple[Parts, ...]
    link: Stencil
    shows: tuple[Show, ...]
    named: int
    address: str
    """What comes before a record's id in its address."""

    def body(self, rows: Iterable[Sequence[Any]], nameless: str) -> Markup:
        """The rows of records as a list has them: id, version, cells, title; `nameless` is for those without a title."""
        parts: list[str] = []
        named, tail, writers, blanks = self.named, (self.tail, ""), self.writers, self.blanks
        name = self.shows[named]
        for id_, _, *values, title in rows:
            key = str(id_)
            parts += self.head.parts((key,))
            for number, value in enumerate(values):
                if number == named:
                    text = (name(value).text if value is not None else "") or str(title or nameless)
                    parts += self.link.parts((self.address + key, text))
                else:
                    parts += blanks[number] if value is None else writers[number](value)
            parts += tail
        return joined(parts)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column: a stencil for each kind of them."""

    ui: Any
    column: Column
    kept: dict[Hashable, Stencil] = field(default_factory=dict)

    def parts(self, cell: Cell) -> Parts:
        """A cell."""
        if not cell.text and not cell.chips:
            cell = BLANK
        if cell.person is not None or cell.edit:
            return (self._html(cell, self.column.tag), "")
        return self.stencil(cell).parts((cell.text, cell.href, *(chip.label for chip in cell.chips)))

    def stencil(self, cell: Cell) -> Stencil:
        """The stencil for cells that differ in their texts alone: text, href and the labels of the chips."""
        hues = tuple(chip.colour for chip in cell.chips)
        key = (bool(cell.text), bool(cell.href), hues, cell.icon, cell.tone, cell.lang)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST:
                self.kept.clear()
            found = self.kept[key] = cut(lambda marks: self._html(_marked(cell, marks), self.column.tag), 2 + len(hues))
        return found

    def link(self) -> Stencil:
        """The cell that leads to the record: its address and its text."""
        return cut(lambda marks: self._html(Cell(marks[1]), (self.column.tag[0], True), marks[0]), 2)

    def _html(self, cell: Cell, tag: Tag, href: str = "") -> str:
        """A cell as it stands in its row."""
        end = secrets.token_hex(8)
        mark = (Markup(end), False)  # noqa: S704 - letters and digits
        head = _row(self.ui, "", (Cell(),), (mark,)).partition(end)[0]
        row = _row(self.ui, "", (cell, Cell()), (tag, mark), href)
        return row.partition(end)[0][len(head) :]


def _marked(cell: Cell, marks: Sequence[str]) -> Cell:
    chips = [Choice("", mark, chip.colour) for chip, mark in zip(cell.chips, marks[2:], strict=True)]
    text, href = marks[0] if cell.text else "", marks[1] if cell.href else ""
    return Cell(text, href, chips, icon=cell.icon, tone=cell.tone, lang=cell.lang)


def _row(ui: Any, key: str, cells: Sequence[Cell], tags: Sequence[Tag], href: str = "") -> str:
    return str(ui.table_row(Row(key, cells, href), Table(caption="", columns=()), tags, ()))


def writer(cells: Cells, show: Show) -> Write:
    """What writes the values of a column: without a cell between, where its cells are nothing but texts."""

    def by_cell(value: Any) -> Parts:
        return cells.parts(show(value))

    match getattr(show, "known", None):
        case Plain(text, None):
            return _plain(cells, text, by_cell)
        case Plain(text, href) if href is not None:
            linked = _linked(cells, text, href)
            return lambda value: by_cell(value) if value.__class__ is Masked else linked(value)
        case Named(start):
            named = _linked(cells, lambda value: value.label or value.id[:8], lambda value: start + value.id)
            return lambda value: named(value) if value.__class__ is Reference and value.visible else by_cell(value)
        case Fixed(few):
            written = {value: (str(joined([*cells.parts(cell)])), "") for value, cell in few.items()}
            return lambda value: written.get(value) or by_cell(value)
        case _:
            return by_cell


def _plain(cells: Cells, text: Callable[[Any], str], otherwise: Write) -> Write:
    before, after = cells.stencil(Cell("text")).pieces
    blank = cells.parts(Cell())

    def write(value: Any) -> Parts:
        if value.__class__ is Masked:
            return otherwise(value)
        shown = text(value)
        return (before, shown, after, "") if shown else blank

    return write


def _linked(cells: Cells, text: Callable[[Any], str], href: Callable[[Any], str]) -> Write:
    stencil, blank = cells.stencil(Cell("text", "href")), cells.parts(Cell())
    before, between, after = stencil.pieces
    assert stencil.order == (1, 0), "a cell prints its address before its text"

    def write(value: Any) -> Parts:
        shown = text(value)
        return (before, href(value), between, shown, after, "") if shown else blank

    return write


def row_maker(columns: Sequence[Column], shows: Sequence[Show], named: int, address: str, ui: Any) -> RowMaker:
    """The maker of a list's rows."""
    cells = [Cells(ui, column) for column in columns]
    bare = cut(lambda marks: _row(ui, marks[0], (), ()), 1)
    *head, last = bare.pieces
    begin, end = last.split(">", 1)
    return RowMaker(
        head=Stencil((*head, begin + ">"), bare.order),
        tail=end,
        writers=tuple(writer(cell, show) for cell, show in zip(cells, shows, strict=True)),
        blanks=tuple(cell.parts(Cell()) for cell in cells),
        link=cells[named].link(),
        shows=tuple(shows),
        named=named,
        address=address,
    )
