"""Files on their way through the write gate: whose they are, who may have them, and what comes back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator

from kith.runtime.files import uploading
from kith.runtime.past.undoing import advance
from kith.runtime.publishing import system_context
from kith.runtime.schema import system
from tests.api.world import NOW, Desk
from tests.runtime.files.making import HTML, PDF, document, png
from tests.runtime.files.world import fetched, send, uploaded

TEXT = "第一行".encode()


def test_an_upload_becomes_the_value_of_a_field(desk: Desk) -> None:
    contract, photo = uploaded(desk, PDF, "合同.pdf"), uploaded(desk, png(4, 3), "me.png")
    papers = [uploaded(desk, TEXT, f"{number}.txt")["id"] for number in range(3)]
    made = desk.make("work", "ann", name="A", contract=contract["id"], photo={"id": photo["id"]}, papers=papers)
    assert made["contract"] == {"id": contract["id"], "name": "合同.pdf", "type": "pdf", "size": len(PDF)}
    assert made["photo"] == {"id": photo["id"], "name": "me.png", "type": "png", "size": len(png(4, 3))}
    assert [one["name"] for one in made["papers"]] == ["0.txt", "1.txt", "2.txt"]
    assert made["is_large"] is False
    assert fetched(desk, contract["id"]).content == PDF
    listed = desk.get('work?fields=contract,papers&filter=contains(contract.name, "同") and contract.size > 10', "ann")
    assert [one["contract"]["name"] for one in listed.json()["data"]] == ["合同.pdf"]
    assert made["id"] not in desk.get("work?filter=photo is not set", "ann").text


def test_what_is_known_of_a_file_is_never_what_somebody_says_of_it(desk: Desk) -> None:
    contract = uploaded(desk, PDF, "a.pdf")
    said = {"id": contract["id"], "name": "other.exe", "type": "html", "size": 1}
    assert desk.make("work", "ann", name="A", contract=said)["contract"]["name"] == "a.pdf"


def test_a_file_is_not_taken_by_whom_it_does_not_belong_to(desk: Desk) -> None:
    one = uploaded(desk, PDF, "a.pdf", "ann")
    assert fetched(desk, one["id"], "bob").status_code == 404
    assert fetched(desk, one["id"], "admin").status_code == 404
    refused = desk.ask("POST", "work", "bob", {"name": "B", "contract": one["id"]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "no_such_file"
    made = desk.make("work", "ann", name="A", contract=one["id"])
    # Nor can it hang on another record, or another field, as well.
    assert desk.ask("POST", "work", "ann", {"name": "C", "contract": one["id"]}).status_code == 422
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"secret": one["id"]}).status_code in (403, 422)
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"papers": [one["id"]]}).status_code == 422
    two = uploaded(desk, PDF, "two.pdf")["id"]
    items = [{"op": "create", "values": {"name": name, "contract": two}} for name in "EF"]
    assert [
        one["status"] for one in desk.ask("POST", "work/bulk", "ann", {"mode": "each", "items": items}).json()["data"]
    ] == [201, 422]
    for no in ("00000000-0000-7000-8000-000000000000", "x", 7, {"name": "a"}, [one["id"]]):
        assert desk.ask("POST", "work", "ann", {"name": "D", "contract": no}).status_code == 422


def test_a_file_is_read_by_whom_the_field_of_the_record_is_read(desk: Desk) -> None:
    files = {name: uploaded(desk, PDF, f"{name}.pdf", "admin")["id"] for name in ("contract", "secret", "masked")}
    owned = desk.make("work", "admin", name="A", owner=desk.users["ann"], **files)
    assert {name: fetched(desk, id_, "admin").status_code for name, id_ in files.items()} == dict.fromkeys(files, 200)
    assert {name: fetched(desk, id_, "ann").status_code for name, id_ in files.items()} == {
        "contract": 200, "secret": 404, "masked": 404,
    }  # fmt: skip
    seen = desk.get(f"work/{owned['id']}", "ann").json()["data"]
    assert "secret" not in seen
    assert isinstance(seen["masked"], str)
    assert "masked.pdf" not in str(seen)
    assert files["masked"] not in str(seen)
    for who in ("bob", "scribe", "nobody"):
        assert {fetched(desk, id_, who).status_code for id_ in files.values()} == {404}
    assert desk.client.get(f"/api/v1/files/{files['contract']}").status_code == 401


def test_a_former_file_is_for_whom_the_history_is_and_comes_back(desk: Desk) -> None:
    first, second = uploaded(desk, PDF, "first.pdf")["id"], uploaded(desk, PDF + b"%", "second.pdf")["id"]
    made = desk.make("work", "ann", name="A", contract=first)
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"contract": second}).status_code == 200
    entries = desk.get(f"work/{made['id']}/history", "ann").json()["data"]
    change = entries[0]["changes"]["contract"]
    assert (change["old"]["name"], change["new"]["name"]) == ("first.pdf", "second.pdf")
    assert fetched(desk, first, "ann").content == PDF
    assert fetched(desk, first, "bob").status_code == 404
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"contract": first}).json()["data"]["contract"]["id"] == first
    assert desk.ask("DELETE", f"work/{made['id']}", "ann").status_code == 204
    assert fetched(desk, first, "ann").status_code == 200
    assert desk.ask("POST", f"work/{made['id']}/actions/restore", "ann", {}).status_code == 200
    assert fetched(desk, first, "ann").status_code == 200


def test_sets_lose_and_gain_files_and_say_so(desk: Desk) -> None:
    one, two = uploaded(desk, TEXT, "one.txt")["id"], uploaded(desk, TEXT, "a/b, c; d.txt")["id"]
    made = desk.make("work", "ann", name="A", papers=[one])
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"papers": [one, two]}).status_code == 200
    changed = desk.ask("PATCH", f"work/{made['id']}", "ann", {"papers": [two]}).json()["data"]
    assert [one["name"] for one in changed["papers"]] == ["b, c; d.txt"]
    assert fetched(desk, one, "ann").content == TEXT
    entry = desk.get(f"work/{made['id']}/history", "ann").json()["data"][0]["changes"]["papers"]
    assert [one["name"] for one in entry["old"]] == ["one.txt", "b, c; d.txt"]
    many = [f"00000000-0000-7000-8000-{number:012}" for number in range(51)]
    assert desk.ask("PATCH", f"work/{made['id']}", "ann", {"papers": many}).status_code == 422


def test_lines_have_files_too(desk: Desk) -> None:
    scan = uploaded(desk, png(), "scan.png")["id"]
    made = desk.make("work", "ann", name="A", pages=[{"number": 1, "scan": scan}])
    assert made["pages"][0]["scan"]["name"] == "scan.png"
    assert fetched(desk, scan, "ann").status_code == 200
    assert fetched(desk, scan, "bob").status_code == 404


def test_a_field_takes_its_own_kinds_and_sizes_only(desk: Desk) -> None:
    picture, large = uploaded(desk, png(), "a.png")["id"], uploaded(desk, PDF + bytes(1_000_000), "a.pdf")["id"]
    for values, code in (({"contract": picture}, "file_kind"), ({"contract": large}, "file_size")):
        refused = desk.ask("POST", "work", "ann", {"name": "A", **values})
        assert [one["code"] for one in refused.json()["errors"]] == [code], refused.text
    assert desk.ask("POST", "work", "ann", {"name": "A", "photo": large}).json()["errors"][0]["code"] == "file_kind"


def test_rules_read_what_a_file_is_called_and_how_large_it_is(desk: Desk) -> None:
    wrong = uploaded(desk, document(), "a.docx")["id"]
    refused = desk.ask("POST", "work", "ann", {"name": "A", "contract": wrong})
    assert refused.json()["errors"][0]["message"] == "Not “a.docx”."
    long = uploaded(desk, b"x" * 200_000, "a.txt")["id"]
    assert desk.make("work", "ann", name="A", contract=long)["is_large"] is True


def test_uploads_are_refused_before_they_are_kept(desk: Desk) -> None:
    cases = {
        (HTML, "a.png", ""): (422, "upload_kind"),
        (b"", "a.txt", ""): (422, "upload_empty"),
        (png(cut=3), "a.png", ""): (422, "upload_broken"),
        (png(), "a.png", "work.contract"): (422, "upload_kind"),
        (PDF + bytes(1_000_000), "a.pdf", "work.contract"): (413, "upload_too_large"),
        (PDF, "a.pdf", "work.secret"): (404, "no_such_file_field"),
        (PDF, "a.pdf", "work.name"): (404, "no_such_file_field"),
        (PDF, "a.pdf", "nothing"): (404, "no_such_file_field"),
    }
    for (data, name, for_), (status, code) in cases.items():
        response = send(desk, data, name, for_=for_)
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert send(desk, PDF, who="scribe").status_code == 403
    assert desk.client.post("/api/v1/files", files={"file": ("a", PDF)}).status_code == 401
    assert desk.ask("POST", "files", "ann", {"a": 1}).status_code == 415
    assert (
        desk.ask("POST", "files", "ann", b"--x\r\ncut", content_type="multipart/form-data; boundary=x").status_code
        == 400
    )
    assert desk.ask("POST", "files", "ann", b"", content_type="multipart/form-data").status_code == 400
    large = {"content-length": "200000000", "content-type": "multipart/form-data; boundary=x"}
    assert (
        desk.ask("POST", "files", "ann", b"x", **{k.replace("-", "_"): v for k, v in large.items()}).status_code == 413
    )


def test_nobody_fills_the_disk_with_what_no_record_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "MOST_PENDING", 5)
    while (sent := send(desk, TEXT, who="bob")).status_code == 201:
        pass
    assert sent.json()["code"] == "upload_too_many"
    with desk.workspace.database.read() as connection:
        assert sum(one.uploaded_by == desk.users["bob"] for one in connection.execute(sa.select(system.file))) == 5
    monkeypatch.setattr(uploading, "MOST_PENDING", 200)
    monkeypatch.setattr(uploading, "LARGEST_PENDING", 100)
    assert send(desk, PDF * 3, who="bob").json()["code"] == "upload_too_many"


def test_a_file_is_given_out_as_what_it_is_and_never_as_a_page(desk: Desk) -> None:
    text, picture = uploaded(desk, b"a <b>", "x.html")["id"], uploaded(desk, png(), "a.png")["id"]
    said = fetched(desk, text)
    assert said.headers["content-type"] == "text/plain; charset=utf-8"
    assert said.headers["content-disposition"].startswith('attachment; filename="x.html.txt"')
    assert said.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in said.headers["content-security-policy"]
    assert said.headers["cache-control"] == "private, no-cache"
    shown = fetched(desk, picture)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert fetched(desk, picture, if_none_match=shown.headers["etag"]).status_code == 304


def test_a_part_of_a_file_is_given_out(desk: Desk) -> None:
    data = bytes(range(32, 127)) * 10_000
    one = uploaded(desk, data, "long.txt")["id"]
    for asked, first, last in (
        ("0-9", 0, 9),
        ("262140-262150", 262_140, 262_150),
        ("-5", len(data) - 5, len(data) - 1),
        ("949990-", 949_990, len(data) - 1),
        ("5-99999999", 5, len(data) - 1),
    ):
        part = fetched(desk, one, range=f"bytes={asked}")
        assert part.status_code == 206
        assert part.content == data[first : last + 1]
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(data)}"
    assert fetched(desk, one, range="bytes=9999999-").status_code == 416
    assert fetched(desk, one, range="bytes=0-1,5-6").content == data
    assert desk.ask("HEAD", f"files/{one}", "ann").headers["content-length"] == str(len(data))


def test_a_small_picture_stands_for_a_large_one(desk: Desk) -> None:
    one = send(desk, png(400, 300), "a.png", preview=png(40, 30)).json()["data"]["id"]
    assert desk.get(f"files/{one}/preview", "ann").content == png(40, 30)
    assert desk.get(f"files/{one}/preview", "bob").status_code == 404
    two = uploaded(desk, png(), "b.png")["id"]
    assert desk.get(f"files/{two}/preview", "ann").content == png()
    three = uploaded(desk, TEXT)["id"]
    assert desk.get(f"files/{three}/preview", "ann").status_code == 404


def test_the_description_of_the_api_agrees_with_what_it_answers(desk: Desk) -> None:
    described = desk.get("openapi.json", "ann").json()
    assert {path for path in described["paths"] if path.startswith("/api/v1/files")} == {
        "/api/v1/files", "/api/v1/files/{id}", "/api/v1/files/{id}/preview",
    }  # fmt: skip
    assert "/api/v1/files" not in desk.get("openapi.json", "scribe").json()["paths"]
    made = desk.make(
        "work", "ann", name="A", contract=uploaded(desk, PDF, "a.pdf")["id"], papers=[uploaded(desk, TEXT)["id"]]
    )
    schemas = described["components"]["schemas"]
    Draft202012Validator({**schemas["work"], "components": described["components"]}).validate(made)
    assert "secret" not in schemas["work"]["properties"]
    (work,) = (one for one in desk.get("meta", "ann").json()["data"]["entities"] if one["name"] == "work")
    contract = next(one for one in work["fields"] if one["name"] == "contract")
    assert (contract["type"], contract["accept"], contract["max_size"]) == ("file", ["pdf", "txt", "docx"], 1)


def test_an_undo_that_brings_back_a_file_of_a_record_is_no_handing_on(desk: Desk) -> None:
    first, second = uploaded(desk, PDF, "first.pdf")["id"], uploaded(desk, PDF + b"%", "second.pdf")["id"]
    made = desk.make("work", "ann", name="A", contract=first)
    answer = desk.ask(
        "POST",
        "work/bulk",
        "ann",
        {"mode": "all", "items": [{"op": "update", "id": made["id"], "values": {"contract": second}}]},
    )
    assert answer.status_code == 200, answer.text
    batch = answer.json()["batch"]
    release = desk.workspace.current()
    context = system_context(release, lambda: NOW)
    noted, more = desk.workspace.database.run(lambda connection: advance(connection, context, release, batch, {}))
    assert (noted["returned"], more) == (1, False)
    assert desk.get(f"work/{made['id']}", "ann").json()["data"]["contract"]["id"] == first
    assert fetched(desk, second, "ann").status_code == 200
