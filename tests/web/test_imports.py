"""Bringing in a file: uploaded, looked at, tried as a whole, mended, written by a job, taken back; all without script."""

from __future__ import annotations

import io
import re
import shutil
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
import xlsxwriter  # type: ignore[import-untyped]
from starlette.testclient import TestClient

from kith.runtime.clock import system_clock
from kith.runtime.files import letting_go
from kith.runtime.ids import new_id
from kith.runtime.importing import drafts, source, working
from kith.runtime.schema import system
from kith.runtime.transfer.mapping import steps_of
from tests.support.worlds import model_of
from tests.web.importing import posted, sent, tiles, worked
from tests.web.shop import ADMIN, APPS, CLERK, Shop


def csv_of(mark: str, *rows: str) -> bytes:
    """A file of members; ~ stands for the mark."""
    return "\n".join(["name,wechat,gender", *(row.replace("~", mark) for row in rows)]).encode()


def members(shop: Shop, mark: str) -> list[str]:
    """The members of a mark."""
    return shop.ids("member", f'starts_with(name, "{mark}")')


def checked(shop: Shop, client: TestClient, data: bytes, name: str = "a.csv", **changed: str) -> tuple[str, str]:
    """The address of an import whose file has been tried, and the page that tells of it."""
    here = sent(client, "member", name, data)[2]
    status, html, check = posted(client, f"{here}/columns", **changed)
    assert (status, check) == (303, f"{here}/check"), html
    worked(shop)
    return here, unescape(client.get(check).text)


