"""References to a record of one of several entities: written, read, listed, let go of and renamed, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.accessing.records import record_access
from kith.runtime.context import SYSTEM, Actor
from kith.runtime.past.asof import record_as_of
from kith.runtime.read import aggregate, choices, get_record, history, list_records, search
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import AggregateQuery, Query, Reference
from kith.runtime.read.reader import reader_of
from kith.runtime.write.change import Change, Saved
from tests.runtime.write.shop_world import Shop, codes
from tests.support.prepared import installed
from tests.support.worlds import model_of

DESK = Path(__file__).parent / "desk"


@pytest.fixture
def desk(database_url: str) -> Iterator[Shop]:
    """An empty desk."""
    workspace = installed(database_url, model_of(DESK))
    opened = Shop(workspace, workspace.current())
    yield opened
    opened.close()


def listed(desk: Shop, entity: str, *fields: str, actor: Actor = SYSTEM, **asked: object) -> list[tuple[object, ...]]:
    """The wanted fields of a list, in the order of their making."""
    query = Query(entity, fields, **asked)  # type: ignore[arg-type]
    with desk.workspace.database.read() as connection:
        return [row[2:] for row in list_records(connection, desk.context(actor), desk.release, query).rows]


def test_a_record_of_each_entity_is_named_and_has_its_label_in_the_same_statement(desk: Shop) -> None:
    acme = desk.make("account", {"name": "Acme"})
    ann = desk.make("person", {"name": "Ann", "account": acme})
    one = desk.make("remark", {"text": "one", "on": {"entity": "account", "id": acme}})
    desk.make("remark", {"text": "two", "on": f"person/{ann}"})
    desk.make("remark", {"text": "three"})
    found = {row[0]: row[1] for row in listed(desk, "remark", "text", "on")}
    assert found == {
        "one": Reference(acme, "Acme", True, "account"),
        "two": Reference(ann, "Ann of Acme", True, "person"),
        "three": None,
    }
    assert desk.look("remark", one, "on") == {"on": {"entity": "account", "id": acme}}
    assert listed(desk, "remark", "text", filter='on.entity == "account"') == [("one",)]
    assert listed(desk, "remark", "text", filter="on is not set") == [("three",)]
    assert listed(desk, "remark", "text", view="remarks") == [("one",)]
    assert listed(desk, "remark", "text", related_to=("on", ann)) == [("two",)]
    assert listed(desk, "account", "name", filter='any(remarks where text == "one")') == [("Acme",)]
    with desk.workspace.database.read() as connection:
        record = get_record(connection, desk.context(), desk.release, "remark", one)
    assert record is not None and record.values["on"] == Reference(acme, "Acme", True, "account")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("team/00000000-0000-7000-8000-000000000000", "not_target"),
        ("account/nobody", "not_reference"),
        ("account/00000000-0000-7000-8000-000000000000", "no_such_record"),
        ({"entity": "account"}, "not_any_reference"),
        (5, "not_any_reference"),
    ],
)
def test_what_names_no_record_is_refused(desk: Shop, raw: object, code: str) -> None:
    assert codes(desk.do(Change("create", "remark", None, {"text": "x", "on": raw}))) == [("on", code)]


def test_a_record_goes_with_what_names_it_as_the_field_says_and_comes_back(desk: Shop) -> None:
    ann, bob = (desk.make("person", {"name": name}) for name in ("Ann", "Bob"))
    loose = desk.make("remark", {"text": "loose", "on": f"person/{ann}"})
    desk.make("remark", {"text": "firm", "firmly": f"person/{bob}"})
    note = desk.make("note", {"text": "hello", "about": f"person/{ann}"})
    assert codes(desk.do(Change("delete", "person", bob))) == [("", "in_use")]
    assert isinstance(desk.do(Change("delete", "person", ann)), Saved)
    assert desk.look("remark", loose, "on") == {"on": None}
    assert desk.look("note", note, "deleted_at")["deleted_at"] is not None
    assert isinstance(desk.do(Change("restore", "person", ann)), Saved)
    assert desk.look("remark", loose, "on") == {"on": {"entity": "person", "id": ann}}
    assert desk.look("note", note, "deleted_at") == {"deleted_at": None}


def test_what_is_seen_with_a_record_is_seen_by_whoever_sees_that(desk: Shop) -> None:
    ann, bob = desk.actor("rep", "Ann"), desk.actor("rep", "Bob")
    hers, his = (desk.make("account", {"name": name, "owner": one.id}) for name, one in (("Hers", ann), ("His", bob)))
    someone = desk.make("person", {"name": "Someone"})
    about = {"hers": f"account/{hers}", "his": f"account/{his}", "anybody": f"person/{someone}"}
    notes = {name: desk.make("note", {"text": name, "about": to, "author": bob.id}) for name, to in about.items()}
    assert sorted(listed(desk, "note", "text", actor=ann)) == [("anybody",), ("hers",)]
    # His own ones he sees whatever they are about.
    desk.change("account", his, owner=ann.id)
    assert sorted(listed(desk, "note", "text", actor=bob)) == [("anybody",), ("hers",), ("his",)]
    desk.change("account", his, owner=bob.id)
    with desk.workspace.database.read() as connection:
        assert get_record(connection, desk.context(ann), desk.release, "note", notes["his"]) is None
    assert desk.do(Change("update", "note", notes["his"], {"text": "mine"}), ann).kind == "missing"  # type: ignore[union-attr]
    assert codes(desk.do(Change("create", "note", None, {"text": "x", "about": about["his"]}), ann)) == [
        ("about", "no_such_record")
    ]
    assert isinstance(desk.do(Change("create", "note", None, {"text": "x", "about": about["hers"]}), ann), Saved)


def test_the_label_of_a_record_out_of_scope_is_not_told(desk: Shop) -> None:
    ann = desk.actor("rep")
    acme = desk.make("account", {"name": "Acme"})
    desk.make("remark", {"text": "one", "on": f"account/{acme}"})
    assert listed(desk, "remark", "on", actor=ann) == [(Reference(acme, "", False, "account"),)]
    with desk.workspace.database.read() as connection:
        found = choices(connection, desk.context(ann), desk.release, "remark", "on", "")
    assert found == []


def test_candidates_come_from_every_entity(desk: Shop) -> None:
    acme, ann = desk.make("account", {"name": "Acme"}), desk.make("person", {"name": "Ann"})
    with desk.workspace.database.read() as connection:
        found = choices(connection, desk.context(), desk.release, "remark", "on", "")
        searched = choices(connection, desk.context(), desk.release, "remark", "on", "acm")
    assert [(one.entity, one.id) for one in found] == [("account", acme), ("person", ann)]
    assert [(one.entity, one.id) for one in searched] == [("account", acme)]


def test_history_tells_what_it_named_and_going_back_names_it_again(desk: Shop) -> None:
    acme = desk.make("account", {"name": "Acme"})
    ann = desk.make("person", {"name": "Ann", "account": acme})
    one = desk.make("remark", {"text": "one", "on": f"account/{acme}"})
    then = desk.now
    desk.now = then.replace(hour=5)
    desk.change("remark", one, on=f"person/{ann}")
    with desk.workspace.database.read() as connection:
        latest = history(connection, desk.context(), desk.release, "remark", one)[0]
        past = record_as_of(connection, desk.context(), desk.release, "remark", one, then)
    assert latest.changes["on"] == (
        Reference(acme, "Acme", True, "account"),
        Reference(ann, "Ann of Acme", True, "person"),
    )
    assert past is not None
    field = next(item for item in past.fields if item.name == "on")
    assert (field.value, field.now) == latest.changes["on"]
    assert isinstance(desk.change("remark", one, on=field.raw), Saved)
    assert desk.look("remark", one, "on") == {"on": {"entity": "account", "id": acme}}


def test_no_channel_tells_of_a_note_about_a_record_out_of_scope(desk: Shop) -> None:
    ann = desk.actor("rep", "Ann")
    his = desk.make("account", {"name": "His"})
    note = desk.make("note", {"text": "unspeakable", "about": f"account/{his}"})
    context, release = desk.context(ann), desk.release
    with desk.workspace.database.read() as connection:
        assert search(connection, context, release, "unspeakable", limit=5) == []
        assert history(connection, context, release, "note", note) == []
        counted = AggregateQuery("note", (), {"n": "count()"})
        assert aggregate(connection, context, release, counted) == [{"n": 0}]
        reader = reader_of(context, release)
        assert labels_of(connection, context, reader, "note", [note]) == {note: Reference(note, "", False)}
        assert record_access(connection, desk.context(), release, "note", note, ann).sees is False  # type: ignore[union-attr]
        assert record_as_of(connection, context, release, "note", note, desk.now) is None
    with desk.workspace.database.read() as connection:
        found = search(connection, desk.context(), release, "unspeakable", limit=5)
    assert [hit.id for hit in found] == [note]


def test_rules_ask_of_which_entity_it_is_and_reasons_call_it_by_its_label(desk: Shop) -> None:
    acme, ann = desk.make("account", {"name": "Acme"}), desk.make("person", {"name": "Ann"})
    assert desk.make("remark", {"text": "bad", "on": f"person/{ann}"})
    refused = desk.do(Change("create", "remark", None, {"text": "bad", "on": f"account/{acme}"}))
    assert codes(refused) == [("", "remark_rules/fair")]
    (failure,) = refused.failures  # type: ignore[union-attr]
    assert failure.message == "Nothing bad about account"
    assert failure.why[:2] == (
        "`on is not set` is false: On is Acme",
        '`on.entity != "account"` is false: On · Entity is account',
    )
