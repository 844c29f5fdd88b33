"""The workspace's business calendar in rules, defaults and formulas, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.runtime.context import SYSTEM, Context
from kith.runtime.publishing import hooks
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query, Sort
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save
from tests.metadata.example import write
from tests.support.worlds import built

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(SYSTEM, datetime(2026, 9, 30, 4, 0, tzinfo=UTC), "en", ZONE, ZONE)
FILES = {
    "app.yaml": "app: desk\nversion: 1.0.0\ntitle: Desk\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n",
    "calendars/standard.yaml": """
calendar: standard
label: Office
hours:
  mon: [09:00-12:00, 13:00-18:00]
  tue: [09:00-12:00, 13:00-18:00]
  wed: [09:00-12:00, 13:00-18:00]
  thu: [09:00-12:00, 13:00-18:00]
  fri: [09:00-12:00, 13:00-18:00]
holidays:
  national_day_2026: {label: National Day, from: 2026-10-01, to: 2026-10-07, work: [2026-09-27, 2026-10-10]}
""",
    "entities/ticket.yaml": """
entity: ticket
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  opened: {type: datetime, label: Opened}
  closed: {type: datetime, label: Closed}
  due: {type: date, default_from: 'add_business_days(today(), 2)', label: Due}
  hours: {type: formula, value: 'business_hours_between(opened, closed)', label: Hours}
""",
    "rules/ticket_rules.yaml": """
rules: ticket_rules
of: ticket
items:
  due_on_a_working_day:
    require: due is not set or is_business_day(due)
    message: "Nobody works on {due}."
    field: due
""",
}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    model = built(write(tmp_path / "desk", FILES))
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(model))
    yield workspace
    workspace.close()


def test_defaults_rules_and_formulas_go_by_the_calendar(desk: Workspace) -> None:
    def made(**values: object) -> Saved | Refused:
        return save(desk.database, CONTEXT, desk.current(), Change("create", "ticket", None, values), Cause("api"))

    assert isinstance(made(name="a", opened="2026-09-30T08:00:00Z", closed="2026-10-08T02:30:00Z"), Saved)
    assert isinstance(made(name="b", due="2026-10-10"), Saved)
    refused = made(name="c", due="2026-10-05")
    assert isinstance(refused, Refused) and refused.failures[0].field == "due"
    query = Query("ticket", ("name", "due", "hours"), sort=(Sort("name"),))
    with desk.database.read() as connection:
        rows = [tuple(map(str, row[2:])) for row in list_records(connection, CONTEXT, desk.current(), query).rows]
    assert rows == [("a", "2026-10-09", "3.500000"), ("b", "2026-10-10", "None")]


def test_what_is_stored_is_counted_anew_where_the_calendar_changes(desk: Workspace, tmp_path: Path) -> None:
    save(
        desk.database,
        CONTEXT,
        desk.current(),
        Change("create", "ticket", None, {"name": "a", "opened": "2026-10-02T01:00Z", "closed": "2026-10-08T01:00Z"}),
        Cause("api"),
    )
    longer = FILES["calendars/standard.yaml"].replace("to: 2026-10-07", "to: 2026-10-06")
    layers, _ = load(write(tmp_path / "later", {**FILES, "calendars/standard.yaml": longer}))
    model, _ = build(layers)
    assert model is not None
    plan = desk.plan(model)
    assert {type(change).__name__ for change in plan.changes} == {"ChangeDocument", "ChangeFormula"}
    desk.apply(plan, hooks=hooks(lambda: CONTEXT.now))
    with desk.database.read() as connection:
        rows = list_records(connection, CONTEXT, desk.current(), Query("ticket", ("name", "hours"))).rows
    assert [str(row[3]) for row in rows] == ["8.000000"]
