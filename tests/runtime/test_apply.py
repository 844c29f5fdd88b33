"""How apply behaves beside others, when it dies, and over generated models."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.metadata.model import Entity, Field, Layer, Model
from kith.runtime import releases
from kith.runtime.applying import steps
from kith.runtime.applying.applying import Hooks, apply
from kith.runtime.applying.filling import FillDefault
from kith.runtime.applying.needs import Filling, needs_of
from kith.runtime.applying.progress import CannotApply
from kith.runtime.applying.working import fitting
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.database import Database, open_database
from kith.runtime.plan.planning import plan
from kith.runtime.release import Release
from kith.runtime.schema.system import progress
from tests.runtime.models import entity, field, model
from tests.runtime.plan_cases import ID
from tests.support.postgresql import fresh_schema

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CONTEXT = context_of(SYSTEM, NOW, language="en", time_zone="Asia/Shanghai")
NOBODY = "00000000-0000-0000-0000-000000000000"
SHOP = entity("shop", field("name"))
LARGER = entity("shop", field("name", unique="folded"), field("boss", "reference", to="person"))
PERSON = entity("person", field("name"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def publish(database: Database, candidate: Model, base: Release | None, **options: Any) -> Release:
    return apply(plan(candidate, base, database), database, allow_loss=True, **options)


def columns(database: Database, table: str) -> set[str]:
    with database.read() as connection:
        return {column["name"] for column in sa.inspect(connection).get_columns(table)}


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(sa.select(progress.c.state).order_by(progress.c.id)))


def test_of_two_that_apply_at_once_one_wins_and_one_is_told(database: Database, database_url: str) -> None:
    base = publish(database, model(SHOP), None)
    other = open_database(database_url)
    planned = plan(model(LARGER, PERSON), base, database)
    inside, go = threading.Event(), threading.Event()

    def wait(connection: sa.Connection, release: Release) -> None:
        inside.set()
        assert go.wait(20)

    winner = threading.Thread(target=lambda: apply(planned, database, hooks=Hooks(reference_data=wait)))
    winner.start()
    assert inside.wait(20)
    with pytest.raises(CannotApply, match="Another process"):
        apply(planned, other)
    go.set()
    winner.join(20)
    with pytest.raises(CannotApply, match="newer release"):
        apply(planned, other)
    with other.read() as connection:
        assert releases.current_number(connection) == 2
    other.close()


def test_readers_and_writers_go_on_while_postgresql_waits_for_a_lock(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    base = publish(database, model(SHOP), None)
    with database.engine.connect() as reader:
        reader.execute(sa.select(base.tables["shop"].table))
        thread = threading.Thread(target=lambda: publish(database, model(LARGER, PERSON), base))
        thread.start()
        thread.join(1.5)
        assert thread.is_alive()
        with database.write() as connection:
            connection.execute(base.tables["shop"].table.insert().values(row(0, name="A")))
    thread.join(20)
    assert "name__fold" in columns(database, "shop")
    database.close()


def row(number: int, **values: Any) -> dict[str, Any]:
    return {"id": ID.format(number), "version": 1, "created_at": NOW, "updated_at": NOW, **values}


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(self: steps.MakeIndex, connection: sa.Connection) -> bool:
        raise RuntimeError("killed")

    monkeypatch.setattr(steps.MakeIndex, "run", run)


def test_an_apply_that_died_is_gone_on_with(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    base = publish(database, model(SHOP), None)
    with monkeypatch.context() as broken:
        failing(broken)
        with pytest.raises(RuntimeError):
            publish(database, model(LARGER, PERSON), base)
    assert ("boss" in columns(database, "shop")) == (database.kind == "postgresql")
    assert states(database) == ["done", "running"]
    after = publish(database, model(LARGER, PERSON), base)
    assert plan(model(LARGER, PERSON), after, database).drift == ()
    assert states(database) == ["done", "done"]


def test_another_candidate_takes_back_what_a_dead_apply_has_made(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = publish(database, model(SHOP), None)
    with monkeypatch.context() as broken:
        failing(broken)
        with pytest.raises(RuntimeError):
            publish(database, model(LARGER, PERSON), base)
    other = model(entity("shop", field("name"), field("boss", "integer")))
    after = publish(database, other, base)
    assert states(database) == ["done", "undone", "done"]
    assert plan(other, after, database).drift == ()
    with database.read() as connection:
        assert not sa.inspect(connection).has_table("person")


def test_one_that_is_dead_for_sure_or_silent_for_long_is_taken_over(database: Database) -> None:
    base = publish(database, model(SHOP), None)
    candidate = model(LARGER, PERSON)

    def leave(owner: str) -> None:
        values = {"id": ID.format(1), "state": "running", "stage": "expand", "base": 1, "candidate": "x", "names": {}}
        values |= {"made": [], "done": [], "owner": owner, "started_at": NOW, "seen_at": NOW}
        with database.write() as connection:
            connection.execute(progress.delete())
            connection.execute(progress.insert(), values)

    leave("elsewhere:1:x")
    with pytest.raises(CannotApply):
        publish(database, candidate, base, clock=lambda: NOW + timedelta(seconds=10))
    after = publish(database, candidate, base, clock=lambda: NOW + timedelta(seconds=60))
    assert after.number == 2


def test_one_that_died_after_its_switch_is_never_taken_back(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(postgresql_url)
    base = publish(database, model(LARGER, PERSON), None)
    candidate = model(entity("shop", field("name"), field("boss", "reference", to="person"), field("x")), PERSON)
    with monkeypatch.context() as broken:
        broken.setattr(steps.DropIndex, "run", lambda self, connection: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(database, candidate, base)
    with database.read() as connection:
        assert releases.current_number(connection) == 2
        stored = releases.load(connection, 2)
    from kith.runtime.release import make_release

    current = make_release(2, candidate, stored.names, database.facts)
    last = publish(database, replace(candidate, app=replace(candidate.app, version="2")), current)
    assert "x" in columns(database, "shop")
    assert plan(last.model, last, database).drift == ()
    with database.read() as connection:
        # What tidying had left over is gone with the next.
        names = {index["name"] for index in sa.inspect(connection).get_indexes("shop")}
    assert not [name for name in names if str(name).startswith("uq_")]
    database.close()


def test_what_is_lost_needs_consent(database: Database) -> None:
    base = publish(database, model(SHOP, PERSON), None)
    with database.write() as connection:
        connection.execute(base.tables["person"].table.insert().values(row(0, name="Li")))
    planned = plan(model(SHOP), base, database)
    assert (planned.needs_consent, planned.is_safe) == (True, False)
    with pytest.raises(CannotApply, match="--allow-loss"):
        apply(planned, database)
    assert apply(planned, database, allow_loss=True).number == 2


def test_the_first_record_of_a_table_that_was_empty_when_planned_has_its_default_too(database: Database) -> None:
    base = publish(database, model(PERSON), None)
    planned = plan(model(entity("person", field("name"), field("city", required=True, default="Wuxi"))), base, database)
    with database.write() as connection:
        connection.execute(base.tables["person"].table.insert().values(row(0, name="Li")))
    after = apply(planned, database)
    with database.read() as connection:
        assert list(connection.scalars(sa.select(after.tables["person"].table.c.city))) == ["Wuxi"]


def test_a_failing_reference_data_hook_publishes_nothing(database: Database) -> None:
    def fail(connection: sa.Connection, release: Release) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        publish(database, model(SHOP), None, hooks=Hooks(reference_data=fail))
    with database.read() as connection:
        assert releases.current_number(connection) == 0


def test_what_was_changed_by_hand_is_reported(database: Database) -> None:
    base = publish(database, model(LARGER, PERSON), None)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE shop ADD COLUMN by_hand TEXT")
        connection.exec_driver_sql("DROP INDEX uq_shop_name__fold_4fae0a")
        connection.exec_driver_sql("CREATE INDEX mine ON shop (name)")
        connection.exec_driver_sql("DROP TABLE person CASCADE" if database.kind == "postgresql" else "SELECT 1")
    found = [item.message("en") for item in plan(model(LARGER, PERSON), base, database).drift]
    expected = [
        "column shop.by_hand was added by hand",
        "index uq_shop_name__fold_4fae0a of shop is missing",
        "index mine of shop was added by hand",
    ]
    if database.kind == "postgresql":
        expected += ["shop.boss no longer checks that its record exists", "table person is missing"]
    assert found == expected


NAMES = st.sampled_from(["a", "b", "select", "order", "deleted_at", "x" * 48, "x" * 47 + "y"])
TYPES = st.sampled_from(
    ["text", "integer", "money", "choice", "choices", "tags", "reference", "references", "date_range"]
)


@st.composite
def entities(draw: st.DrawFn, names: list[str]) -> dict[str, dict[str, str]]:
    return {name: draw(st.dictionaries(NAMES, TYPES, min_size=1, max_size=4)) for name in names}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Model, Model]:
    """A model, and one that it may become: some things renamed, removed or added, keys and indexes drawn anew."""
    before = draw(entities(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))))
    start: list[Entity] = []
    after: list[Entity] = []
    for name, fields in before.items():
        start.append(_entity(draw, name, [_field(draw, one, type_) for one, type_ in fields.items()]))
        new_name = draw(st.sampled_from([name, f"{name[:40]}_new"]))
        names = {one: draw(st.sampled_from([one, f"{one[:40]}_new"])) for one in fields}
        stay = [one for one in fields if draw(st.integers(0, 3))]
        made = [_field(draw, names[one], fields[one], one) for one in stay]
        added = draw(entities([name]))[name]
        made += [_field(draw, f"{one[:40]}_2", type_) for one, type_ in added.items()]
        if after and not draw(st.integers(0, 3)):
            continue
        after.append(_entity(draw, new_name, made, renamed_from=(name,) if new_name != name else ()))
    return _model(*start), _model(*after)


def _field(draw: st.DrawFn, name: str, type_name: str, old: str = "") -> Field:
    given_: dict[str, Any] = {}
    if type_name in ("reference", "references"):
        given_["to"] = ""
    if type_name in ("choice", "choices"):
        given_["options"] = ["a", "b"]
    if type_name in ("text", "integer"):
        given_["unique"] = draw(st.sampled_from(["", "exact", "folded"] if type_name == "text" else ["", "exact"]))
    return field(name, type_name, renamed_from=(old,) if old and old != name else (), **given_)


def _entity(draw: st.DrawFn, name: str, fields: list[Field], **given_: Any) -> Entity:
    here = {one.name: one for one in fields}
    here |= {one.name: replace(one, to=name, type=_aimed(one, name)) for one in fields if "reference" in one.type_name}
    plain = [one.name for one in fields if one.type.kind in ("text", "int", "choice")]
    over = draw(st.lists(st.sampled_from(plain), max_size=3, unique=True)) if plain else []
    return entity(name, *here.values(), indexes={"some": over} if over else {}, **given_)


def _aimed(one: Field, name: str) -> Any:
    item = one.type.item
    return replace(one.type, item=replace(item, entity=name)) if item else replace(one.type, entity=name)


def _model(*of: Entity) -> Model:
    made = model(*of)
    return replace(made, layers=(Layer("shop", "1", {"all.yaml": repr(of)}, "d"),))


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=pairs())
def test_after_apply_a_plan_is_empty_whatever_the_models(
    pair: tuple[Model, Model], postgresql_server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with fresh_schema(postgresql_server) as url:
        for where in (url, str(tmp_path_factory.mktemp("plan") / "x.db")):
            database = open_database(where)
            try:
                # What was removed comes back in the end.
                publish_in_turn(database, (*pair, pair[0]))
            finally:
                database.close()


def publish_in_turn(database: Database, candidates: tuple[Model, ...]) -> None:
    base: Release | None = None
    for candidate in candidates:
        planned = plan(candidate, base, database)
        assert not planned.is_refused, planned.as_text()
        base = apply(planned, database, allow_loss=True)
        again = plan(candidate, base, database)
        assert (again.changes, again.drift) == ((), ()), planned.as_text()


DEFAULTS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("text", "A", {}),
    ("person_name", {"family": "Li", "given": "Na"}, {}),
    ("choice", "b", {"options": ["a", "b"]}),
    ("integer", 7, {}),
    ("money", "12.50", {}),
    ("percent", "0.25", {}),
    ("boolean", True, {}),
    ("date", "2026-02-28", {}),
    ("datetime", "2026-02-28T09:00:00Z", {}),
    ("duration", "PT1H", {}),
)


@pytest.mark.parametrize(("type_name", "value", "more"), DEFAULTS, ids=[name for name, *_ in DEFAULTS])
def test_a_default_that_comes_at_once_is_the_one_that_filling_writes(
    postgresql_url: str, type_name: str, value: Any, more: dict[str, Any]
) -> None:
    database = open_database(postgresql_url)
    base = publish(database, model(SHOP), None)
    with database.write() as connection:
        connection.execute(base.tables["shop"].table.insert().values(row(0, name="A")))
        written = connection.scalar(sa.text("SELECT xmin::text FROM shop"))
    wanted = entity("shop", field("name"), field("extra", type_name, required=True, default=value, **more))
    planned = plan(model(wanted), base, database)
    after = publish(database, model(wanted), base)
    (fill,) = Filling(needs_of(planned), base, after, {}, CONTEXT).fills()
    assert isinstance(fill, FillDefault)
    stored = after.tables["shop"].table
    with database.write() as connection:
        # Nobody has written the record: it is the table that knows the value.
        assert connection.scalar(sa.text("SELECT xmin::text FROM shop")) == written
        given = connection.execute(sa.select(*(stored.c[name] for name in fill.columns()))).one()
        assert fill.following(connection, NOBODY, 10) == []
        connection.execute(stored.update().values(dict.fromkeys(fill.columns())))
        assert fill.following(connection, NOBODY, 10) == [ID.format(0)]
        fill.batch(connection, [ID.format(0)])
        assert connection.execute(sa.select(*(stored.c[name] for name in fill.columns()))).one() == given
    with database.read() as connection:
        defaults = {column["name"]: column["default"] for column in sa.inspect(connection).get_columns("shop")}
        assert {defaults[name] for name in fill.columns()} == {None}
    database.close()


@pytest.mark.parametrize(
    ("size", "seconds", "following"),
    [(100, 0.1, 100), (100, 0.4, 50), (400, 0.2, 200), (100, 0.001, 200), (800, 0, 1000)],
)
def test_a_batch_is_as_large_as_is_quick(size: int, seconds: float, following: int) -> None:
    assert fitting(size, seconds) == following


def test_filling_gives_way_to_who_has_its_records(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    base = publish(database, model(SHOP), None)
    shop = base.tables["shop"].table
    with database.write() as connection:
        connection.execute(shop.insert(), [row(number, name="A") for number in range(3)])
    wanted = model(entity("shop", field("name", required=True, default="B")))
    with database.write() as connection:
        connection.execute(shop.update().values(name=None))
    with database.engine.begin() as saving:
        # A save that takes its time has the last of the records that the batch wants.
        saving.execute(sa.select(shop.c.id).where(shop.c.id == ID.format(2)).with_for_update())
        thread = threading.Thread(target=lambda: publish(database, wanted, base))
        thread.start()
        thread.join(0.7)
        with database.write() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '900ms'")
            connection.execute(sa.select(shop.c.id).where(shop.c.id == ID.format(0)).with_for_update())
        assert thread.is_alive()
    thread.join(20)
    with database.read() as connection:
        assert set(connection.scalars(sa.select(shop.c.name))) == {"B"}
    database.close()
