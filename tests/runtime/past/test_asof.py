"""Records as of a moment: what they held then, under which names, for whom; and going back to that."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining.past import value_of
from kith.runtime.past.asof import PastRecord, record_as_of
from kith.runtime.past.moments import moment_of, release_at
from kith.runtime.past.restoring import cause_of, going_back
from kith.runtime.publishing import hooks
from kith.runtime.read.query import Reference
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.runtime.past.past_world import Batches, State
from tests.runtime.past.undone import Trial
from tests.support.worlds import Time, app_document, built

LINE = {"what": "Tea", "quantity": 2, "price": "10"}
MINUTE = timedelta(minutes=1)


def as_of(shop: Batches, entity: str, id_: str, at: datetime, actor: Actor = SYSTEM) -> PastRecord | None:
    with shop.workspace.database.read() as connection:
        return record_as_of(connection, shop.context(actor), shop.release, entity, id_, at)


def there(shop: Batches, entity: str, id_: str, at: datetime) -> PastRecord:
    found = as_of(shop, entity, id_, at)
    assert found is not None
    return found


def values(past: PastRecord) -> dict[str, Any]:
    """What a record held, as expressions have it."""
    return {one.name: value_of(one.raw, one.field.type) for one in past.fields}


def held(shop: Batches, keys: State, at: datetime) -> dict[tuple[str, str], Mapping[str, Any] | None]:
    """What all records held at a moment."""
    found: dict[tuple[str, str], Mapping[str, Any] | None] = {}
    for entity, id_ in keys:
        past = there(shop, entity, id_, at)
        if past.version:
            found[entity, id_] = values(past) if past.is_there else None
    return found


def test_every_record_is_told_as_it_was_at_every_moment(shop: Batches) -> None:
    trial = Trial(shop, random.Random(3))  # noqa: S311 - which trial it is
    trial.furnish()
    moments: list[tuple[datetime, State]] = []
    for _ in range(12):
        moments.append((shop.now, shop.state()))
        shop.now += MINUTE
        for change in trial.changes(3):
            shop.do(change)
    everyone = shop.state()
    for at, state in moments:
        assert held(shop, everyone, at) == dict(state)
    assert held(shop, everyone, moments[0][0] - MINUTE) == {}


def test_going_back_brings_a_record_to_what_it_was_with_its_lines(either: Batches) -> None:
    shop = either
    order = shop.make("order", {"note": "a", "discount": "0.1", "ordered_on": "2026-01-31"}, lines=[LINE, LINE, LINE])
    before = shop.state()
    at, shop.now = shop.now, shop.now + MINUTE
    gone, kept, _ = shop.lines(order)
    lines = (
        Change("delete", "", gone),
        Change("update", "", kept, {"what": "Rice", "price": 3}),
        Change("create", "", None, LINE),
    )
    shop.do(
        Change("update", "order", order, {"note": "b", "discount": None, "ordered_on": "2026-02-01"}, {"lines": lines})
    )
    past = there(shop, "order", order, at)
    change, cause = going_back(shop.release, past, lines=True), cause_of(past)
    done = save(shop.workspace.database, shop.context(), shop.release, change, cause)
    assert isinstance(done, Saved), done
    assert {key: held for key, held in shop.state().items() if held is not None} == before
    assert shop.look("order", order, "goods") == {"goods": 60}
    assert shop.history("order", order)[-1]["channel"] == "revert"


def test_one_field_returns_alone_and_only_through_the_gate(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann", "code": "A"})
    at, shop.now = shop.now, shop.now + MINUTE
    shop.change("customer", customer, name="New", code="B")
    shop.make("customer", {"name": "Other", "code": "A"})
    past = there(shop, "customer", customer, at)
    assert isinstance(shop.do(going_back(shop.release, past, ["name"])), Saved)
    assert shop.look("customer", customer, "name", "code") == {"name": "Ann", "code": "B"}
    refused = shop.do(going_back(shop.release, past, ["code"]))
    assert not isinstance(refused, Saved) and [one.code for one in refused.failures] == ["taken"]


def test_nobody_reads_of_the_past_what_he_may_not_read_today(shop: Batches) -> None:
    ann = shop.actor("seller", "Ann")
    customer = shop.make("customer", {"name": "A", "owner": ann.id, "secret_note": "CANARY", "code": "A"})
    at, shop.now = shop.now, shop.now + MINUTE
    shop.change("customer", customer, secret_note="other", name="B")
    seen = as_of(shop, "customer", customer, at, ann)
    assert seen is not None and "CANARY" not in repr(seen)
    assert {one.name: one.value for one in seen.fields}["name"] == "A"
    shop.change("customer", customer, owner=None)
    assert as_of(shop, "customer", customer, at, ann) is None
    assert as_of(shop, "customer", "no id", at) is None


def test_what_was_erased_says_so(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann", "code": "A"})
    at, shop.now = shop.now, shop.now + MINUTE
    shop.change("customer", customer, name="New")
    with shop.workspace.database.write() as connection:
        connection.execute(sa.update(system.history).values(values=None))
    told = {one.name: (one.value, one.erased) for one in there(shop, "customer", customer, at).fields}
    assert (told["name"], told["code"]) == ((None, True), (None, True))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", "2026-01-31T15:59:59.999999"),
        ("2026-01-31T09:00", "2026-01-31T01:00"),
        ("2026-01-31T09:00:00Z", "2026-01-31T09:00"),
        ("2026-01-31T09:00:00+02:00", "2026-01-31T07:00"),
        (" 2026-01-31 ", "2026-01-31T15:59:59.999999"),
        ("yesterday", None),
        ("2026-02-30", None),
        ("9999-12-31", None),
        ("", None),
    ],
)
def test_a_moment_is_a_day_with_all_that_was_done_on_it_or_an_instant(text: str, moment: str | None) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert moment_of(text, ZoneInfo("Asia/Shanghai")) == expected


FIRST = """\
  name: {type: text, required: true, label: Name}
  chief: {type: text, label: Chief}
  rooms: {type: text, label: Rooms}
  fax: {type: text, label: Fax}
  parent: {type: reference, to: shop, inverse: parts, label: Parent}
