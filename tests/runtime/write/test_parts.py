"""Values of several parts in every slot: formulas, rules, views, scopes and titles read `home.city` on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kith.metadata.parts import LABELS
from kith.runtime.context import SYSTEM, Actor, Context
from kith.runtime.read.aggregates import aggregate
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import AggregateQuery, BadQuery, Group, Query, Sort
from kith.runtime.schema.storage import PARTS
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save
from tests.metadata.example import write
from tests.support.worlds import built

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(SYSTEM, datetime(2026, 11, 22, 4, 0, tzinfo=UTC), "en", ZONE, ZONE)
FILES = {
    "app.yaml": "app: parts\nversion: 1.0.0\ntitle: Parts\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n",
    "entities/trip.yaml": """
entity: trip
title: "{person.family} to {home.city}"
fields:
  person: {type: person_name, label: Person}
  home: {type: address, label: Home}
  away: {type: address, label: Away}
  period: {type: date_range, label: Period}
  part_of: {type: reference, to: trip, inverse: legs, label: Part of}
  town: {type: formula, value: home.city, label: Town}
  nights: {type: formula, value: 'days_between(period.start, period.end)', label: Nights}
  is_open: {type: formula, value: period is set and period.end is not set, label: Open}
  over: {type: formula, value: period.end < today(), label: Over}
  first_leg: {type: rollup, value: min(legs.period.start), label: First leg}
  legs_home: {type: rollup, value: 'count(legs where home.city == "Oslo")', label: Legs home}
""",
    "entities/user.yaml": "entity: user\nfields:\n  base: {type: address, label: Base}\n",
    "views/trips.yaml": """
view: trips
of: trip
label: Trips
filter: home is set
columns: {home.city: {}, part_of.person.family: {}, period.start: {}, town: {}}
sort: [home.city, -period.end]
""",
    "roles/local.yaml": """
role: local
label: Local
entities: {trip: {read: 'part_of.home.city == "Oslo" or (me.base is set and home.city == me.base.city)'}}
""",
    "rules/trip_rules.yaml": """
rules: trip_rules
of: trip
items:
  not_before:
    require: period.start is not set or period.start >= @2026-01-01
    message: "Too early: {period.start}."
    field: period
  keeps_away:
    on: [create, update]
    when: home is not set and away is set
    do: set home = away
  not_nowhere:
    when: home.city == "Nowhere"
    require: home is not set or period is not set
    message: "Nowhere."
  stays:
    on: [update]
    when: changed(home)
    require: old.home.country is not set or home.country == old.home.country
    message: "Stay there."
