"""What is kept no longer than an entity says: when it is due, what is done, and what the law holds back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Context
from kith.runtime.privacy import holding
from kith.runtime.privacy.certificates import certificates
from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.overdue import cutoff
from kith.runtime.privacy.retaining import due, retain
from tests.api.world import NOW
from tests.runtime.privacy.canary import Canary, Clinic, found_in_bytes

ZONE = ZoneInfo("Asia/Shanghai")

CUTOFFS = [
    ("2026-11-22T04:00", "90d", "2026-08-24"),
    ("2026-11-22T04:00", "2w", "2026-11-08"),
    ("2026-11-22T17:00", "1d", "2026-11-22"),
    ("2026-03-31T04:00", "1mo", "2026-02-28"),
    ("2024-02-29T04:00", "1y", "2023-02-28"),
    ("2026-01-15T04:00", "13mo", "2024-12-15"),
]


@pytest.mark.parametrize(("now", "after", "day"), CUTOFFS, ids=str)
def test_a_span_ends_on_a_day_of_the_workspace(now: str, after: str, day: str) -> None:
    context = Context(SYSTEM, datetime.fromisoformat(now).replace(tzinfo=UTC), "en", ZONE, ZONE)
    assert cutoff(context, after) == date.fromisoformat(day)


def carried_out(house: Clinic, context: Context) -> dict[str, Any]:
    """A whole run."""
    so_far: dict[str, Any] = {}
    more = True
    while more:
        with house.database.write() as connection:
            so_far, more = retain(connection, context, house.release, "01a21892-cf37-7000-b416-f3d76b9c18ce", so_far)
    compact(house.database, context.now)
    return {name: count for name, count in so_far.items() if isinstance(count, int)}


def test_what_is_due_is_told_first_and_done_once(house: Clinic) -> None:
    one, young = Canary.hatched(5), Canary.hatched(6)
    id_, stays = house.live_through(one), house.live_through(young)
    house.desk.ask("PATCH", f"client/{id_}", body={"closed_on": "2016-11-22"})
    house.desk.ask("PATCH", f"client/{stays}", body={"closed_on": "2016-11-23"})
    later = replace(house.context(), now=NOW + timedelta(hours=1))
    with house.database.read() as connection:
        told = {one.entity: (one.count, dict(one.along)) for one in due(connection, later, house.release)}
    assert told == {"client": (1, {"visit": 3, "invoice": 1, "finding": 1}), "visit": (0, {})}
    assert carried_out(house, later) == {"anonymised": 1}
    assert found_in_bytes(house.database, one.traces()) == {}
    assert house.desk.get(f"client/{stays}").json()["data"]["name"] == young.name
    assert carried_out(house, later) == {}
    with house.database.read() as connection:
        (found,) = certificates(connection, house.release, verify=True)
    assert (found.row["cause"], found.row["actor"], found.flaws) == ("retention", None, ())


def test_the_recycle_bin_is_emptied_after_its_time_and_the_law_may_hold_a_record_back(one_house: Clinic) -> None:
    house, one = one_house, Canary.hatched(7)
    client = house.live_through(one)
    kept, gone = (house.desk.make("visit", client=client, complaint=f"cough {n}")["id"] for n in (1, 2))
    for id_ in (kept, gone):
        house.desk.ask("DELETE", f"visit/{id_}")
    with house.database.write() as connection:
        holding.place(connection, house.context(), house.release, "visit", kept, "Court")
    assert carried_out(house, replace(house.context(), now=NOW + timedelta(days=89))) == {}
    assert carried_out(house, replace(house.context(), now=NOW + timedelta(days=91))) == {"erased": 2}
    table = house.release.tables["visit"]
    with house.database.read() as connection:
        left = {str(id_) for id_ in connection.scalars(sa.select(table.id).where(~table.live))}
    assert left == {kept}
