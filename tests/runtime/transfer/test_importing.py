"""Imports: mappings, plain files, collapsed rows, failures that come back, dry runs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kith.runtime.transfer.table import Unreadable
from tests.runtime.transfer.shop import Shop

RECEIPTS = """\
no,who,class,born,share,receipt,line,what,amount
1,张伟,A,1/31/1990,15,R1,1,Tea,100.125
1,张伟,A,1/31/1990,15,R1,2,Pot,200
2,Ann,B,unknown,,R1,3,Tea,50
2,Ann,B,unknown,,R2,4,Tea,60
"""


def counts(shop: Shop, text: str, name: str = "receipts", **options: object) -> dict[str, tuple[int, int, int]]:
    done = shop.bring(name, text, **options)
    return {entity: (one.created, one.updated, one.unchanged) for entity, one in done.counts.items()}


def test_one_row_feeds_several_entities_and_every_record_is_made_once(shop: Shop) -> None:
    assert counts(shop, RECEIPTS) == {"member": (2, 0, 0), "receipt": (3, 0, 0), "line": (4, 0, 0)}
    assert shop.all("member", "name", "level", "born_on", "share", "spent") == [
        ("Ann", "basic", None, None, Decimal("110.000")),
        ("张伟", "gold", date(1990, 1, 31), Decimal("0.150000"), Decimal("300.125")),
    ]
    assert shop.all("receipt", "number", "member", "total")[0] == ("R1", "Ann", Decimal("50.000"))


def test_the_same_file_again_changes_nothing(shop: Shop) -> None:
    shop.bring("receipts", RECEIPTS)
    assert counts(shop, RECEIPTS) == {"member": (0, 0, 2), "receipt": (0, 0, 3), "line": (0, 0, 4)}


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_batches_of_any_size_come_out_the_same_and_the_last_row_wins(shop: Shop, batch: int) -> None:
    names = RECEIPTS.replace("2,Ann,B,unknown,,R2", "2,Bo,B,unknown,,R2") + "2,Ann,B,unknown,,R2,5,Pot,1\n"
    done = shop.bring("receipts", names, batch_rows=batch)
    assert done.failed == 0
    assert [row[0] for row in shop.all("member", "name")] == ["Ann", "张伟"]
    totals = [total for _, total in shop.all("receipt", "number", "total")]
    assert sorted(totals) == [Decimal("50.000"), Decimal("61.000"), Decimal("300.125")]


def test_rows_that_fail_come_back_with_their_reasons_and_can_be_brought_again(shop: Shop) -> None:
    bad = RECEIPTS.replace("200\n", "-1\n").replace("unknown,,R2", "31.1.1990,,R2") + "3,,B,,,R3,5,Tea,1\n4,x,B\n"
    done = shop.bring("receipts", bad)
    assert (done.rows, done.failed) == (6, 4)
    assert shop.errors() == [
        "no,who,class,born,share,receipt,line,what,amount,_row,_errors",
        "1,张伟,A,1/31/1990,15,R1,2,Pot,-1,3,amount: The value must be at least 0.",
        "2,Ann,B,31.1.1990,,R2,4,Tea,60,5,born: “31.1.1990” is not a date written as M/D/YYYY.",
        "3,,B,,,R3,5,Tea,1,6,who: Name is missing.",
        '4,x,B,,,,,,,7,"The row has 3 cells, the file has 9 columns."',
    ]
    assert [row[0] for row in shop.all("line", "external")] == ["1", "3"]
    mended = (
        "\n".join(shop.errors()).replace("-1,3", "200,3").replace("31.1.1990,,", "unknown,,").replace("3,,B", "3,Cy,B")
    )
    again = shop.bring("receipts", mended.replace("4,x,B,", "4,x,B,unknown,1,R4,6,Tea,1").replace("1,,,,,,7", "1,7"))
    assert again.failed == 0, shop.errors()
    assert [row[0] for row in shop.all("line", "external")] == ["1", "2", "3", "4", "5", "6"]


def test_a_row_tells_all_that_is_wrong_with_it(shop: Shop) -> None:
    rows = "number,name,level,born_on,share,sponsor\n7,B,silver,soon,much,nobody\n8,C,gold,2026-01-31,0.1,\n"
    done = shop.bring("member", rows)
    assert (done.failed, done.of("member").created) == (1, 1)
    ((number, reasons),) = done.reasons
    assert number == 2
    assert [reason.partition(":")[0] for reason in reasons] == ["sponsor", "level", "born_on", "share"]


def test_a_record_that_is_not_found_hides_no_other_mistake(shop: Shop) -> None:
    done = shop.bring("members", "no,who,by,when\n1,A,nobody,soon\n", language="zh-CN")
    assert done.reasons == [(2, ("by：没有编号为“nobody”的会员。", "when：“soon”不是日期。请写成 2026-01-31。"))]


def test_rules_refuse_a_receipt_with_all_its_rows_and_leave_the_others(shop: Shop) -> None:
    done = shop.bring("receipts", RECEIPTS.replace("200\n", "950\n"), language="zh-CN")
    assert done.failed == 2
    assert shop.errors()[1].endswith("receipt：R1 金额过大。")
    assert len(shop.all("line", "external")) == 2


def test_a_dry_run_says_everything_and_keeps_nothing(shop: Shop) -> None:
    done = shop.bring("receipts", RECEIPTS, dry_run=True)
    assert (done.rows, done.failed, done.of("line").created) == (4, 0, 4)
    assert shop.all("member", "name") == []


def test_references_are_matched_by_a_key_of_their_target(shop: Shop) -> None:
    shop.bring("receipts", RECEIPTS)
    done = shop.bring("sponsors", "1   2\n 2\t9\n7 1\n")
    assert (done.failed, done.of("member").updated, done.of("member").skipped) == (1, 1, 1)
    assert shop.errors()[1] == "2,9,2,sponsor: No Member has “9” as its Number."
    assert shop.all("member", "name", "sponsor") == [("Ann", None), ("张伟", "Ann")]


def test_a_file_without_a_mapping_is_read_by_names_and_labels_of_fields(shop: Shop) -> None:
    text = "编号;Name;Level;生日;colour\n1;A;金卡;2000年1月2日;red\n2;B;;;blue\n"
    done = shop.bring("member", text)
    assert (done.of("member").created, done.ignored) == (2, ("colour",))
    assert shop.all("member", "name", "level", "born_on") == [("A", "gold", date(2000, 1, 2)), ("B", "basic", None)]
    done = shop.bring("member", shop.file('[{"number": "1", "name": "AA", "sponsor": "2"}]', "file.json"))
    assert (done.of("member").updated, done.failed) == (1, 0)
    assert shop.all("member", "name", "sponsor") == [("AA", "B"), ("B", None)]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("receipts", "no,who\n1,A\n", "no_column"),
        ("member", "colour\nred\n", "nothing_known"),
        ("member", "", "empty_file"),
        ("member", "name,name\nA,B\n", "column_twice"),
    ],
)
def test_what_cannot_be_read_says_why(sqlite_url: str, tmp_path: object, name: str, text: str, code: str) -> None:
    shop = Shop.open(sqlite_url, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(Unreadable) as refused:
        shop.bring(name, text)
    shop.workspace.close()
    assert refused.value.code == code