""",
}


@pytest.fixture
def trips(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    model = built(write(tmp_path / "parts", FILES))
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(model))
    yield workspace
    workspace.close()


def made(trips: Workspace, **values: object) -> str:
    done = save(trips.database, CONTEXT, trips.current(), Change("create", "trip", None, values), Cause("api"))
    assert isinstance(done, Saved), done
    return done.id


def shown(trips: Workspace, query: Query, context: Context = CONTEXT) -> list[tuple[object, ...]]:
    with trips.database.read() as connection:
        return [tuple(row[2:]) for row in list_records(connection, context, trips.current(), query).rows]


@pytest.fixture
def filled(trips: Workspace) -> Workspace:
    whole = made(
        trips,
        person={"family": "Li", "given": "An"},
        home={"city": "Oslo", "country": "NO"},
        period={"start": "2026-03-01", "end": "2026-03-08"},
    )
    made(trips, away={"city": "Rome"}, part_of=whole, period={"start": "2026-03-02"})
    made(trips, home={"city": "Oslo"}, part_of=whole, person={"given": "Bo"})
    made(trips, person={"family": "Wu"})
    return trips


def test_every_part_of_a_type_has_a_name_for_people() -> None:
    assert {part for parts in PARTS.values() for part in parts} == set(LABELS)


def test_formulas_and_roll_ups_are_worked_out_from_parts(filled: Workspace) -> None:
    fields = ("person", "town", "nights", "is_open", "over", "first_leg", "legs_home")
    rows = shown(filled, Query("trip", fields, sort=(Sort("created_at"), Sort("id"))))
    found = [(row[1], row[2], row[3], row[4], str(row[5]), row[6]) for row in rows]
    assert found == [
        ("Oslo", 7, False, True, "2026-03-02", 1),
        ("Rome", None, True, False, "None", 0),
        ("Oslo", None, False, False, "None", 0),
        (None, None, False, False, "None", 0),
    ]


def test_a_view_has_parts_as_columns_and_keys_of_its_order(filled: Workspace) -> None:
    model = filled.current().model
    labels = [column.label.in_("zh-CN") for column in model.views["trips"].columns]
    assert labels == ["Home · 城市", "Part of · Person · 姓", "Period · 开始", "Town"]
    sort = tuple(Sort(key.path, key.descending) for key in model.views["trips"].sort)
    rows = shown(filled, Query("trip", ("home.city", "part_of.person.family", "$title"), view="trips", sort=sort))
    assert rows == [("Oslo", None, "Li to Oslo"), ("Oslo", "Li", "to Oslo"), ("Rome", "Li", "to Rome")]


@pytest.mark.parametrize(("base", "count"), [(None, 2), ({"city": "Oslo"}, 3), ({"city": "Paris"}, 2)])
def test_a_scope_reads_parts_of_records_and_of_the_actor(
    filled: Workspace, base: dict[str, object] | None, count: int
) -> None:
    id_ = "00000000-0000-7000-8000-000000000009"
    actor = Actor(id_, "Lo", frozenset({"local"}), record={"id": id_, "base": base})
    context = Context(actor, CONTEXT.now, "en", ZONE, ZONE)
    assert len(shown(filled, Query("trip", ("town",)), context)) == count


def test_records_are_grouped_by_a_part_and_never_by_the_whole(filled: Workspace) -> None:
    with filled.database.read() as connection:
        by_city = AggregateQuery("trip", (Group("city", "home.city"),), {"n": "count(home)"})
        rows = aggregate(connection, CONTEXT, filled.current(), by_city)
        assert rows == [{"city": "Oslo", "n": 2}, {"city": "Rome", "n": 1}, {"city": None, "n": 0}]
        with pytest.raises(BadQuery, match=r"group by one of them, such as person\.family"):
            aggregate(
                connection, CONTEXT, filled.current(), AggregateQuery("trip", (Group("p", "person"),), {"n": "count()"})
            )


def test_a_rule_reads_parts_and_tells_them_by_their_labels(filled: Workspace) -> None:
    change = Change("create", "trip", None, {"period": {"start": "2025-12-31", "end": "2026-03-01"}})
    refused = save(filled.database, CONTEXT, filled.current(), change, Cause("api"))
    assert isinstance(refused, Refused)
    (failure,) = refused.failures
    assert failure.message == "Too early: Dec 31, 2025."
    assert "Period · From" in " ".join(failure.why)


def test_a_reason_tells_a_value_of_several_parts_as_people_read_it(filled: Workspace) -> None:
    change = Change(
        "create", "trip", None, {"home": {"city": "Nowhere", "country": "SE"}, "period": {"end": "2030-01-31"}}
    )
    refused = save(filled.database, CONTEXT, filled.current(), change, Cause("api"))
    assert isinstance(refused, Refused)
    told = " ".join(refused.failures[0].why)
    assert "Home is SE, Nowhere" in told and "Period is Jan 31, 2030" in told, told


@pytest.mark.parametrize(("country", "kept"), [("NO", True), ("SE", False)])
def test_the_part_before_the_save_is_there_too(filled: Workspace, country: str, kept: bool) -> None:
    id_ = made(filled, home={"city": "Bergen", "country": "NO"})
    change = Change("update", "trip", id_, {"home": {"city": "Moss", "country": country}})
    done = save(filled.database, CONTEXT, filled.current(), change, Cause("api"))
    assert isinstance(done, Saved) is kept, done
