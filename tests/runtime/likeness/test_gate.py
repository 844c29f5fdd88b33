"""Records that may be the same, in every channel: refused, warned of, and told as far as one may know."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.runtime.publishing import hooks
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save_all
from tests.runtime.likeness.club_world import FOLDER, Club, told
from tests.runtime.write.shop_world import codes
from tests.support.worlds import built

ANN = {"name": "Ann Smith", "born": "1990-05-01", "mobile": "13800138000", "email": "ann@example.com"}


def test_a_form_stops_once_and_says_what_was_found(club: Club) -> None:
    ann = club.make("guest", ANN)
    typed: dict[str, object] = {"name": "Anne Smith", "born": "1990-05-01", "email": "Ann@Example.com "}
    stopped = club.typed(typed)
    assert codes(stopped) == [("", "may_be_duplicate")]
    assert told(stopped) == [("same_person", "Ann Smith")]
    assert isinstance(stopped, Refused) and stopped.alike[0].id == ann
    assert isinstance(club.typed(typed, heeds=False), Saved)


def test_other_channels_are_warned_and_go_on(club: Club) -> None:
    club.make("guest", ANN)
    done = club.do(Change("create", "guest", None, {"name": "Smith, Ann", "born": "1990-05-01"}))
    assert isinstance(done, Saved)
    assert [one.why for one in done.alike] == [("Name: Smith, Ann ~ Ann Smith",)]


def test_what_a_rule_refuses_is_refused_everywhere(club: Club) -> None:
    club.make("guest", ANN)
    refused = club.do(Change("create", "guest", None, {"name": "Bo", "mobile": "+86 138 0013 8000"}))
    assert codes(refused) == [("mobile", "guest.duplicates.same_mobile")]
    assert isinstance(refused, Refused)
    assert refused.failures[0].message == "“Ann Smith” is there already: Mobile. Change that one instead."


def test_nothing_is_found_where_a_part_is_empty_or_differs(club: Club) -> None:
    club.make("guest", ANN)
    for values in (
        {"name": "Ann Smith"},
        {"name": "Ann Smith", "born": "1990-05-02"},
        {"name": "Bo Li", "born": "1990-05-01"},
    ):
        done = club.typed(values)  # type: ignore[arg-type]
        assert isinstance(done, Saved) and not done.alike


def test_a_change_is_looked_at_by_what_is_new_in_it(club: Club) -> None:
    club.make("guest", ANN)
    bo = club.make("guest", {"name": "Bo Li", "born": "1990-05-01"})
    done = club.change("guest", bo, likes=["tea"])
    assert isinstance(done, Saved) and not done.alike
    assert told(club.change("guest", bo, name="Ann Smith")) == [("same_person", "Ann Smith")]
    # It is now as it was: the other is no news.
    assert told(club.change("guest", bo, likes=[])) == []
    assert told(club.change("guest", bo, name="Bo Li")) == []


def test_what_is_deleted_is_not_found_until_it_is_restored(club: Club) -> None:
    ann = club.make("guest", ANN)
    assert isinstance(club.do(Change("delete", "guest", ann)), Saved)
    assert isinstance(club.do(Change("create", "guest", None, {"name": "Cy", "mobile": "13800138000"})), Saved)
    assert codes(club.do(Change("restore", "guest", ann))) == [("mobile", "guest.duplicates.same_mobile")]


def test_records_of_one_request_are_held_against_each_other(club: Club) -> None:
    rows = [{"name": f"Guest {number}", "mobile": f"138001380{number % 50:02}"} for number in range(60)]
    verdicts = club.do_all([Change("create", "guest", None, row) for row in rows], "each")
    assert sum(isinstance(one, Refused) for one in verdicts) == 10
    assert club.count("guest") == 50
    again = club.do_all([Change("create", "guest", None, row) for row in rows], "each")
    assert sum(isinstance(one, Refused) for one in again) == 60


def test_who_may_not_see_the_other_learns_that_there_is_one_and_what_the_rule_tells(club: Club) -> None:
    boss = club.actor("seller", "Boss")
    club.do(Change("create", "guest", None, ANN | {"owner": boss.id}))
    sam = club.actor("seller", "Sam")
    refused = club.typed({"name": "Bo", "mobile": "13800138000", "owner": sam.id}, sam)
    assert codes(refused) == [("mobile", "guest.duplicates.same_mobile")]
    assert isinstance(refused, Refused)
    (alike,) = refused.alike
    assert (alike.id, alike.title, alike.told) == ("", "(hidden)", (("Looked after by", "Boss"),))
    assert "Ann" not in refused.failures[0].message and not alike.why
    warned = club.typed({"name": "Ann Smith", "born": "1990-05-01", "owner": sam.id}, sam)
    assert told(warned) == [("same_person", "(hidden)")]


def test_many_at_once_are_not_warned_of_what_one_may_not_see(club: Club) -> None:
    club.do(Change("create", "guest", None, ANN))
    sam = club.actor("seller", "Sam")
    like: dict[str, object] = {"name": "Ann Smith", "born": "1990-05-01", "owner": sam.id}
    asked = [Change("create", "guest", None, one) for one in (like, {"name": "Di", "owner": sam.id})]
    done = save_all(club.workspace.database, club.context(sam), club.release, asked, Cause("bulk"))
    assert [told(one) for one in done] == [[], []]


def test_names_that_sound_alike_are_found(club: Club) -> None:
    club.make("firm", {"name": "北京字节跳动科技有限公司"})
    club.make("firm", {"name": "Acme Inc."})
    for name, found in {
        "北京字节跳动科技股份有限公司": "北京字节跳动科技有限公司",
        "Beijing Zijie": "",
        "ACME Ltd": "Acme Inc.",
        "Akme": "Acme Inc.",
    }.items():
        assert [title for _, title in told(club.typed({"name": name}, entity="firm"))] == ([found] if found else []), (
            name
        )


def statements(what: Callable[[], object]) -> int:
    """How many statements something costs."""
    heard: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        what()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    return len(heard)


def test_looking_costs_one_statement_where_a_rule_asks_and_none_elsewhere(club: Club) -> None:
    plain: dict[str, object] = {"name": "Ann Smith"}
    for values in (ANN, plain, ANN | {"mobile": "13800138009"}):
        club.do(Change("create", "guest", None, values))
    bare = statements(lambda: club.make("guest", plain))
    asked = statements(lambda: club.make("guest", ANN | {"mobile": "13800138001"}))
    assert asked == bare + 1


def test_a_new_rule_is_worked_out_for_the_records_that_are_there(club: Club, tmp_path: Path) -> None:
    club.make("guest", {"name": "Ann Smith", "email": "ann@example.com"})
    folder = shutil.copytree(FOLDER, tmp_path / "club")
    document = folder / "entities" / "guest.yaml"
    document.write_text(document.read_text() + "  same_name: {match: {name: pinyin}}\n")
    plan = club.workspace.plan(built(folder))
    assert [change.effect for change in plan.changes] == ["safe", "backfill"]
    club.release = club.workspace.apply(plan, hooks=hooks(lambda: club.now))
    assert told(club.typed({"name": "ann smith"})) == [("same_name", "Ann Smith")]


def test_an_import_tells_of_rows_that_look_like_others_of_the_file_and_of_the_store(club: Club, tmp_path: Path) -> None:
    club.make("guest", ANN)
    file = tmp_path / "guests.csv"
    file.write_text(
        "name,born,mobile\nAnne Smith,1990-05-01,\nBo Li,1980-01-01,\nLi Bo,1980-01-01,\nCy,,13800138000\nDi,,13800138009\n"
    )
    done = run_import(club.workspace.database, club.context(), club.release, Order("guest", file, mode="create"))
    assert (done.counts["guest"].created, done.failed, done.alike) == (4, 1, 2)
    assert [row for row, _ in done.warnings] == [2, 4]
