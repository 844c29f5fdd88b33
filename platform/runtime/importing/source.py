"""The rows of an upload: looked at for a page, or read on and on by a job, wherever it goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import sqlalchemy as sa

from kith.runtime.files.reading import whole
from kith.runtime.importing.drafts import Draft, Look
from kith.runtime.transfer.opening import open_table
from kith.runtime.transfer.table import Cell, Row, Settings, Table, Unreadable
from kith.runtime.transfer.values import as_text

SAMPLE = 8
"""Rows that a page shows."""
MOST_COLUMNS = 250
"""Columns of a file that a page can ask about."""
LONGEST = 200
"""Characters of a cell that a page shows."""
OPEN = 2
"""Files that are open at once, each at the place that its job has come to."""


@contextmanager
def on_disk(connection: sa.Connection, file: str, name: str) -> Iterator[Path]:
    """The bytes of an upload as a file, as long as this lasts; raises Unreadable where they are gone."""
    with NamedTemporaryFile(prefix="kith-import-", suffix=Path(name).suffix.lower()[:8]) as copy:
        for data in whole(connection, file):
            copy.write(data)
        copy.flush()
        if not copy.tell():
            raise Unreadable("upload_gone")
        yield Path(copy.name)


def look_at(path: Path, settings: Settings) -> Look:
    """What a file looks like; raises Unreadable."""
    table = open_table(path, settings)
    try:
        if len(table.columns) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", limit=MOST_COLUMNS)
        rows = list(islice(table.rows, SAMPLE))
        sample = tuple(tuple(text_of(row.cells.get(one))[:LONGEST] for one in table.columns) for row in rows)
        return Look(
            table.format,
            table.encoding,
            table.delimiter,
            settings.header,
            table.sheet,
            table.sheets,
            table.columns,
            table.total,
            sample,
        )
    finally:
        table.close()


def settings_of(look: Look) -> Settings:
    """What is known of a file, to open it again."""
    return Settings(look.format, look.delimiter, look.encoding, look.header, sheet=look.sheet)


def text_of(cell: Cell) -> str:
    """A cell as the text that stands for it."""
    return "" if cell is None else as_text(cell).replace("\0", "")


@dataclass(slots=True)
class Reading:
    """A file that is open at some row, and what has been seen on the way there."""

    table: Table
    key: tuple[str, ...]
    at: int = 0
    seen: set[int] = field(default_factory=set)

    def take(self, count: int, fixes: Draft) -> list[Row]:
        """The next rows, with their cells as they were mended."""
        rows = [_mended(row, fixes) for row in islice(self.table.rows, count)]
        self.at += len(rows)
        return rows

    def repeated(self, rows: Sequence[Row]) -> list[int]:
        """The numbers of rows that name a record which an earlier row has named."""
        found: list[int] = []
        for row in rows if self.key else ():
            parts = [text_of(row.cells.get(column)).strip().casefold() for column in self.key]
            if not all(parts):
                continue
            sign = hash(tuple(parts))
            if sign in self.seen:
                found.append(row.number)
            self.seen.add(sign)
        return found


_OPEN: dict[str, Reading] = {}
_TURN = threading.Lock()


@contextmanager
def reading(connection: sa.Connection, draft: Draft, job: str, at: int, key: tuple[str, ...]) -> Iterator[Reading]:
    """The file of a job, read up to a row: from where its last step has left it, else from the beginning. Raises Unreadable."""
    with _TURN:
        found = _OPEN.pop(job, None)
    if found is not None and found.at != at:
        found.table.close()
        found = None
    if found is None:
        found = _opened(connection, draft, at, key)
    try:
        yield found
    except BaseException:
        found.table.close()
        raise
    with _TURN:
        _OPEN[job] = found
        for other in list(_OPEN)[:-OPEN]:
            _OPEN.pop(other).table.close()


def let_go(job: str) -> None:
    """Close the file of a job that is over."""
    with _TURN, suppress(KeyError):
        _OPEN.pop(job).table.close()


def _opened(connection: sa.Connection, draft: Draft, at: int, key: tuple[str, ...]) -> Reading:
    # What is open stays readable when its name goes: nothing is left behind, whatever becomes of this process.
    with on_disk(connection, draft.file, draft.name) as path:
        found = Reading(open_table(path, settings_of(draft.look)), key)
    while found.at < at and (rows := found.take(min(1_000, at - found.at), draft)):
        found.repeated(rows)
    return found


def _mended(row: Row, draft: Draft) -> Row:
    fixes = draft.plan.fixes.get(str(row.number))
    return replace(row, cells={**row.cells, **fixes}) if fixes else row
