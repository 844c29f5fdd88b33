"""Workbooks that are small and would blow up: refused before the reader takes them into memory, by import and infer alike."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from kith.inferring.findings import Note
from kith.inferring.opening import sheets_of
from kith.runtime.transfer import unpacking
from kith.runtime.transfer.opening import open_table
from kith.runtime.transfer.table import Settings, Unreadable

SHEET = "xl/worksheets/sheet1.xml"
CORNER = '<c r="XFD1048576"><v>1</v></c>'
PREFIXED = '<x:row><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
UNPLACED = f"<row>{'<c><v>1</v></c>' * 9_000}</row>{'<row/>' * 9_000}<row><c><v>1</v></c></row>"
BEGINS, ENDS = "<worksheet><sheetData>", "</sheetData></worksheet>"
MOST = 16 << 20


def workbook(path: Path, sheet: str | None = None, more: Mapping[str, bytes] | None = None) -> Path:
    """A workbook of two rows; its sheet may be another, and it may have more parts."""
    made = xlsxwriter.Workbook(str(path))
    page = made.add_worksheet()
    page.write_row(0, 0, ["name", "city"])
    page.write_row(1, 0, ["张伟", "上海"])
    page.set_column(0, 5, None, made.add_format({"bold": True}))
    page.write_blank(5_000, 16_383, None, made.add_format({"bold": True}))
    made.close()
    with zipfile.ZipFile(path) as there:
        parts = {one.filename: there.read(one) for one in there.infolist()}
    parts |= {SHEET: parts[SHEET] if sheet is None else sheet.encode()} | dict(more or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as anew:
        for name, content in parts.items():
            anew.writestr(name, content)
    return path


def lying(path: Path) -> Path:
    """A workbook with a part that says it is short."""
    workbook(path, more={"xl/media/image1.png": b"\0" * (64 << 20)})
    raw, size = path.read_bytes(), (64 << 20).to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (100).to_bytes(4, "little")))
    return path


BOMBS: Mapping[str, tuple[str, Callable[[Path], Path]]] = {
    "two cells at opposite corners": (
        "too_many_cells",
        lambda path: workbook(path, f'{BEGINS}<row r="1"><c r="A1"><v>1</v></c>{CORNER}</row>{ENDS}'),
    ),
    "cells that do not say where they are": (
        "too_many_cells",
        lambda path: workbook(path, f"{BEGINS}{UNPLACED}{ENDS}"),
    ),
    "cells under a prefix": (
        "too_many_cells",
        lambda path: workbook(path, f'<x:sheet xmlns:x="y"><x:sheetData>{PREFIXED}</x:sheetData></x:sheet>'),
    ),
    "cells in another encoding": (
        "too_many_cells",
        lambda path: workbook(path, more={"xl/other.xml": f"{BEGINS}<row>{CORNER}</row>{ENDS}".encode("utf-16")}),
    ),
    "entities that stand for much": (
        "broken_file",
        lambda path: workbook(path, f'<!DOCTYPE a [<!ENTITY b "{"c" * 1_000}">]>{BEGINS}<row><c><v>&b;</v></c></row>{ENDS}'),
    ),
    "a sheet that is no XML": (
        "broken_file",
        lambda path: workbook(path, f'{BEGINS}<row><c s="1"><v>1</c></row>{ENDS}'),
    ),
    "much of nothing": ("unpacks", lambda path: workbook(path, more={"xl/media/image1.png": b"\0" * (64 << 20)})),
    "a part that says it is short": ("unpacks", lying),
    "many parts": ("unpacks", lambda path: workbook(path, more={f"xl/media/{number}": b"" for number in range(5_001)})),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_workbook_that_would_blow_up_is_refused_in_little_memory(tmp_path: Path, bomb: str) -> None:
    code, made = BOMBS[bomb]
    path = made(tmp_path / "bomb.xlsx")
    assert path.stat().st_size < MOST
    tracemalloc.start()
    with pytest.raises(Unreadable) as refused:
        open_table(path, Settings())
    (inferred,) = sheets_of(path, 1_000)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.value.code, isinstance(inferred, Note)) == (code, True)
    assert most < MOST


def test_what_is_only_coloured_is_no_part_of_the_table(tmp_path: Path) -> None:
    table = open_table(workbook(tmp_path / "plain.xlsx"), Settings())
    assert [list(row.cells.values()) for row in table.rows] == [["张伟", "上海"]]


def test_a_file_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 1 << 10)
    with pytest.raises(Unreadable) as refused:
        open_table(workbook(tmp_path / "plain.xlsx"), Settings())
    assert refused.value.code == "large_file"