"""
SECOND = """\
  name: {type: text, required: true, label: Name}
  boss: {type: text, label: Boss, renamed_from: [chief]}
  rooms: {type: integer, label: Rooms}
  parent: {type: reference, to: shop, inverse: parts, label: Parent}
  city: {type: text, required: true, default: Harbin, label: City}
"""
HEAD = 'entity: shop\nlabel: Shop\nplural: Shops\ntitle: "{name}"\nfields:\n'


@pytest.fixture
def corner(database_url: str, tmp_path: Path) -> Any:
    """A shop whose documents have changed twice since it was made; the times of each state."""
    time = Time(datetime(2026, 1, 1, tzinfo=UTC))
    workspace = Workspace.open(database_url, clock=time)
    corner = Corner(workspace, time, tmp_path / "corner")
    yield corner
    workspace.close()


class Corner:
    """A workspace whose documents change."""

    def __init__(self, workspace: Workspace, time: Time, folder: Path) -> None:
        self.workspace, self.time, self.folder = workspace, time, folder

    def publish(self, fields: str) -> None:
        documents = {"app.yaml": app_document("corner", "shop"), "entities/shop.yaml": HEAD + fields}
        for path, text in documents.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        plan = self.workspace.plan(built(self.folder))
        self.workspace.apply(plan, hooks=hooks(self.time), allow_loss=True)
        self.time.on(days=1)

    def save(self, id_: str | None = None, **values: object) -> str:
        release = self.workspace.current()
        change = Change("update" if id_ else "create", "shop", id_, values)
        done = save(self.workspace.database, self.context(), release, change, Cause("api"))
        assert isinstance(done, Saved), done
        self.time.on(days=1)
        return done.id

    def context(self) -> Any:
        from kith.runtime.publishing import system_context

        return system_context(self.workspace.current(), self.time)

    def told(self, id_: str, at: datetime) -> tuple[int, dict[str, tuple[str, Any, Any]]]:
        with self.workspace.database.read() as connection:
            found = record_as_of(connection, self.context(), self.workspace.current(), "shop", id_, at)
            assert found is not None and found.release == release_at(connection, at)
        return found.release, {one.field.name: (one.name, one.value, one.now) for one in found.fields}


def test_a_record_is_told_by_that_days_names_and_types_and_by_todays(corner: Corner) -> None:
    corner.publish(FIRST)
    parent = corner.save(name="Top")
    shop = corner.save(name="A", chief="Mei", rooms="12", fax="1", parent=parent)
    first = corner.time.now
    corner.time.on(days=1)
    corner.publish(SECOND)
    second = corner.time.now
    corner.time.on(days=1)
    corner.save(shop, boss="Lin", rooms=13)
    reference = Reference(parent, "Top")
    assert corner.told(shop, first) == (
        1,
        {
            "name": ("name", "A", "A"),
            "chief": ("boss", "Mei", "Lin"),
            "rooms": ("rooms", "12", None),
            "fax": ("", "1", None),
            "parent": ("parent", reference, reference),
        },
    )
    assert corner.told(shop, second) == (
        2,
        {
            "name": ("name", "A", "A"),
            "boss": ("boss", "Mei", "Lin"),
            "rooms": ("rooms", 12, 13),
            "parent": ("parent", reference, reference),
            "city": ("city", "Harbin", "Harbin"),
        },
    )
