"""Opening a file of any format that an import can read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kith.runtime.transfer.delimited import open_delimited
from kith.runtime.transfer.objects import open_objects
from kith.runtime.transfer.sheets import open_sheet, sheet_names
from kith.runtime.transfer.table import Settings, Table, Unreadable

OLD_WORKBOOK, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def settings_of(file: Mapping[str, object]) -> Settings:
    """What a document of kind import says about its file."""
    columns = file.get("columns")
    return Settings(
        format=str(file.get("format") or ""),
        delimiter=str(file.get("delimiter") or ""),
        encoding=str(file.get("encoding") or ""),
        header=bool(file.get("header", True)),
        columns=tuple(str(name) for name in columns) if isinstance(columns, (list, tuple)) else (),
        sheet=str(file.get("sheet") or ""),
        skip=int(str(file.get("skip") or 0)),
    )


def sheets_in(path: Path) -> tuple[str, ...]:
    """The sheets of a file, none where it is no workbook; raises Unreadable."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise Unreadable("no_such_file") from None
    except OSError as error:
        raise Unreadable("cannot_open", reason=error.strerror or str(error)) from None
    return sheet_names(path) if head.startswith((OLD_WORKBOOK, ZIP)) else ()


def open_table(path: Path, settings: Settings) -> Table:
    """The table in a file. What the file is decides over what was said of it; raises Unreadable."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
        if head.startswith((OLD_WORKBOOK, ZIP)):
            return open_sheet(path, settings)
        if settings.format in ("xls", "xlsx"):
            # An error file comes back as text, also where the first file was a workbook.
            settings = Settings(header=settings.header, columns=settings.columns, skip=settings.skip)
        if settings.format == "json" or (not settings.format and path.suffix.lower() == ".json"):
            return open_objects(path, settings)
        return open_delimited(path, settings)
    except FileNotFoundError:
        raise Unreadable("no_such_file") from None
    except OSError as error:
        raise Unreadable("cannot_open", reason=error.strerror or str(error)) from None
