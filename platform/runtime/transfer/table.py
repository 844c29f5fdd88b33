"""A file as a table: named columns and numbered rows, whatever its format was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | int | float | Decimal | bool | date | datetime | time | timedelta | list[object] | None

ROW, ERRORS = "_row", "_errors"
"""The columns of an error file besides those of the file it came from."""


class Unreadable(Exception):
    """A file that cannot be read at all: the key of the sentence in the runtime's texts, and its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known of a file beforehand; "" and None are found out."""

    format: str = ""
    """delimited, xls, xlsx, json."""
    delimiter: str = ""
    """One character, or `blanks` for runs of spaces and tabs."""
    encoding: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()
    sheet: str = ""
    skip: int = 0
    """Rows to leave out at the top."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts (the first row of the file is 1), and its cells by column.

    `problem` says why it cannot be used, as a key of the runtime's texts with its values; `cells` then hold what there
    is.
    """

    number: int
    cells: Mapping[str, Cell]
    problem: tuple[str, Mapping[str, object]] | None = None


@dataclass(slots=True)
class Table:
    """An open file. `rows` can be walked through once; `close` lets go of the file."""

    format: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    total: int = 0
    """How many rows there are, 0 where nobody knows beforehand."""
    close: Callable[[], None] = field(default=lambda: None)


def named(cells: Sequence[Cell], wanted: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns: those that were given, else the cells of the header; raises Unreadable."""
    names = [str(cell).strip() if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    found = tuple(wanted) or tuple(name or f"column {index}" for index, name in enumerate(names, 1))
    if not found:
        raise Unreadable("no_columns")
    doubles = sorted({name for name in found if found.count(name) > 1})
    if doubles:
        raise Unreadable("column_twice", column=doubles[0])
    return found


def row_of(number: int, columns: Sequence[str], cells: Sequence[Cell], width: int) -> Row:
    """A row of cells; one with too many or too few of them says so.

    `width` counts the cells of the header with those that name nothing: such columns are left out while they are empty.
    """
    found = dict(zip(columns, cells, strict=False))
    rest = [cell for cell in cells[len(columns) :] if cell not in (None, "")]
    if len(cells) < len(columns) or len(cells) > max(width, len(columns)) or rest:
        return Row(number, found, ("ragged", {"count": len(cells), "wanted": len(columns)}))
    return Row(number, found)
