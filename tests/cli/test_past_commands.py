"""`kith history`, `kith undo` and `kith releases --at`, as somebody types them."""

from __future__ import annotations

import json
from typing import cast

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from kith.runtime.past.batches import undo_of
from kith.runtime.write.change import Change
from tests.runtime.past.past_world import Batches

Done = tuple[str, str, str]


def kith(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [*arguments])
    return found.exit_code, found.output


@pytest.fixture
def done(sqlite_url: str) -> Done:
    """A database, a record of it, and the batch that changed it."""
    shop = cast("Batches", Batches.open(sqlite_url))
    order = shop.make("order", {"note": "before"}, lines=[{"what": "Tea", "price": "10"}])
    shop.now = shop.now.replace(day=24)
    batch = shop.bulk([Change("update", "order", order, {"note": "after", "discount": "0.05"})])
    shop.close()
    return sqlite_url, f"order/{order}", batch


def test_a_history_is_told_with_who_when_and_through_what(done: Done) -> None:
    code, shown = kith("history", done[1], "--db", done[0])
    lines = shown.splitlines()
    assert code == 0
    assert lines[0].endswith(f"the system  Changed  bulk edit {done[2]}")
    assert lines[1:3] == ["    Discount: – → 5%", "    Note: before → after"]
    code, shown = kith("history", done[1], "--db", done[0], "--json")
    assert [one["channel"] for one in json.loads(shown)] == ["bulk", "api"]


def test_a_record_is_told_as_it_was_with_its_lines(done: Done) -> None:
    code, shown = kith("history", done[1], "--as-of", "2026-11-22", "--db", done[0])
    assert code == 0
    assert (
        "version 1" in shown and "  Note: before\n" in shown and "    What: Tea\n" in shown and "Discount" not in shown
    )
    told = kith("history", done[1], "--as-of", "2026-11-24", "--db", done[0], "--lang", "zh-CN")[1]
    assert "版本 2" in told and "  备注: after\n" in told
    data = json.loads(kith("history", done[1], "--as-of", "2026-11-22", "--db", done[0], "--json")[1])
    assert (data["version"], data["values"]["note"], len(data["lines"]["lines"])) == (1, "before", 1)
    assert "It was not there yet" in kith("history", done[1], "--as-of", "2026-11-01", "--db", done[0])[1]
    assert kith("history", done[1], "--as-of", "soon", "--db", done[0])[0] == 64
    assert kith("history", "order/none", "--db", done[0])[0] == 1
    assert kith("history", "nothing/x", "--db", done[0])[0] == 64


def test_a_batch_is_shown_first_and_undone_when_that_is_wanted(done: Done) -> None:
    db, record, batch = done
    code, shown = kith("undo", batch, "--db", db)
    assert (code, shown.splitlines()[1:]) == (0, ["  Orders: 1 changed"])
    assert json.loads(kith("undo", batch, "--db", db, "--json")[1])["counts"][0]["records"] == 1
    code, shown = kith("undo", batch, "--db", db, "--yes", "--lang", "zh-CN")
    assert (code, shown.splitlines()[-1]) == (0, "1 条记录已恢复原状。")
    assert "Note: after → before" in kith("history", record, "--db", db)[1]
    again = json.loads(kith("undo", undo_of(batch), "--db", db, "--yes", "--json")[1])
    assert (again["returned"], again["refused"]) == (1, 0)
    assert kith("undo", "none", "--db", db)[0] == 1


def test_what_is_refused_ends_with_1(done: Done) -> None:
    db, _, _ = done
    shop = cast("Batches", Batches.open(db.replace("kith.db", "other.db")))
    batch = shop.bulk([Change("create", "wallet", None, {"name": "Purse"})])
    shop.make("entry", {"wallet": shop.made[0], "amount": "1"})
    shop.close()
    code, shown = kith("undo", batch, "--db", db.replace("kith.db", "other.db"), "--yes")
    assert code == 1 and "1 record was refused:" in shown and "Purse: " in shown


def test_the_release_of_a_day_is_shown(done: Done) -> None:
    assert json.loads(kith("releases", "--at", "2099-01-01", "--db", done[0], "--json")[1])["number"] == 1
    assert kith("releases", "--at", "2000-01-01", "--db", done[0]) == (1, "There was no release yet at 2000-01-01.\n")
    assert kith("releases", "--at", "soon", "--db", done[0])[0] == 64
