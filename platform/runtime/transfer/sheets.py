"""Spreadsheets, old and new: one sheet as a table, within bounds that a small file cannot blow up."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from kith.runtime.transfer.table import Cell, Settings, Table, Unreadable, named, row_of
from kith.runtime.transfer.unpacking import MAX_CELLS, check_size


def open_sheet(path: Path, settings: Settings) -> Table:
    """A sheet as a table: the one that is named, else the first; raises Unreadable."""
    book = _book(path)
    names = tuple(book.sheet_names)
    if not names:
        raise Unreadable("no_rows")
    try:
        if settings.sheet and settings.sheet not in names:
            raise Unreadable("no_sheet", sheet=settings.sheet, sheets=", ".join(names))
        name = settings.sheet or names[0]
        sheet = book.get_sheet_by_name(name)
    except CalamineError as error:
        raise Unreadable("broken_file", reason=str(error)) from None
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise Unreadable("too_many_cells", limit=MAX_CELLS)
    return _table(sheet, name, names, settings)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook, also those without rows; raises Unreadable."""
    return tuple(_book(path).sheet_names)


def _book(path: Path) -> CalamineWorkbook:
    check_size(path)
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise Unreadable("password") from None
    except CalamineError as error:
        raise Unreadable("broken_file", reason=str(error)) from None


def _table(sheet: CalamineSheet, name: str, names: tuple[str, ...], settings: Settings) -> Table:
    # The reader gives rows above the first filled one as empty ones: numbers are those of the sheet.
    numbered = enumerate(sheet.iter_rows(), 1)
    rows = ((number, row) for number, row in numbered if number > settings.skip and any(cell != "" for cell in row))
    number, first = next(rows, (0, []))
    if not first:
        raise Unreadable("no_rows")
    heads: list[Cell] = list(first) if settings.header else [f"column {index}" for index in range(1, len(first) + 1)]
    columns = named(heads, settings.columns)
    data = rows if settings.header else chain([(number, first)], rows)
    found = (row_of(at, columns, [plain(cell) for cell in row], len(first)) for at, row in data)
    kind = settings.format if settings.format in ("xls", "xlsx") else "xlsx"
    total = max(sheet.height - number + (0 if settings.header else 1), 0)
    return Table(kind, columns, found, sheet=name, sheets=names, total=total)


def plain(cell: object) -> Cell:
    """A cell as a value; whole numbers are whole, for sheets know only one kind of number."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell if cell != "" else None  # type: ignore[return-value]
