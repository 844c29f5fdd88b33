"""Files, workbooks and folders as sheets; what cannot be read becomes a sentence, never a crash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from kith.inferring.columns import Gathering, Sheet
from kith.inferring.findings import Note
from kith.inferring.heading import NUMBER, Heading, Line, heading_of, numbered, text_of
from kith.problems import Words
from kith.runtime.transfer.delimited import BLANKS
from kith.runtime.transfer.opening import open_table, sheets_in
from kith.runtime.transfer.table import Row, Settings, Table, Unreadable
from kith.runtime.write.messages import texts

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm")
PEEKED = 30
"""Rows by which the heading is found."""
WIDEST = 1_000
"""Columns of a sheet."""
MAX_CELLS = 8_000_000
"""Cells of all files together: each costs some eight bytes, besides the distinct values."""
RAW = tuple(str(index) for index in range(WIDEST + 1))


def open_all(paths: Sequence[Path]) -> tuple[list[Sheet], list[Note]]:
    """The sheets of files and folders, and why others could not be read."""
    sheets: list[Sheet] = []
    notes: list[Note] = []
    for path in files_in(paths):
        left = MAX_CELLS - sum(sheet.rows * len(sheet.columns) for sheet in sheets)
        for found in sheets_of(path, left):
            if isinstance(found, Sheet):
                sheets.append(found)
            else:
                notes.append(found)
    return sheets, notes


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and those of folders that may be tables."""
    for path in paths:
        if path.is_dir():
            inside = sorted(path.iterdir())
            yield from (one for one in inside if one.suffix.lower() in ENDINGS and not one.name.startswith((".", "~")))
        else:
            yield path


def sheets_of(path: Path, left: int) -> Iterator[Sheet | Note]:
    """The sheets of one file, of which `left` cells may be read; a note for each that cannot be read."""
    try:
        names = sheets_in(path)
    except Unreadable as error:
        yield refused(path.name, error)
        return
    if not names:
        yield _sheet_or_note(path, Settings(), path.stem, left)
    for name in names:
        called = path.stem if len(names) == 1 else name
        found = _sheet_or_note(path, Settings(sheet=name), called, left)
        if isinstance(found, Sheet):
            left -= found.rows * len(found.columns)
        yield found


def refused(place: str, error: Unreadable) -> Note:
    """Why a file cannot be read, in both languages."""
    return Note(place, Words(sentence("en", error), sentence("zh-CN", error)))


def sentence(language: str, error: Unreadable) -> str:
    """An error of reading as the runtime says it."""
    said = texts(language)
    key = f"unreadable.{error.code}"
    return said(key if key in said else f"import.{error.code}", **error.values)


def _sheet_or_note(path: Path, settings: Settings, name: str, left: int) -> Sheet | Note:
    place = f"{path.name} · {settings.sheet}" if settings.sheet else path.name
    try:
        return _sheet(path, settings, name, place, left)
    except Unreadable as error:
        return refused(place, error)


def _sheet(path: Path, settings: Settings, name: str, place: str, left: int) -> Sheet:
    lines = _lines(path, settings)
    if not lines:
        raise Unreadable("no_rows")
    if not settings.sheet and is_by_blanks(lines):
        settings = replace(settings, delimiter=BLANKS)
        lines = _lines(path, settings)
    if max(len(cells) for _, cells in lines) > WIDEST:
        raise Unreadable("too_many_columns", limit=WIDEST)
    heading = heading_of(lines)
    found = _read(path, settings, name, place, left, heading)
    if heading.header and not heading.is_told and comes_again(found):
        return _read(path, settings, name, place, left, numbered(len(heading.names), heading.skip))
    return found


def comes_again(sheet: Sheet) -> bool:
    """Whether what was taken for headings are values of their columns: then no row names them."""
    again = sum(column.header in column.texts for column in sheet.columns)
    return again * 2 > len(sheet.columns)


def _read(path: Path, settings: Settings, name: str, place: str, left: int, heading: Heading) -> Sheet:
    """A sheet whose heading is known, all rows read."""
    named = replace(
        settings,
        skip=heading.skip,
        header=heading.header,
        columns=heading.names if heading.is_told else (),
    )
    table = open_table(path, named)
    try:
        return _gathered(path, name, place, table, named, heading, left)
    finally:
        table.close()


def is_by_blanks(lines: Sequence[Line]) -> bool:
    """Whether each line is one cell of equally many parts, three at least, of which most are numbers."""
    parts = [str(cells[0]).split() for _, cells in lines if len(cells) == 1]
    widths = {len(one) for one in parts}
    if len(parts) < len(lines) or len(parts) < 3 or len(widths) != 1 or min(widths) < 3:
        return False
    numbers = sum(bool(NUMBER.fullmatch(text)) for one in parts for text in one)
    return numbers * 2 > len(parts) * min(widths)


def _lines(path: Path, settings: Settings) -> list[Line]:
    """The first rows as they stand in the file, whatever their lengths."""
    table = open_table(path, replace(settings, header=False, columns=RAW))
    try:
        found = []
        for row in islice(table.rows, PEEKED):
            cells = list(row.cells.values())
            while cells and text_of(cells[-1]) == "":
                cells.pop()
            if cells and (row.problem is None or row.problem[0] == "ragged"):
                found.append((row.number, cells))
        return found
    finally:
        table.close()


def _gathered(
    path: Path, name: str, place: str, table: Table, settings: Settings, heading: Heading, left: int
) -> Sheet:
    shown = heading.shown if heading.header else table.columns
    gathering = [
        Gathering(column, shown[index] if index < len(shown) else column) for index, column in enumerate(table.columns)
    ]
    bad: list[Row] = []
    count = 0
    for row in table.rows:
        if row.problem is not None:
            bad.append(row)
            continue
        count += 1
        if count * len(gathering) > left:
            raise Unreadable("too_many_cells", limit=MAX_CELLS)
        for column in gathering:
            column.add(row.cells.get(column.name))
    notes = [Note(place, words) for words in heading.notes]
    if not count:
        notes.append(Note(place, Words("There are no rows below the headings.", "标题下没有数据行。")))
    if bad:
        notes.append(_failing(place, bad))
    kind = "xls" if table.sheet and path.suffix.lower() == ".xls" else table.format
    said = replace(settings, format=kind, delimiter=table.delimiter, encoding=table.encoding)
    return Sheet(name, path, said, tuple(column.done() for column in gathering), count, len(bad), tuple(notes))


def _failing(place: str, rows: Sequence[Row]) -> Note:
    """Rows that an import refuses, with the reason of the first."""
    count, first = len(rows), rows[0]
    assert first.problem is not None
    code, values = first.problem
    numbers = ", ".join(str(row.number) for row in rows[:10]) + (" …" if count > 10 else "")
    en, zh = (texts(language)(f"row.{code}", **values) for language in ("en", "zh-CN"))
    return Note(
        place,
        Words(
            f"{count:,} rows cannot be read and will fail: {numbers}. Row {first.number}: {en}",
            f"{count:,} 行无法读取，导入时会失败：{numbers}。第 {first.number} 行：{zh}",
        ),
    )
