"""The file of rows that failed: their own columns, then number and reasons; mended, it can be imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from kith.runtime.transfer.safe import safe_text
from kith.runtime.transfer.table import ERRORS, ROW, Row
from kith.runtime.transfer.values import as_text


class ErrorFile:
    """Written as rows fail; there is none where nothing fails, or where nobody asked for it."""

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = [column for column in columns if column not in (ROW, ERRORS)]
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> ErrorFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, failed: Iterable[tuple[Row, Sequence[str]]]) -> None:
        """Add rows with their reasons."""
        for row, reasons in failed:
            if self.path is None:
                return
            if self._writer is None:
                # Excel takes a CSV for UTF-8 only where it begins with a mark.
                self._file = self.path.open("w", encoding="utf-8-sig", newline="")
                self._writer = csv.writer(self._file)
                self._writer.writerow([*self.columns, ROW, ERRORS])
            cells = [_shown(row.cells.get(column)) for column in self.columns]
            self._writer.writerow([*cells, row.number, safe_text("; ".join(reasons))])


def _shown(cell: Any) -> str:
    return "" if cell is None else safe_text(as_text(cell))
