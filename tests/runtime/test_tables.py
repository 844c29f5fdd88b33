from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kith.rules.tree import Aggregate, Path
from kith.rules.types import DATE, TEXT, Type, decimal, money
from kith.runtime.database import Database, open_database
from kith.runtime.schema.install import install
from kith.runtime.schema.names import Names, derived, named, shortened
from kith.runtime.schema.system import SYSTEM, history, search
from kith.runtime.schema.tables import Tables
from tests.runtime.models import entity, expression, field, model

AVERAGE = Aggregate(
    decimal(15, 6), 0, 0, "avg", Path(Type("ref"), 0, 0, "this", ()), "lines", "line", None, None, None, ()
)

MODEL = model(
    entity(
        "shop",
        field("name", unique="folded"),
        field("code", "text", unique="exact"),
        field("opened", "date_range"),
        field("place", "address"),
        field("kind", "choice", options=["a", "b"]),
        field("kinds", "choices", options=["a", "b"]),
        field("labels", "tags"),
        field("price", "money", type=money("", 15, 2), params={"currency_field": "cur"}),
        field("rating", "rollup", type=decimal(15, 6), value=expression("avg(x)", tree=AVERAGE)),
        field("age", "formula", type=DATE, value=expression("today()", DATE), storage="fresh"),
        field("shown", "formula", type=TEXT, value=expression("x"), storage="computed"),
        field("parent", "reference", to="shop"),
        field("select", "integer"),
        field("deleted_at", "datetime"),
        keys={"place": ["code", "kind"]},
        indexes={"by_kind": ["kind", "name"], "by_opened": ["kind"]},
    ),
    entity(
        "order", field("shop", "reference", to="shop"), field("others", "references", to="order"), field("data", "json")
    ),
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def _tables(database: Database) -> Tables:
    return Tables(MODEL, named(MODEL, Names()), database.kind)


def test_a_models_tables_are_made_on_both_engines(database: Database) -> None:
    tables = _tables(database)
    with database.write() as connection:
        tables.metadata.create_all(connection)
        inspector = sa.inspect(connection)
        for table in tables.metadata.tables.values():
            assert [column["name"] for column in inspector.get_columns(table.name)] == [c.name for c in table.columns]
            assert {i["name"] for i in inspector.get_indexes(table.name)} >= {i.name for i in table.indexes}


def test_fields_have_the_columns_that_their_values_need(database: Database) -> None:
    shop = _tables(database)["shop"]
    assert {name: list(item.parts) for name, item in shop.columns.items() if list(item.parts) != [""]} == {
        "opened": ["start", "end"],
        "place": ["country", "region", "city", "district", "street", "postal_code"],
        "price": ["", "base"],
        "rating": ["", "sum", "count"],
    }
    assert [name for name, item in shop.columns.items() if item.sort is not None] == ["name", "code"]
    assert [name for name, item in shop.columns.items() if item.fresh_until is not None] == ["age"]
    assert shop.columns["name"].folded is not None
    assert "shown" not in shop.columns
    assert list(shop.links) == ["kinds", "labels"]
    assert shop.columns["deleted_at"].value.name == "deleted_at_2"
    assert list(shop.keys) == ["place", "name", "code"]


def test_keys_hold_among_live_records_and_ignore_empty_parts(database: Database) -> None:
    tables = _tables(database)
    shop = tables["shop"]
    row = {"version": 1, "created_at": 0, "updated_at": 0, "computed": 0, "name__fold": "x"}
    if database.kind == "postgresql":
        row |= {"created_at": "2026-01-01Z", "updated_at": "2026-01-01Z"}
    ids = [f"01890000-0000-7000-8000-00000000000{number}" for number in range(5)]
    with database.write() as connection:
        tables.metadata.create_all(connection)
        connection.execute(shop.table.insert().values(row | {"id": ids[0]}))
        connection.execute(shop.table.insert().values(row | {"id": ids[1], "deleted_at": row["created_at"]}))
        connection.execute(shop.table.insert().values(row | {"id": ids[2], "name__fold": None}))
        connection.execute(shop.table.insert().values(row | {"id": ids[3], "name__fold": None}))
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(shop.table.insert().values(row | {"id": ids[4]}))


def test_a_reference_must_name_a_record_when_the_save_ends(database: Database) -> None:
    tables = _tables(database)
    shop = tables["shop"]
    now = "2026-01-01Z" if database.kind == "postgresql" else 0
    row = {"version": 1, "created_at": now, "updated_at": now}
    ids = [f"01890000-0000-7000-8000-00000000000{number}" for number in range(3)]
    with database.write() as connection:
        tables.metadata.create_all(connection)
        connection.execute(shop.table.insert().values(row | {"id": ids[0], "parent": ids[1]}))
        connection.execute(shop.table.insert().values(row | {"id": ids[1]}))
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(shop.table.insert().values(row | {"id": ids[2], "parent": ids[2].replace("7000", "7001")}))


def test_names_are_given_once_and_follow_renames() -> None:
    before = named(model(entity("shop", field("name"), field("city"))), Names())
    after = named(
        model(entity("branch", field("title", renamed_from=("name",)), field("name"), renamed_from=("shop",))), before
    )
    assert after.entities["branch"].table == "shop"
    # The old name is used anew, so the rename has been left behind.
    assert dict(after.entities["branch"].columns) == {"title": "title", "name": "name"}
    moved = named(model(entity("branch", field("title", renamed_from=("name",)), renamed_from=("shop",))), before)
    assert dict(moved.entities["branch"].columns) == {"title": "name"}
    again = named(
        model(entity("branch", field("title", renamed_from=("name",)), field("city"), field("name_2")), entity("shop")),
        moved,
    )
    assert again.entities["branch"].table == "shop"
    assert again.entities["shop"].table == "shop_2"
    assert dict(again.entities["branch"].columns) == {"title": "name", "city": "city", "name_2": "name_2"}
    assert Names.from_data(again.as_data()) == again


def test_physical_names_fit_and_do_not_clash() -> None:
    assert shortened("a" * 60) == "a" * 60
    long = [shortened("a" * 70 + end) for end in "xy"]
    assert len(set(long)) == 2
    assert all(len(name) == 60 for name in long)
    assert derived("ix", "a", ["b_c"]) != derived("ix", "a", ["b", "c"])
    assert named(model(entity("pg_class"), entity("kith_release")), Names()).as_data() == {
        "pg_class": {"table": "e_pg_class", "columns": {}},
        "kith_release": {"table": "e_kith_release", "columns": {}},
    }


def test_kiths_own_tables_install_twice_and_gain_what_is_missing(database: Database) -> None:
    install(database)
    with database.write() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE kith_history DROP COLUMN seal" if database.kind == "postgresql" else "SELECT 1"
        )
    install(database)
    with database.read() as connection:
        assert set(SYSTEM.tables) <= set(sa.inspect(connection).get_table_names())
        assert "seal" in {column["name"] for column in sa.inspect(connection).get_columns(history.name)}


def test_a_schema_of_postgresql_is_made_by_the_first_who_needs_it(postgresql_url: str) -> None:
    url = postgresql_url + "_more"
    database = open_database(url)
    install(database)
    with database.write() as connection:
        name = connection.scalar(sa.select(sa.func.current_schema()))
        assert str(name).endswith("_more")
        assert sa.inspect(connection).has_table("kith_release")
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    database.close()


def test_search_terms_are_found_at_once(database: Database) -> None:
    install(database)
    record = "01890000-0000-7000-8000-000000000001"
    with database.write() as connection:
        connection.execute(search.insert(), {"entity": "a", "record": record, "title": "x", "terms": "张三 zhang"})
        connection.execute(search.update().values(terms="李四 lisi"))
    matches = {
        "sqlite": "SELECT count(*) FROM kith_search_index WHERE kith_search_index MATCH '{}'",
        "postgresql": "SELECT count(*) FROM kith_search WHERE to_tsvector('simple', terms) @@ to_tsquery('simple', '{}')",
    }[database.kind]
    with database.read() as connection:
        assert [connection.exec_driver_sql(matches.format(term)).scalar() for term in ("李四", "lisi", "zhang")] == [
            1,
            1,
            0,
        ]
