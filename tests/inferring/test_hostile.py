"""Files that are no tables, or hardly: an app that is sound and takes them, or a sentence; never a crash."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from kith.inferring.inferring import infer
from tests.inferring.world import model_of, said, world_of

TABLE = "code,name,day\nA1,甲,2025-01-01\nA2,乙,2025-01-02\nA3,丙,2025-01-03\n"
Sheets = dict[str, list[list[object]]]


def book(path: Path, sheets: Sheets, **options: object) -> Path:
    """A workbook; texts that begin with = are formulas."""
    with xlsxwriter.Workbook(str(path), options) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, (date, datetime)):
                        sheet.write_datetime(number, place, cell, day)
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return path


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n\n\n", "The file holds no rows."),
        (bytes(range(256)) * 20, "The file is neither text nor a spreadsheet."),
        (b"PK\x03\x04 no workbook", "The workbook cannot be read"),
        (b'a,b\n"never closed,1\n', "A quotation mark is opened and never closed."),
        (b"a" * (2 << 20), "A line has more than"),
        (",".join(f"c{n}" for n in range(1_200)).encode() + b"\n1\n", "The sheet has more than 1,000 columns."),
    ],
)
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    found = infer([path])
    assert not found.proposal.entities
    assert any(reason in note.words.en for note in found.proposal.notes), found.proposal.notes


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    found = infer([tmp_path / "missing.csv"])
    assert [note.words.en for note in found.proposal.notes] == ["There is no such file."]


def test_one_bad_file_does_not_keep_others_out(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"")
    (tmp_path / "good.csv").write_text(TABLE, "utf-8")
    (tmp_path / "notes.md").write_text("no table", "utf-8")
    found = infer([tmp_path])
    assert list(found.proposal.entities) == ["good"]
    assert [note.place for note in found.proposal.notes] == ["bad.csv"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "gb18030"])
def test_encodings_are_found_and_told_to_the_import(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "things.csv"
    path.write_text(TABLE * 1, encoding)
    with world_of([path], tmp_path) as world:
        assert world.feed()["things"].failed == 0
        assert world.ask("thing", "count()", 'name == "乙"') == 1


def wide(folder: Path) -> Path:
    path = folder / "wide.csv"
    heads = ",".join(f"field {n}" for n in range(500))
    rows = "\n".join(",".join(str(n * row) for n in range(500)) for row in range(1, 8))
    path.write_text(f"{heads}\n{rows}\n", "utf-8")
    return path


def huge_cells(folder: Path) -> Path:
    path = folder / "huge.csv"
    path.write_text(f"code,text\n1,{'x' * 30_000}\n2,{'y' * 300}\n3,z\n", "utf-8")
    return path


def old_dates(folder: Path) -> Path:
    rows: list[list[object]] = [["what", "when"], *([f"w{n}", date(2025, 1, n)] for n in range(1, 9))]
    return book(folder / "old.xlsx", {"Sheet1": rows}, date_1904=True)


def mixed_cells(folder: Path) -> Path:
    rows: list[list[object]] = [
        ["no", "cell", "formula", "truth"],
        [1, "text", "=1+1", True],
        [2, 2.5, "=A2*2", False],
        [3, date(2025, 1, 3), '="a"&"b"', True],
        [4, None, "=1/0", None],
    ]
    return book(folder / "mixed.xlsx", {"Data": rows, "Empty": [], "Only heads": [["a", "b"]]})


def title_and_groups(folder: Path) -> Path:
    rows: list[list[object]] = [
        ["Report of the year"],
        [],
        ["Customer", None, "Sales", None],
        ["code", "name", "amount", "day"],
        *([f"C{n}", f"Name {n}", n * 10.5, date(2025, 2, n)] for n in range(1, 7)),
    ]
    return book(folder / "grouped.xlsx", {"Sheet1": rows})


def several_sheets(folder: Path) -> Path:
    customers: list[list[object]] = [["customer id", "name"]]
    customers += [[f"C{n}", f"Name {n}"] for n in range(1, 7)]
    calls: list[list[object]] = [
        ["call id", "customer id", "on"],
        *([n, f"C{n % 6 + 1}", date(2025, 3, n)] for n in range(1, 20)),
    ]
    return book(folder / "crm.xlsx", {"Calls": calls, "Customers": customers})


def numbers_in_sheets(folder: Path) -> Path:
    stores: list[list[object]] = [["store no", "Town"], *([n, f"Town {n}"] for n in range(101, 109))]
    visits: list[list[object]] = [["visit no", "store no", "grade"]]
    visits += [[f"V{n}", 101 + n % 8, "Abc"[n % 3]] for n in range(1, 30)]
    return book(folder / "numbers.xlsx", {"visits": visits, "stores": stores})


@pytest.mark.parametrize(
    "make", [numbers_in_sheets, wide, huge_cells, old_dates, mixed_cells, title_and_groups, several_sheets]
)
def test_hard_files_become_sound_apps_that_take_them(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with world_of([make(tmp_path)], tmp_path) as world:
        for name, result in world.feed().items():
            assert result.failed == 0, (name, result.reasons)
        for entity in world.found.proposal.entities.values():
            assert world.ask(entity.name, "count()") == entity.count


def test_dates_of_either_epoch_are_the_days_that_people_see(tmp_path: Path) -> None:
    with world_of([old_dates(tmp_path)], tmp_path) as world:
        world.feed()
        assert (world.ask("record_old", "min(when)"), world.ask("record_old", "max(when)")) == (
            date(2025, 1, 1),
            date(2025, 1, 8),
        )


def test_headings_in_two_rows_below_a_title_are_read_together(tmp_path: Path) -> None:
    found = infer([title_and_groups(tmp_path)])
    (entity,) = found.proposal.entities.values()
    assert [one.label.en for one in entity.fields.values()] == [
        "Customer code",
        "Customer name",
        "Sales amount",
        "Sales day",
    ]
    assert found.proposal.imports[0].file["skip"] == 3


def test_sheets_of_one_book_refer_to_each_other(tmp_path: Path) -> None:
    model = model_of(infer([several_sheets(tmp_path)]))
    assert model.entities["call"].fields["customer_id"].to == "customer"


def test_references_stand_where_codes_are_numbers_or_differ_in_capitals(tmp_path: Path) -> None:
    with world_of([numbers_in_sheets(tmp_path)], tmp_path) as world:
        assert world.release.model.entities["visit"].fields["store_no"].to == "store"
        world.feed()
        assert world.ask("visit", "count()", 'store_no.town == "Town 102"') == 4
    (tmp_path / "a.csv").write_text("code,what\nX1,a\nX2,b\nX3,c\n", "utf-8")
    (tmp_path / "b.csv").write_text(
        "no,a code\n" + "".join(f"N{n},{'xX'[n % 2]}{n % 3 + 1}\n" for n in range(12)), "utf-8"
    )
    (tmp_path / "second").mkdir()
    with world_of([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "second") as world:
        assert all(result.failed == 0 for result in world.feed().values())
        assert world.ask("b", "count()", 'a_code.what == "b"') == 4


def test_texts_that_no_field_holds_are_told_to_fail(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"code,text\n1,{'x' * 70_000}\n2,short\n3,{'y' * 30_000}\n", "utf-8")
    with world_of([path], tmp_path) as world:
        assert world.feed()["long"].failed == 1
        assert world.ask("long", "count()", "text is set") == 2
        assert "1 rows have texts of more than 60,000 characters and will fail." in said(world.found)


def test_ten_thousand_rows_of_twenty_columns_take_no_more_than_five_seconds(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,email,phone,on," + ",".join(f"c{n}" for n in range(16)) + "\n")
        for row in range(10_000):
            cells = ",".join(str(row * (n + 1) % (7 ** (n % 5 + 1))) for n in range(16))
            file.write(f"{row},a{row}@example.com,138{row:08},{row % 12 + 1}/{row % 28 + 1}/2025,{cells}\n")
    begun = time.process_time()
    found = infer([path])
    assert time.process_time() - begun < 5
    (entity,) = found.proposal.entities.values()
    assert [one.type for one in entity.fields.values()][:4] == ["external_id", "email", "phone", "date"]
