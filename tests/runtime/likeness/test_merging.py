"""Two records of the same put together: what moves, what goes, who may, and that it can be taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.likeness import searching
from kith.runtime.likeness.apart import keep_apart
from kith.runtime.likeness.looking import like_record, like_typed
from kith.runtime.likeness.merging import Merge, merge, moving_counts, went_into
from kith.runtime.past.undoing import advance
from kith.runtime.schema import system
from kith.runtime.write.change import Change, Refused, Saved, Verdict
from tests.runtime.likeness.club_world import Club, told
from tests.runtime.write.shop_world import codes


def twice(club: Club, **more: object) -> tuple[str, str]:
    """A guest who was written down twice, with what hangs on both."""
    kept = club.make("guest", {"name": "Ann Smith", **more}, bills=[{"amount": "10"}])
    gone = club.make(
        "guest",
        {"name": "Anne Smith", "mobile": "13800138000", "likes": ["tea"], **more},
        bills=[{"amount": "5"}, {"amount": "7"}],
    )
    other = club.make("guest", {"name": "Bo Li"})
    club.make("visit", {"guest": gone, "on": "2026-01-01"})
    club.make("visit", {"guest": kept, "with": [gone, other]})
    club.make("visit", {"guest": other, "with": [gone, kept]})
    return kept, gone


def merged(club: Club, kept: str, gone: str, actor: Actor = SYSTEM, *take: str) -> tuple[Verdict, str]:
    """What comes of it."""
    asked = Merge("guest", kept, gone, take)
    return merge(club.workspace.database, club.context(actor), club.release, asked)


def counted(club: Club, id_: str) -> dict[tuple[str, str], int]:
    """What hangs on a guest."""
    with club.workspace.database.read() as connection:
        found = moving_counts(connection, club.release, "guest", id_)
        return {(entity.name, declared.name): count for entity, declared, count in found}


def test_what_hangs_on_the_other_moves_and_the_other_goes_with_a_pointer(club: Club) -> None:
    kept, gone = twice(club)
    assert counted(club, gone) == {("visit", "guest"): 1, ("visit", "with"): 2, ("bill", "guest"): 2}
    verdict, batch = merged(club, kept, gone, SYSTEM, "mobile", "likes")
    assert isinstance(verdict, Saved), verdict
    found = club.look("guest", kept, "mobile", "likes", "visit_count", "spent")
    assert found == {"mobile": "+8613800138000", "likes": {"tea"}, "visit_count": 2, "spent": Decimal("22.00")}
    assert counted(club, gone) == {}
    assert counted(club, kept) == {("visit", "guest"): 2, ("visit", "with"): 2, ("bill", "guest"): 3}
    assert club.look("guest", gone, "deleted_at")["deleted_at"] is not None
    with club.workspace.database.read() as connection:
        assert went_into(connection, club.release, "guest", gone) == (kept, batch)
        assert went_into(connection, club.release, "guest", kept) == ("", "")
    assert [row["channel"] for row in club.history("guest", gone)] == ["api", "merge"]
    assert [row["channel"] for row in club.history("guest", kept)] == ["api", "merge"]


def test_a_merge_is_taken_back_as_one_batch(club: Club) -> None:
    kept, gone = twice(club)
    _, batch = merged(club, kept, gone, SYSTEM, "mobile")
    noted: dict[str, object] = {}
    more = True
    while more:
        with club.workspace.database.write() as connection:
            noted, more = advance(connection, club.context(), club.release, batch, noted)
    assert noted["refusals"] == []
    assert counted(club, gone) == {("visit", "guest"): 1, ("visit", "with"): 2, ("bill", "guest"): 2}
    assert club.look("guest", kept, "mobile", "spent") == {"mobile": None, "spent": Decimal("10.00")}
    assert club.look("guest", gone, "mobile", "spent", "deleted_at") == {
        "mobile": "+8613800138000",
        "spent": Decimal("12.00"),
        "deleted_at": None,
    }


def test_the_rights_to_change_the_one_and_to_delete_the_other_are_needed(club: Club) -> None:
    sam, boss = club.actor("seller", "Sam"), club.actor("seller", "Boss")
    kept, gone = twice(club, owner=sam.id)
    assert isinstance(club.change("guest", gone, owner=boss.id), Saved)
    for one, other in ((kept, gone), (gone, kept)):
        refused, _ = merged(club, one, other, sam)
        assert isinstance(refused, Refused) and refused.kind in ("missing", "denied")
    assert counted(club, gone) == {("visit", "guest"): 1, ("visit", "with"): 2, ("bill", "guest"): 2}
    assert isinstance(club.change("guest", gone, owner=sam.id), Saved)
    # Visits that only others may change come along: that is part of what it means.
    assert isinstance(merged(club, kept, gone, sam)[0], Saved)


def test_nothing_is_merged_with_itself_or_with_what_is_away(club: Club) -> None:
    kept, gone = twice(club)
    assert codes(merged(club, kept, kept)[0]) == [("", "missing")]
    merged(club, kept, gone)
    assert codes(merged(club, kept, gone)[0]) == [("", "missing")]


def test_others_are_found_while_one_types_and_on_the_records_page(club: Club) -> None:
    born = {"born": "1990-05-01"}
    kept, gone = twice(club, **born)
    with club.workspace.database.read() as connection:
        typed = Change("create", "guest", None, {"name": "anne smith", **born})
        found = like_typed(connection, club.context(), club.release, typed)
        assert [one.title for one in found] == ["Ann Smith", "Anne Smith"]
        assert [one.id for one in like_record(connection, club.context(), club.release, "guest", kept)] == [gone]


def test_whose_records_one_may_not_see_are_not_found_while_one_types(club: Club) -> None:
    born = {"born": "1990-05-01"}
    twice(club, **born)
    typed = Change("create", "guest", None, {"name": "anne smith", **born})
    context = club.context(club.actor("seller", "Sam"))
    with club.workspace.database.read() as connection:
        assert like_typed(connection, context, club.release, typed) == []


def test_who_are_not_the_same_are_told_of_each_other_no_more(club: Club) -> None:
    born = {"born": "1990-05-01"}
    kept, gone = twice(club, **born)
    with club.workspace.database.write() as connection:
        for pair in ((gone, kept), (kept, gone)):
            keep_apart(connection, club.context(), club.release, "guest", pair)
        assert like_record(connection, club.context(), club.release, "guest", kept) == []
    changed = club.change("guest", gone, name="Ann Smith")
    assert isinstance(changed, Saved)
    assert not changed.alike
    # A third one looks like both all the same.
    assert len(told(club.typed({"name": "Ann Smith", **born}))) == 2


def test_all_records_are_held_against_each_other_step_by_step(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "STEP", 3)
    born = {"born": "1990-05-01"}
    made = [club.make("guest", {"name": name, **born}) for name in ("Ann Smith", "Bo Li", "Anne Smith", "Cy", "Li Bo")]
    with club.workspace.database.write() as connection:
        # As a database of an older Kith has it: records are found by nothing but words.
        connection.execute(sa.update(system.search).values(terms="x"))
        job = searching.ask(connection, club.release, "guest", club.now)
        assert searching.ask(connection, club.release, "guest", club.now) == job
        noted, more = searching.advance(connection, club.context(), club.release, {"entity": "guest"}, {})
        assert more
        noted, more = searching.advance(connection, club.context(), club.release, {"entity": "guest"}, noted)
    assert not more
    assert noted["looked_at"] == 5
    rule = "guest.duplicates.same_person"
    assert sorted(noted["pairs"]) == [[made[0], made[2], rule], [made[1], made[4], rule]]
