"""Reference data over several releases, while people work with the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.metadata.build import build
from kith.runtime import releases
from kith.runtime.clock import system_clock
from kith.runtime.plan.rolling import plan_back
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema.system import reference
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.shelf import shelf_of
from tests.support.worlds import app_document, built

APP = app_document("corner", "kind")
KIND = """\
entity: kind
label: Kind
plural: Kinds
title: "{name}"
fields:
  code: {type: text, unique: exact, label: Code}
  name: {type: text, required: true, label: Name}
  rate: {type: decimal, scale: 2, label: Rate}
  note: {type: text, label: Note}
  look: {type: choice, label: Look, options: {red: {label: Red}, blue: {label: Blue}}}
  looks: {type: choices, label: Looks, options: {a: {label: A}, b: {label: B}}}
  parent: {type: reference, to: kind, inverse: parts, label: Parent}
"""
STEP = """\
entity: step
label: Step
plural: Steps
title: "{name}"
fields:
  kind: {type: reference, to: kind, inverse: steps, owned: true, required: true, label: Kind}
  name: {type: text, required: true, label: Name}
"""
PRICE = """\
entity: price
label: Price
plural: Prices
title: "{area}"
keys: {place: [kind, area]}
fields:
  kind: {type: reference, to: kind, inverse: prices, required: true, label: Kind}
  area: {type: text, required: true, label: Area}
  amount: {type: decimal, scale: 2, label: Amount}