def test_a_file_is_tried_written_and_taken_back(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    data = csv_of(mark, "~ One,~1,", "~ Two,~2,女", "~ Three,~3,Xx")
    status, _, here = sent(client, "member", "members.csv", data)
    assert status == 303
    assert f"{mark} Two" in client.get(here).text
    assert posted(client, here, _next="1")[2] == f"{here}/columns"
    status, html, check = posted(client, f"{here}/columns")
    assert (status, check) == (303, f"{here}/check"), html
    assert "every 1s" in client.get(check).text
    worked(shop)
    html = unescape(client.get(check).text)
    assert tiles(html) == {"Would be new": "2", "Cannot be used": "1"}
    assert "Import 2 rows" in html and "Row 4" in html
    assert members(shop, mark) == []
    status, _, result = posted(client, check, _go="1")
    assert (status, result) == (303, f"{here}/result")
    assert posted(client, check, _go="1")[2] == f"{here}/result"
    worked(shop)
    html = unescape(client.get(result).text)
    assert tiles(html) == {"New": "2", "Failed": "1"}
    assert len(members(shop, mark)) == 2
    (undo,) = re.findall(r'href="(/batches/[^"]+)"', html)
    assert client.post(f"{undo}/undo").status_code == 303
    worked(shop)
    assert members(shop, mark) == []


def test_its_pages_ask_the_database_little(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    here, _ = checked(shop, client, csv_of(mark, *(f"~ {n},~{n},Xx" for n in range(30)), "~,~,"))
    asked = {}
    for step in ("", "/columns", "/check"):
        with shop.statements() as run:
            assert client.get(f"{here}{step}").status_code == 200
        asked[step] = len(run)
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    with shop.statements() as run:
        client.get(f"{here}/result")
    assert max(*asked.values(), len(run)) <= 12


def test_what_failed_comes_back_as_a_file_that_can_be_imported_again(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    here, _ = checked(shop, client, csv_of(mark, "~ One,~1,", "~ Two,~2,Xx"))
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    failed = client.get(f"{here}/failed.csv")
    lines = failed.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "name,wechat,gender,_row,_errors"
    assert lines[1].startswith(f"{mark} Two,{mark}2,Xx,3,") and "Xx" in lines[1]
    again, html = checked(shop, client, failed.content.replace(b",Xx,", b",female,"), "members-failed.csv")
    assert tiles(html) == {"Would be new": "1", "Cannot be used": "0"}
    posted(client, f"{again}/check", _go="1")
    worked(shop)
    assert len(members(shop, mark)) == 2


def test_rows_are_mended_and_texts_translated_before_anything_is_written(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    here, html = checked(shop, client, csv_of(mark, "~ One,~1,Lady", "~ Two,~2,Lady", ",~3,", "~ Four,~4,Lord"))
    assert tiles(html)["Cannot be used"] == "4"
    assert 'Lady <span class="muted">(2×)' in html
    texts = {"text.2.Lady": "female", "cell.4.0": f"{mark} Three", "_go": "1"}
    status, _, check = posted(client, f"{here}/check", **texts)
    assert (status, check) == (303, f"{here}/check")
    worked(shop)
    html = unescape(client.get(check).text)
    assert tiles(html) == {"Would be new": "3", "Cannot be used": "1"}
    posted(client, check, _go="1")
    worked(shop)
    assert len(members(shop, mark)) == 3
    assert len(shop.ids("member", f'starts_with(name, "{mark}") and gender == "female"')) == 2
    recalled = sent(client, "member", "more.csv", csv_of(mark, "~ Five,~5,Lady"))[2]
    assert "the last time" in client.get(f"{recalled}/columns").text
    posted(client, f"{recalled}/columns")
    worked(shop)
    assert tiles(client.get(f"{recalled}/check").text) == {"Would be new": "1", "Cannot be used": "0"}


def test_records_are_found_by_a_key_and_changed(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    number = f"139{int(mark, 16) % 10**8:08}"
    data = f"手机号,姓名\n{number},{mark} Old\n".encode("gb18030")
    here, html = checked(shop, client, data)
    assert tiles(html) == {"Would be new": "1", "Cannot be used": "0"}
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    data = f"手机号,姓名\n{number},{mark} New\n{number},{mark} Newer\n13800000000,{mark} Nobody\n".encode()
    here, html = checked(shop, client, data, mode="update")
    assert tiles(html) == {"Would be new": "0", "Would be changed": "1", "No such record": "1", "Cannot be used": "0"}
    assert "1 row names a record that an earlier row names" in html
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    assert len(shop.ids("member", f'name == "{mark} Newer"')) == 1


def test_what_is_wrong_with_fields_that_no_column_feeds_is_told(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    _, html = checked(shop, client, f"wechat,{mark}\n{mark},\n".encode(), constant__0="gender", value__0="Xx")
    assert tiles(html)["Cannot be used"] == "1" and "Xx" in html
    assert "Name is missing." in html and 'name="cell.' not in html


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"", "empty"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "cannot be read"),
        ("a.csv", b"\x00\x00\x01\x02" * 50, "neither text nor a spreadsheet"),
        ("a.json", b"[{", "not valid JSON"),
        ("a.csv", b"name,name\n1,2\n", "Two columns"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(shop: Shop, name: str, data: bytes, says: str) -> None:
    status, html, _ = sent(shop.client(ADMIN), "member", name, data)
    assert (status, says in html) == (422, True), html


def test_a_sheet_of_a_workbook_is_chosen(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("About").write_row(0, 0, ["nothing"])
        sheet = book.add_worksheet("Members")
        sheet.write_row(0, 0, ["name", "wechat", "birthday"])
        sheet.write_row(1, 0, [f"{mark} One", 12345, "1990-12-31"])
    here = sent(client, "member", "a.xlsx", file.getvalue())[2]
    assert 'value="About" selected' in client.get(here).text
    assert posted(client, here, sheet="Members", header="1")[2] == here
    assert f"{mark} One" in client.get(here).text
    posted(client, f"{here}/columns")
    worked(shop)
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    assert len(shop.ids("member", f'name == "{mark} One" and wechat == "12345"')) == 1


def test_an_upload_that_nobody_works_on_goes_and_then_the_import(shop: Shop) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    here = sent(client, "member", "a.csv", csv_of(mark, "~,~,"))[2]
    database, now = shop.workspace.database, system_clock()
    database.run(lambda connection: letting_go.sweep(connection, now + timedelta(hours=23)))
    assert checked_again(shop, client, here) == {"Would be new": "1", "Cannot be used": "0"}
    database.run(lambda connection: letting_go.sweep(connection, now + timedelta(days=2)))
    checked_again(shop, client, here)
    assert "Upload the file again." in client.get(f"{here}/check").text
    database.run(lambda connection: drafts.forget(connection, now + timedelta(days=20)))
    assert client.get(here).status_code == 404


def checked_again(shop: Shop, client: TestClient, here: str) -> dict[str, str]:
    """What a new trial finds."""
    posted(client, f"{here}/columns")
    worked(shop)
    return tiles(client.get(f"{here}/check").text)


def test_who_may_not_import_does_not_get_there_and_nobody_sees_anothers(shop: Shop) -> None:
    clerk, admin = shop.client(CLERK), shop.client(ADMIN)
    assert clerk.get("/records/member/import").status_code == 403
    assert sent(clerk, "member", "a.csv", csv_of("x", "~,~,"))[0] == 403
    assert "/records/member/import" not in clerk.get("/records/member").text
    assert "/records/member/import" in admin.get("/records/member").text
    here = sent(admin, "member", "a.csv", csv_of("x", "~,~,"))[2]
    other = shop.client("gu.minxi@lanting.example")
    assert other.get("/records/member/import").status_code == 200
    assert other.get(here).status_code == 404
    assert other.get(f"{here}/columns").status_code == 404


def test_a_job_that_another_takes_up_goes_on_where_it_stood(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "STEP", 2)
    monkeypatch.setattr(source, "OPEN", 0)
    client, mark = shop.client(ADMIN), new_id()[-10:]
    numbers = [f"138{(int(mark, 16) + n) % 10**8:08}" for n in (1, 2, 3, 1, 4)]
    rows = "".join(f"{number},{mark} {index}\n" for index, number in enumerate(numbers))
    here, html = checked(shop, client, f"mobile,name\n{rows}".encode())
    assert "1 row names a record that an earlier row names" in html
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    assert tiles(client.get(f"{here}/result").text) == {"New": "4", "Changed": "1", "Failed": "0"}
    assert len(members(shop, mark)) == 4


def test_what_was_said_of_the_columns_is_a_document_that_an_app_can_hold(shop: Shop, tmp_path: Path) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    data = f"手机号;姓名;性别;Birthday;{mark}\n13912345678;A;女士;31/12/1990;\n".encode("gb18030")
    here, _ = checked(shop, client, data, constant__0="source", value__0="import")
    posted(client, f"{here}/check", **{"text.2.女士": "female", "_try": "1"})
    text = client.get(f"{here}/mapping.yaml").text
    shutil.copytree(APPS / "retail_crm", tmp_path / "app")
    (tmp_path / "app" / "imports").mkdir(exist_ok=True)
    (tmp_path / "app" / "imports" / "member_file.yaml").write_text(text, "utf-8")
    model = model_of(tmp_path / "app")
    (step,) = steps_of(model, model.imports["member_file"])
    assert (step.mode, step.key, step.values["source"].constant) == ("upsert", ("mobile",), "import")
    assert (step.values["gender"].map, step.values["birthday"].date) == ({"女士": "female"}, "D/M/YYYY")
    assert model.imports["member_file"].file["encoding"] == "gb18030"
    assert shop.client("gu.minxi@lanting.example").get(f"{here}/mapping.yaml").status_code == 404


@pytest.mark.parametrize(("ticked", "told"), [({}, 0), ({"sends": "1"}, 1)])
def test_notices_of_rules_are_held_back_unless_they_are_wanted(shop: Shop, ticked: dict[str, str], told: int) -> None:
    client, mark = shop.client(ADMIN), new_id()[-10:]
    member, topic, owner = shop.ids("member")[0], shop.ids("case_topic")[0], shop.users[CLERK]
    store = shop.ids("store")[0]
    data = f"subject,member,topic,owner,store\n{mark},{member},{topic},{owner},{store}\n".encode()
    before = notices(shop)
    here = sent(client, "service_case", "a.csv", data)[2]
    posted(client, f"{here}/columns", **ticked)
    worked(shop)
    assert tiles(client.get(f"{here}/check").text) == {"Would be new": "1", "Cannot be used": "0"}
    posted(client, f"{here}/check", _go="1")
    worked(shop)
    assert len(shop.ids("service_case", f'subject == "{mark}"')) == 1
    assert notices(shop) - before == told


def notices(shop: Shop) -> int:
    """How many notices rules have wanted sent."""
    with shop.workspace.database.read() as connection:
        asked = sa.select(sa.func.count()).where(system.job.c.kind == "notify")
        return int(connection.scalar(asked) or 0)
