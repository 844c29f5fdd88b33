"""Rows of a long list as HTML, made in Python: a macro called for each of five hundred cells costs more than the rest of the page.

The markup is that of `table_row` in `templates/macros/data.html`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from kith.web.showing import Show
from kith.web.view import Cell, Column

Icon = Callable[[str, str], Markup]
BLANK = " data-blank>–</td>"


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the rows of one list: a tag and a maker of cells for each column; the column `named` leads to the record."""

    tags: tuple[str, ...]
    shows: tuple[Show, ...]
    named: int
    address: str
    """What comes before a record's id in its address."""
    icon: Icon

    def row(self, id_: str, values: Sequence[Any], title: str) -> Markup:
        """One row; `title` is what the record is called where the cell that names it has no text."""
        key = escape(id_)
        parts = [f'<tr role="row" id="row-{key}" data-key="{key}">']
        for number, (tag, show, value) in enumerate(zip(self.tags, self.shows, values, strict=True)):
            parts.append(tag)
            if number == self.named:
                text = (show(value).text if value is not None else "") or title
                parts.append(f'><a class="record-link" href="{self.address}{key}">{escape(text)}</a></td>')
            elif value is None:
                parts.append(BLANK)
            else:
                parts.append(self.cell(show(value)))
        parts.append("</tr>")
        return Markup("".join(parts))  # noqa: S704 - every text in it is escaped

    def cell(self, cell: Cell) -> str:
        """What follows the beginning of a cell's tag."""
        if cell.chips:
            chips = [
                f'<span class="chip hue-{escape(chip.colour or "gray")}">{escape(chip.label)}</span>'
                for chip in cell.chips
            ]
            return f'><span class="chips">{"".join(chips)}</span></td>'
        if not cell.text:
            return BLANK
        text: str = escape(cell.text)
        if cell.href:
            text = f'<a href="{escape(cell.href)}">{text}</a>'
        elif cell.tone:
            text = f'<span class="{escape(cell.tone)}">{text}</span>'
        return f">{self.icon(cell.icon, cell.tone) if cell.icon else ''}{text}</td>"


def row_maker(columns: Sequence[Column], shows: Sequence[Show], named: int, address: str, icon: Icon) -> RowMaker:
    """The maker of a list's rows."""
    return RowMaker(tuple(str(column.tag[0]) for column in columns), tuple(shows), named, address, icon)