"""


@dataclass
class Corner:
    """A corner shop whose folder and records tests change."""

    folder: Path
    workspace: Workspace

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def kinds(self, *rows: str) -> None:
        lines = "".join(f"  {row}\n" for row in rows)
        self.write("data/kinds.yaml", f"data: kinds\nof: kind\nkey: code\nrows:\n{lines}")

    def plan(self) -> list[str]:
        """What publishing would do to records."""
        planned = self.workspace.plan(built(self.folder))
        return [f"{one.sign} {one.message('en')}" for one in planned.changes if "data" in one.kind]

    def publish(self) -> list[str]:
        """Publish as planned; afterwards there is nothing to do."""
        told = self.plan()
        planned = self.workspace.plan(built(self.folder))
        self.workspace.apply(planned, hooks=hooks(system_clock))
        again = self.workspace.plan(built(self.folder))
        assert [one.message("en") for one in again.changes] == []
        return told

    def save(self, change: Change) -> str:
        release = self.workspace.current()
        done = save(self.workspace.database, system_context(release, system_clock), release, change, Cause("form"))
        assert isinstance(done, Saved), done
        return done.id

    def records(self, entity: str = "kind") -> list[dict[str, Any]]:
        release = self.workspace.current()
        shelf = shelf_of(release, entity)
        with self.workspace.database.read() as connection:
            ids = list(connection.scalars(sa.select(shelf.table.id).where(shelf.table.live)))
            return shelf.select(connection, map(str, ids), lock=False)

    def find(self, code: str) -> dict[str, Any]:
        return next(one for one in self.records() if one["code"] == code)

    def edit(self, code: str, **values: object) -> None:
        self.save(Change("update", "kind", self.find(code)["id"], values))

    def delete(self, code: str) -> None:
        self.save(Change("delete", "kind", self.find(code)["id"]))

    def codes(self) -> list[str]:
        return sorted(one["code"] for one in self.records())


@pytest.fixture
def corner(database_url: str, tmp_path: Path) -> Iterator[Corner]:
    workspace = Workspace.open(database_url)
    made = Corner(tmp_path / "corner", workspace)
    for path, text in {
        "app.yaml": APP,
        "entities/kind.yaml": KIND,
        "entities/step.yaml": STEP,
        "entities/price.yaml": PRICE,
    }.items():
        made.write(path, text)
    yield made
    workspace.close()


def test_rows_are_made_changed_and_taken_away_and_the_plan_counts_them(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, rate: 1.5}", "milk: {name: Milk}")
    assert corner.publish() == ["+ data kinds: 2 records added"]
    corner.kinds("tea: {name: Teas, rate: 1.50}", "rice: {name: Rice, parent: tea}")
    assert corner.publish() == [
        "+ data kinds: 1 record added",
        "~ data kinds: 1 record changed",
        "- data kinds: 1 record removed",
    ]
    assert corner.codes() == ["rice", "tea"]
    assert corner.find("tea")["name"] == "Teas"
    assert corner.find("rice")["parent"] == corner.find("tea")["id"]


def test_what_a_person_changed_stays_and_the_rest_is_brought_up_to_date(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, rate: 1.5}")
    corner.publish()
    corner.edit("tea", name="Chai")
    corner.kinds("tea: {name: Teas, rate: 2}")
    assert corner.publish() == [
        "~ data kinds: 1 record changed",
        "! reference row kinds/tea: name was changed by a person, stays",
    ]
    assert (corner.find("tea")["name"], str(corner.find("tea")["rate"])) == ("Chai", "2.00")
    corner.kinds("tea: {name: Tees, rate: 3}")
    corner.publish()
    assert (corner.find("tea")["name"], str(corner.find("tea")["rate"])) == ("Chai", "3.00")


def test_what_a_person_deleted_stays_deleted_and_what_needs_it_goes_without(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea}")
    corner.publish()
    corner.delete("tea")
    corner.kinds("tea: {name: Teas}", "green: {name: Green, parent: tea}")
    assert "! reference row kinds/tea: was deleted by a person, stays deleted" in corner.publish()
    assert (corner.codes(), corner.find("green")["parent"]) == (["green"], None)


def test_a_row_that_is_gone_stays_where_it_was_changed_or_is_needed(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea}", "milk: {name: Milk}", "rice: {name: Rice}", "salt: {name: Salt, parent: rice}")
    corner.publish()
    corner.edit("milk", note="ours")
    corner.save(Change("create", "kind", None, {"code": "own", "name": "Own", "parent": corner.find("tea")["id"]}))
    corner.kinds()
    corner.write("data/kinds.yaml", "data: kinds\nof: kind\nkey: code\nrows: {}\n")
    told = corner.publish()
    assert "- data kinds: 2 records removed" in told
    assert [line for line in told if line.startswith("!")] == [
        "! reference row kinds/milk: is no longer in the data; it was changed or is in use, stays",
        "! reference row kinds/tea: is no longer in the data; it was changed or is in use, stays",
    ]
    assert corner.codes() == ["milk", "own", "tea"]


def test_rows_that_were_taken_away_come_back_as_the_records_that_they_were(corner: Corner) -> None:
    both = ("tea: {name: Tea, note: hot, steps: [{name: Boil}]}", "green: {name: Green, parent: tea}")
    corner.kinds(*both)
    corner.publish()
    was = {one["code"]: one["id"] for one in corner.records()}
    for _ in range(2):
        corner.write("data/kinds.yaml", "data: kinds\nof: kind\nkey: code\nrows: {}\n")
        assert corner.publish() == ["- data kinds: 2 records removed"]
        corner.kinds(both[0].replace("Tea", "Teas"), both[1])
        assert corner.publish() == ["+ data kinds: 2 records added"]
        assert {one["code"]: one["id"] for one in corner.records()} == was
        assert (corner.find("tea")["name"], corner.find("green")["parent"]) == ("Teas", was["tea"])
        assert [one["name"] for one in corner.records("step")] == ["Boil"]


def test_a_row_that_comes_back_gives_way_to_a_record_made_meanwhile(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea}")
    corner.publish()
    corner.write("data/kinds.yaml", "data: kinds\nof: kind\nkey: code\nrows: {}\n")
    corner.publish()
    own = corner.save(Change("create", "kind", None, {"code": "tea", "name": "Own"}))
    corner.kinds("tea: {name: Tea}")
    corner.publish()
    assert (corner.find("tea")["id"], corner.find("tea")["name"]) == (own, "Own")


def test_a_value_that_is_given_no_more_is_taken_back_where_nobody_touched_it(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, note: hot, rate: 1}", "milk: {name: Milk, note: cold}")
    corner.publish()
    corner.edit("milk", note="ours")
    corner.kinds("tea: {name: Tea, rate: ~}", "milk: {name: Milk}")
    corner.publish()
    assert (corner.find("tea")["note"], corner.find("tea")["rate"]) == (None, None)
    assert corner.find("milk")["note"] == "ours"


def test_rows_go_on_under_other_names_of_fields_keys_and_options(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, look: red, looks: [a]}", "milk: {name: Milk, look: red}")
    corner.publish()
    corner.edit("milk", look="blue")
    kind = KIND.replace("  code:", "  short:").replace("unique: exact,", "unique: exact, renamed_from: [code],")
    kind = kind.replace("red: {label: Red}", "pink: {label: Red, renamed_from: [red]}")
    corner.write("entities/kind.yaml", kind)
    corner.write(
        "data/kinds.yaml",
        "data: sorts\nof: kind\nkey: short\nrows:\n  tea: {name: Tea, look: pink, looks: [a]}\n  milk: {name: Milk, look: pink}\n",
    )
    assert corner.publish() == []
    assert {one["short"]: one["look"] for one in corner.records()} == {"tea": "pink", "milk": "blue"}


def test_rows_match_by_keys_of_several_fields(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea}")
    prices = "data: prices\nof: price\nkey: place\nrows:\n  - {kind: tea, area: north, amount: 1}\n"
    corner.write("data/prices.yaml", prices)
    corner.publish()
    corner.write("data/prices.yaml", prices.replace("amount: 1", "amount: 2") + "  - {kind: tea, area: south}\n")
    assert corner.publish() == [
        "+ data prices: 1 record added",
        "~ data prices: 1 record changed",
    ]
    assert sorted((one["area"], str(one["amount"])) for one in corner.records("price")) == [
        ("north", "2.00"),
        ("south", "None"),
    ]


def test_owned_lines_follow_their_row_until_a_person_changes_one(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, steps: [{name: Boil}, {name: Pour}]}")
    corner.publish()
    corner.kinds("tea: {name: Tea, steps: [{name: Heat}]}")
    assert corner.publish() == ["~ data kinds: 1 record changed"]
    assert [one["name"] for one in corner.records("step")] == ["Heat"]
    (step,) = corner.records("step")
    corner.save(Change("update", "step", step["id"], {"name": "Warm"}))
    corner.kinds("tea: {name: Tea, steps: [{name: Cook}]}")
    assert corner.publish() == ["! reference row kinds/tea: steps was changed by a person, stays"]
    assert [one["name"] for one in corner.records("step")] == ["Warm"]


def test_a_record_that_was_there_before_its_row_is_completed_and_keeps_what_it_has(corner: Corner) -> None:
    corner.publish()
    corner.save(Change("create", "kind", None, {"code": "tea", "name": "Own tea"}))
    corner.kinds("tea: {name: Tea, note: hot}")
    corner.publish()
    assert (corner.find("tea")["name"], corner.find("tea")["note"]) == ("Own tea", "hot")
    assert len(corner.codes()) == 1


def test_rows_that_no_key_names_are_made_once(corner: Corner) -> None:
    corner.write("data/loose.yaml", "data: loose\nof: kind\nrows:\n  - {name: A}\n  - {name: B}\n")
    corner.publish()
    corner.write("data/loose.yaml", "data: loose\nof: kind\nrows:\n  - {name: A}\n  - {name: C}\n")
    corner.publish()
    assert sorted(one["name"] for one in corner.records()) == ["A", "C"]


def test_a_second_document_completes_the_rows_of_a_first_one_and_has_the_last_word(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea, note: first}")
    corner.write("data/more.yaml", "data: more\nof: kind\nkey: code\nrows:\n  tea: {note: second, rate: 1}\n")
    corner.publish()
    corner.edit("tea", rate="5")
    corner.kinds("tea: {name: Teas, note: first}")
    corner.publish()
    found = corner.find("tea")
    assert (found["name"], found["note"], str(found["rate"])) == ("Teas", "second", "5.00")
    with corner.workspace.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(reference)) == 1


def test_going_back_takes_rows_away_and_brings_values_back_where_nobody_has_touched_them(corner: Corner) -> None:
    corner.kinds("tea: {name: Tea}", "milk: {name: Milk, note: cold}", "salt: {name: Salt}")
    corner.publish()
    corner.kinds("tea: {name: Teas}", "milk: {name: Milks, note: warm}", "rice: {name: Rice}", "oats: {name: Oats}")
    corner.publish()
    corner.edit("milk", name="Our milk")
    corner.edit("oats", note="ours")
    workspace = corner.workspace
    with workspace.database.read() as connection:
        stored = releases.load(connection, 1)
    model, _ = build(stored.layers)
    assert model is not None
    planned = plan_back(stored, model, workspace.current(), workspace.database)
    workspace.apply(planned, hooks=hooks(system_clock))
    found = {one["code"]: (one["name"], one["note"]) for one in corner.records()}
    assert found == {
        "tea": ("Tea", None),
        "milk": ("Our milk", "cold"),
        "salt": ("Salt", None),
        "oats": ("Oats", "ours"),
    }
