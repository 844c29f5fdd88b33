"""Files as tables: encodings, delimiters, quotes, ragged rows, sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from kith.runtime.transfer.opening import open_table
from kith.runtime.transfer.table import Row, Settings, Table, Unreadable

CHINESE = "姓名,城市\n张伟,上海\n"


def opened(tmp_path: Path, content: str | bytes, **settings: object) -> Table:
    path = tmp_path / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, Settings(**settings))  # type: ignore[arg-type]


def rows(table: Table) -> list[Row]:
    try:
        return list(table.rows)
    finally:
        table.close()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("nom,ville\nRené,Besançon\n".encode("latin-1"), "cp1252"),
    ],
)
def test_the_encoding_is_found_out_and_told(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = opened(tmp_path, content)
    assert table.encoding == encoding
    (row,) = rows(table)
    assert list(row.cells.values()) in (["张伟", "上海"], ["1", "2"], ["René", "Besançon"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    table = opened(tmp_path, delimiter.join("abc") + "\n" + delimiter.join("123") + "\n")
    assert (table.delimiter, table.columns) == (delimiter, ("a", "b", "c"))
    assert len(rows(table)) == 1


def test_runs_of_blanks_part_columns_and_names_are_given(tmp_path: Path) -> None:
    table = opened(tmp_path, " 1   x\r\n\r\n22\ty \r\n", delimiter="blanks", header=False, columns=("n", "t"))
    assert [(row.number, dict(row.cells)) for row in rows(table)] == [
        (1, {"n": "1", "t": "x"}),
        (3, {"n": "22", "t": "y"}),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1", "ragged"),
        ("1,2,3", "ragged"),
        ("1,2,", "ragged"),
        ('1,"2"x', "bad_quotes"),
        ('1,"2\n3"', None),
        ("1,", None),
    ],
)
def test_a_row_that_does_not_fit_says_so_and_the_next_is_read(tmp_path: Path, line: str, problem: str | None) -> None:
    found = rows(opened(tmp_path, f"a,b\n{line}\n8,9\n"))
    code = found[0].problem[0] if found[0].problem else None
    assert code == problem
    assert dict(found[1].cells) == {"a": "8", "b": "9"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\n\n", "no_rows"),
        ('a,b\n1,"2\n3,4\n', "open_quote"),
        (bytes(range(256)), "binary"),
        (b"PK\x03\x04 no workbook", "broken_file"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, content: str | bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rows(opened(tmp_path, content))
    assert refused.value.code == code


def test_a_sheet_is_chosen_by_name_and_whole_numbers_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("一").write(0, 0, "x")
        sheet = book.add_worksheet("二")
        sheet.write_row(0, 0, ["no", "amount", "note"])
        sheet.write_row(1, 0, [7, 1.5])
        sheet.write_row(2, 0, [8, 2])
        sheet.write_string(2, 2, "=1")
    table = open_table(path, Settings(sheet="二"))
    assert table.sheets == ("一", "二")
    assert [dict(row.cells) for row in table.rows] == [
        {"no": 7, "amount": 1.5, "note": None},
        {"no": 8, "amount": 2, "note": "=1"},
    ]
    with pytest.raises(Unreadable, match="no_sheet"):
        open_table(path, Settings(sheet="三"))
