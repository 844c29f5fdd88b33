"""What was kept aside is listed, dropped for good, and never missed: not by records, not by a later release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime import releases
from kith.runtime.applying.applying import Hooks, apply
from kith.runtime.applying.progress import CannotApply
from kith.runtime.applying.purging import Purge, kept_aside, purge_plan
from kith.runtime.database import Database, open_database
from kith.runtime.plan.planning import plan
from kith.runtime.release import Release
from kith.runtime.schema.views import make_views
from tests.runtime.models import entity, field, model
from tests.runtime.plan_cases import ID
from tests.runtime.test_apply import columns, row

PERSON = entity("person", field("name"))
LINE = entity("line", field("name"), field("shop", "reference", to="shop", owned=True))
SHOP = entity(
    "shop",
    field("name"),
    field("code", unique="folded"),
    field("open", "date_range"),
    field("tags", "tags"),
    field("boss", "reference", to="person"),
    indexes={"by_code": ["code", "name"]},
)
SMALL = entity("shop", field("name"))
RECORD = ID.format(0)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def publish(database: Database, candidate: Model, base: Release | None) -> Release:
    hooks = Hooks(renew=lambda connection, release, entity, fields, ids: None)
    return apply(plan(candidate, base, database), database, hooks=hooks, allow_loss=True)


def left_behind(database: Database, *more: Any) -> Release:
    """A release that has left fields and an entity with a record of each behind."""
    base = publish(database, model(SHOP, LINE, PERSON, *more), None)
    with database.write() as connection:
        for name, values in {
            "person": {"name": "Li"},
            "shop": {"name": "A", "code": "x", "boss": RECORD},
            "line": {"name": "one", "shop": RECORD},
        }.items():
            connection.execute(base.tables[name].table.insert().values(row(0, **values)))
        connection.execute(base.tables["shop"].links["tags"].table.insert().values(record=RECORD, value="new"))
    return publish(database, model(SMALL, LINE), base)


def listed(database: Database, release: Release) -> list[Purge]:
    with database.read() as connection:
        return kept_aside(connection, release.names)


def purge(database: Database, release: Release, *wanted: str) -> Release:
    everything = listed(database, release)
    chosen = [one for one in everything if not wanted or (one.field or one.entity) in wanted]
    return apply(purge_plan(release, chosen, everything), database, allow_loss=True)


def test_what_is_kept_aside_is_listed_with_its_counts(database: Database) -> None:
    release = left_behind(database)
    assert [(one.message("en"), one.effect) for one in listed(database, release)] == [
        ("entity person, kept aside since release 2 (1 record)", "loses"),
        ("field shop.boss, kept aside since release 2 (1 record)", "loses"),
        ("field shop.code, kept aside since release 2 (1 record)", "loses"),
        ("field shop.open, kept aside since release 2", "safe"),
        ("field shop.tags, kept aside since release 2 (1 record)", "loses"),
    ]


def test_purging_drops_it_and_nothing_else(database: Database) -> None:
    release = left_behind(database)
    with database.write() as connection:
        make_views(connection, release)
    after = purge(database, release)
    assert (after.number, listed(database, after)) == (3, [])
    assert not {"code", "code__fold", "boss", "open__start"} & columns(database, "shop")
    with database.read() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        assert not {"person", "shop__tags"} & tables
        for name in ("shop", "line"):
            assert connection.scalar(sa.select(sa.func.count()).select_from(after.tables[name].table)) == 1
        stored = releases.load_current(connection)
        assert stored is not None
        assert stored.names == after.names
    again = plan(model(SMALL, LINE), after, database)
    assert (again.changes, again.drift) == ((), ())
    # Foreign keys hold as before.
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(after.tables["line"].table.insert().values(row(1, shop=ID.format(7))))


def test_what_was_purged_comes_back_empty(database: Database) -> None:
    after = purge(database, left_behind(database))
    planned = plan(model(SHOP, LINE, PERSON), after, database)
    assert [change.message("en") for change in planned.changes if getattr(change, "returning", 0)] == []
    last = apply(planned, database)
    with database.read() as connection:
        assert connection.execute(sa.select(last.tables["shop"].columns["code"].value)).all() == [(None,)]
    assert plan(model(SHOP, LINE, PERSON), last, database).drift == ()


def test_one_of_them_can_be_purged_alone(database: Database) -> None:
    after = purge(database, left_behind(database), "code")
    assert [one.field or one.entity for one in listed(database, after)] == ["person", "boss", "open", "tags"]


def test_an_entity_takes_along_the_references_to_it(database: Database) -> None:
    after = purge(database, left_behind(database), "person")
    assert [one.field or one.entity for one in listed(database, after)] == ["code", "open", "tags"]
    assert "boss" not in columns(database, "shop")


def test_values_that_are_purged_are_those_of_people(database: Database) -> None:
    release = left_behind(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE shop SET code = NULL, code__sort = NULL, code__fold = NULL")
    assert [one.rows for one in listed(database, release) if one.field == "code"] == [0]


def test_a_view_that_somebody_has_made_stands_in_the_way(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    release = left_behind(database)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE VIEW mine AS SELECT code FROM shop")
    with pytest.raises(CannotApply, match="such as a view"):
        purge(database, release)
    assert "code" in columns(database, "shop")
    database.close()
