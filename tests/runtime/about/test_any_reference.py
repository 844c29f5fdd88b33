"""References to a record of one of several entities: written, read, listed, let go of and renamed, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.read import get_record, list_records
from kith.runtime.read.query import Query, Reference
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
    found = dict(listed(desk, "remark", "text", "on"))
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
