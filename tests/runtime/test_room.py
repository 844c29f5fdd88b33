"""A table never runs out of columns: it is made anew before, with all that it has, and without what is kept aside and empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime.applying.applying import apply
from kith.runtime.applying.progress import CannotApply
from kith.runtime.database import Database, open_database
from kith.runtime.plan import room
from kith.runtime.plan.planning import Plan, plan
from kith.runtime.release import Release
from tests.runtime.models import entity, field, model
from tests.runtime.plan_cases import ID
from tests.runtime.test_apply import columns, row
from tests.runtime.test_plan import schema

LIMIT = 40
PERSON = entity("person", field("name"), field("shop", "reference", to="shop"))


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(room, "COLUMNS", LIMIT)
    opened = open_database(database_url)
    yield opened
    opened.close()


def shop(*more: str) -> Model:
    fields = [field("name"), field("code", unique="folded"), field("boss", "reference", to="person")]
    return model(
        entity("shop", *fields, *(field(name, "integer") for name in more), indexes={"by_name": ["name"]}), PERSON
    )


def published(database: Database, planned: Plan) -> Release:
    return apply(planned, database, allow_loss=True)


def start(database: Database) -> Release:
    release = published(database, plan(shop("first"), None, database))
    with database.write() as connection:
        connection.execute(
            release.tables["shop"].table.insert().values(row(0, name="A", code="x", code__fold="x", first=7))
        )
        connection.execute(release.tables["person"].table.insert().values(row(1, name="B", shop=ID.format(0))))
        connection.execute(release.tables["shop"].table.update().values(boss=ID.format(1)))
    return release


def made_anew(planned: Plan) -> list[room.MakeRoom]:
    return [change for change in planned.changes if isinstance(change, room.MakeRoom)]


def test_fields_come_and_go_without_end(database: Database) -> None:
    release = start(database)
    rebuilt = 0
    for number in range(60):
        planned = plan(shop(f"field_{number}"), release, database)
        rebuilt += len(made_anew(planned))
        release = published(database, planned)
        again = plan(shop(f"field_{number}"), release, database)
        assert (again.changes, again.drift) == ((), ())
    assert rebuilt > 1
    with database.read() as connection:
        # What has values stays, however often the table was made anew.
        assert connection.exec_driver_sql("SELECT first, name, code FROM shop").all() == [(7, "A", "x")]
    assert len(columns(database, "shop")) <= LIMIT


def test_a_table_that_is_made_anew_has_what_it_had(database: Database) -> None:
    release = published(database, plan(shop("first"), start(database), database))
    rebuilt, before = False, ""
    names = ["first"]
    while not rebuilt:
        release = published(database, plan(shop(*names), release, database))
        with database.read() as connection:
            before = schema(connection)
        names = ["first", f"field_{release.number}"]
        planned = plan(shop(*names), release, database)
        rebuilt = bool(made_anew(planned))
        text = planned.as_text()
        if rebuilt:
            assert "is made anew; who writes to it waits (1 record, less than a second)" in text
            assert not planned.is_safe
        release = published(database, planned)
    with database.read() as connection:
        after = schema(connection)
    kept = [line for line in before.splitlines() if not line.startswith("  id ")]
    assert [line for line in after.splitlines() if not line.startswith("  id ")] == kept
    for wrong in ({"boss": ID.format(9)}, {"code": "X", "code__fold": "x"}):
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            connection.execute(release.tables["shop"].table.insert().values(row(2, **wrong)))
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(release.tables["person"].table.insert().values(row(3, shop=ID.format(9))))


def test_values_that_are_kept_aside_are_never_dropped_for_room(database: Database) -> None:
    release = start(database)
    names = [f"field_{number}" for number in range(LIMIT - 18)]
    release = published(database, plan(shop(*names), release, database))
    with database.write() as connection:
        connection.execute(release.tables["shop"].table.update().values(dict.fromkeys(names, 1)))
    release = published(database, plan(shop(), release, database))
    planned = plan(shop(*(f"other_{number}" for number in range(5))), release, database)
    assert planned.is_refused
    assert "`kith purge`" in planned.as_text()
    with pytest.raises(CannotApply):
        published(database, planned)
