"""Rows into CSV, XLSX or JSON; no cell of them is taken for a formula."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from kith.runtime.transfer.safe import safe_text
from kith.runtime.transfer.table import Unreadable
from kith.runtime.transfer.values import as_text

Cells = Sequence[Any]
Writer = Callable[[Path, Sequence[str], Iterable[Cells]], int]


def written(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> int:
    """Write a file in the format of its name; how many rows there were. Raises Unreadable where no file can be made."""
    if path.suffix.lower() not in WRITERS:
        raise Unreadable("unknown_ending", file=path.name, known=", ".join(WRITERS))
    if not path.parent.is_dir() or path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Unreadable("cannot_write", file=path)
    return WRITERS[path.suffix.lower()](path, columns, rows)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> int:
    """CSV in UTF-8 with a mark, without which Excel takes it for something else."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_text(name) for name in columns])
        for row in rows:
            writer.writerow([_csv_cell(cell) for cell in row])
            count += 1
    return count


def _csv_cell(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else safe_text(as_text(cell))


def write_json(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> int:
    """A JSON list of objects; decimals and dates as texts."""
    count = 0
    with path.open("wb") as file:
        file.write(b"[")
        for row in rows:
            file.write(
                (b",\n" if count else b"\n") + orjson.dumps(dict(zip(columns, map(_json_cell, row), strict=True)))
            )
            count += 1
        file.write(b"\n]\n")
    return count


def _json_cell(cell: Any) -> Any:
    if isinstance(cell, (bool, int, str)) or cell is None:
        return cell
    return _csv_cell(cell)


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Cells]) -> int:
    """A workbook, row by row to the disk; texts are texts, whatever they begin with."""
    import xlsxwriter  # type: ignore[import-untyped]

    count = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name)
        for count, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                _write_cell(sheet, count, at, cell)
    return count


def _write_cell(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int) and abs(cell) < 10**15:
        sheet.write_number(row, column, cell)
    elif isinstance(cell, Decimal) and len(cell.as_tuple().digits) <= 15:
        sheet.write_number(row, column, float(cell))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell)
    else:
        sheet.write_string(row, column, as_text(cell))


WRITERS: Mapping[str, Writer] = {".csv": write_csv, ".json": write_json, ".xlsx": write_xlsx}
