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
from kith.web.stencils import cut, filled
from kith.web.view import Cell, Choice, Column, Row, Table

Filling = tuple[str, tuple[str, ...]]
"""A form (see `Stencil.form`) and the texts that fill it."""
Write = Callable[[Any], Filling]
Ticks = Sequence[str]
Tag = tuple[Markup, bool]
"""See Column.tag."""
BLANK = Cell()
ADDRESS_FIRST = "a cell prints its address before its text"
MOST = 500
"""Kinds of cells that a column keeps stencils of at once."""


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the rows of one list: a writer for each column; the column `named` leads to the record."""

    head: str
    order: tuple[int, ...]
    """Which texts stand in a row's head: its key (0), or what its record is called (1)."""
    tail: str
    writers: tuple[Write, ...]
    blanks: tuple[str, ...]
    shows: tuple[Show, ...]
    named: int
    address: str
    """What comes before a record's id in its address."""

    def body(self, rows: Iterable[Sequence[Any]], nameless: str) -> Markup:
        """The rows of records as a list has them: id, version, cells, title; `nameless` is for those without a title."""
        forms: list[str] = []
        texts: list[str] = []
        name, columns = self.shows[self.named], tuple(zip(self.writers, self.blanks, strict=True))
        for id_, _, *values, title in rows:
            key, value = str(id_), values[self.named]
            text = (name(value).text if value is not None else "") or str(title or nameless)
            values[self.named] = (self.address + key, text)
            forms.append(self.head)
            texts += [text if place else key for place in self.order]
            for value, (write, blank) in zip(values, columns, strict=True):
                if value is None:
                    forms.append(blank)
                else:
                    form, found = write(value)
                    forms.append(form)
                    texts += found
            forms.append(self.tail)
        return filled(forms, texts)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column: a form for each kind of them, and which texts fill it."""

    ui: Any
    column: Column
    kept: dict[Hashable, tuple[str, tuple[int, ...]]] = field(default_factory=dict)

    def filling(self, cell: Cell) -> Filling:
        """A cell."""
        if not cell.text and not cell.chips:
            cell = BLANK
        if cell.person is not None or cell.edit or cell.files:
            return self._html(cell, self.column.tag).replace("%", "%%"), ()
        form, order = self.form(cell)
        texts = (cell.text, cell.href, *(chip.label for chip in cell.chips))
        return form, tuple([texts[place] for place in order])

    def form(self, cell: Cell) -> tuple[str, tuple[int, ...]]:
        """The form of cells that differ in their texts alone, which are their text, href and labels of chips."""
        hues = tuple(chip.colour for chip in cell.chips)
        key = (bool(cell.text), bool(cell.href), hues, cell.icon, cell.tone, cell.lang, cell.share)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST:
                self.kept.clear()
            made = cut(lambda marks: self._html(_marked(cell, marks), self.column.tag), 2 + len(hues))
            found = self.kept[key] = made.form(), made.order
        return found

    def link(self) -> Write:
        """What writes the cell that leads to the record: of its address and its text."""
        made = cut(lambda marks: self._html(Cell(marks[1]), (self.column.tag[0], True), marks[0]), 2)
        assert made.order == (0, 1), ADDRESS_FIRST
        form = made.form()
        return lambda address_and_text: (form, address_and_text)

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
    return Cell(text, href, chips, icon=cell.icon, tone=cell.tone, lang=cell.lang, share=cell.share)


def _row(
    ui: Any, key: str, cells: Sequence[Cell], tags: Sequence[Tag], href: str = "", ticks: Ticks = (), label: str = ""
) -> str:
    return str(ui.table_row(Row(key, cells, href, label=label), Table(caption="", columns=()), tags, ticks))


def writer(cells: Cells, show: Show) -> Write:
    """What writes the values of a column: without a cell between, where its cells are nothing but texts."""

    def by_cell(value: Any) -> Filling:
        return cells.filling(show(value))

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
            written = {value: (whole(*cells.filling(cell)), ()) for value, cell in few.items()}
            return lambda value: written.get(value) or by_cell(value)
        case _:
            return by_cell


def whole(form: str, texts: Sequence[str]) -> str:
    """A filled form as one that has no more texts."""
    return filled([form], texts).replace("%", "%%")


def _plain(cells: Cells, text: Callable[[Any], str], otherwise: Write) -> Write:
    (form, _), blank = cells.form(Cell("text")), cells.filling(Cell())

    def write(value: Any) -> Filling:
        if value.__class__ is Masked:
            return otherwise(value)
        shown = text(value)
        return (form, (shown,)) if shown else blank

    return write


def _linked(cells: Cells, text: Callable[[Any], str], href: Callable[[Any], str]) -> Write:
    (form, order), blank = cells.form(Cell("text", "href")), cells.filling(Cell())
    assert order == (1, 0), ADDRESS_FIRST

    def write(value: Any) -> Filling:
        shown = text(value)
        return (form, (href(value), shown)) if shown else blank

    return write


def row_maker(
    columns: Sequence[Column], shows: Sequence[Show], named: int, address: str, ui: Any, ticks: Ticks = ()
) -> RowMaker:
    """The maker of a list's rows; `ticks` is what is said around a record's name of the box that chooses it, if any."""
    cells = [Cells(ui, column) for column in columns]
    writers = [writer(cell, show) for cell, show in zip(cells, shows, strict=True)]
    bare = cut(lambda marks: _row(ui, marks[0], (), (), ticks=ticks, label=marks[1]), 2)
    head, end, rest = bare.form().rpartition("</tr>")
    return RowMaker(
        head=head,
        order=bare.order,
        tail=end + rest,
        writers=(*writers[:named], cells[named].link(), *writers[named + 1 :]),
        blanks=tuple(whole(*cell.filling(Cell())) for cell in cells),
        shows=tuple(shows),
        named=named,
        address=address,
    )
