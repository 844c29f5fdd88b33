"""Damage of every kind is planted, found by the check that it is for, and mended where that is safe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from kith.cli.main import app
from kith.metadata.model import Model
from kith.runtime import queue
from kith.runtime.clock import system_clock
from kith.runtime.database import Facts
from kith.runtime.doctor import CHECKS, Found, Visit, examine
from kith.runtime.doctor.counters import shape_of
from kith.runtime.doctor.engine import notes_on
from kith.runtime.ids import new_id
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.support.prepared import prepared
from tests.support.worlds import built

DOCUMENTS = {
    "app.yaml": "app: corner\nversion: 1.0.0\ntitle: Corner\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n"
    "navigation: {shops: {entity: shop}}\n",
    "entities/shop.yaml": """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
fields:
  number: {type: autonumber, pattern: "S{year}-{seq:04}", label: Number}
  name: {type: text, required: true, search: true, label: Name}
  boss: {type: reference, to: shop, inverse: branches, label: Boss}
  kinds: {type: choices, label: Kinds, options: {a: {label: A}, b: {label: B}}}
  shout: {type: formula, value: name + "!", label: Shout}
  total: {type: rollup, value: sum(visits.fee), label: Total}
indexes: {by_name: [name]}
""",
    "entities/visit.yaml": """\
entity: visit
label: Visit
plural: Visits
title: "{fee}"
fields:
  shop: {type: reference, to: shop, inverse: visits, owned: true, required: true, label: Shop}
  fee: {type: decimal, scale: 2, label: Fee}
""",
}
OFF = "session_replication_role = replica"


@dataclass
class Corner:
    """A workspace that is damaged by hand."""

    workspace: Workspace
    shop: str = ""
    visit: str = ""

    def examine(self, *, repair: bool = False, deep: bool = False) -> dict[str, Found]:
        release = self.workspace.current()
        visit = Visit(self.workspace.database, release, system_context(release, system_clock), deep)
        return {check.name: found for check, found in examine(visit, repair=repair)}

    def flawed(self, **options: Any) -> list[str]:
        """The checks that find something; a server of tests need not survive a power cut."""
        found = self.examine(**options)
        told = {name: [one.en for one in result.flaws] for name, result in found.items()}
        told["engine"] = [line for line in told["engine"] if not line.startswith("fsync")]
        return [name for name, lines in told.items() if lines]

    def run(self, *statements: str) -> None:
        """Statements that no constraint of the database stands in the way of."""
        engine = self.workspace.database.engine
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            if self.workspace.database.kind == "sqlite":
                raw.execute("PRAGMA foreign_keys = OFF")
                for statement in statements:
                    raw.execute(statement)
                raw.execute("PRAGMA foreign_keys = ON")
            else:
                for statement in (f"SET {OFF}", *statements, "RESET session_replication_role"):
                    connection.exec_driver_sql(statement)
                connection.commit()

    def save(self, change: Change) -> str:
        release = self.workspace.current()
        done = save(self.workspace.database, system_context(release, system_clock), release, change, Cause("api"))
        assert isinstance(done, Saved), done
        return done.id


@pytest.fixture
def corner(database_url: str, corner_model: Model) -> Iterator[Corner]:
    workspace, (shop, visit) = prepared(
        database_url, corner_model, lambda workspace: opened(workspace, corner_model), key="doctor"
    )
    yield Corner(workspace, shop, visit)
    workspace.close()


@pytest.fixture(scope="module")
def corner_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return built(written(tmp_path_factory.mktemp("corner") / "corner"))


def written(folder: Path) -> Path:
    for path, text in DOCUMENTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def opened(workspace: Workspace, model: Model) -> tuple[str, str]:
    """The ids of the first shop and its visit."""
    workspace.apply(workspace.plan(model), hooks=hooks(system_clock))
    shop = Corner(workspace).save(
        Change(
            "create",
            "shop",
            None,
            {"name": "North", "kinds": ["a"]},
            {"visits": (Change("create", "visit", None, {"fee": "2"}),)},
        )
    )
    with workspace.database.read() as connection:
        return shop, str(connection.exec_driver_sql("SELECT id FROM visit").scalar())


def sql(*statements: str) -> Callable[[Corner], None]:
    return lambda corner: corner.run(
        *(one.format(shop=corner.shop, visit=corner.visit, other=new_id()) for one in statements)
    )


def stopped_apply(corner: Corner) -> None:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"id": new_id(), "state": "running", "stage": "fill", "base": 1, "candidate": "x", "names": {}, "done": []}
    times = {"owner": "", "started_at": old, "seen_at": old}
    with corner.workspace.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE shop ADD COLUMN half_done INTEGER")
        connection.execute(sa.insert(system.progress), {**row, **times, "made": ["AddColumn shop.half_done"]})


def dead_job(corner: Corner) -> None:
    now = system_clock() - timedelta(minutes=5)
    with corner.workspace.database.write() as connection:
        queue.enqueue(connection, corner.workspace.current(), "schedule", {"rule": "no/where"}, now=now)
        job = queue.claim(connection, ["schedule"], "w", now)
        assert job is not None
        queue.bury(connection, job, now, "ValueError: no")


DAMAGE: dict[str, tuple[Callable[[Corner], None], str, bool]] = {
    "an apply that stopped": (stopped_apply, "applies", True),
    "a column that is gone": (sql("DROP VIEW v_visit", "DROP VIEW v_shop", "ALTER TABLE visit DROP COLUMN fee"), "schema", False),
    "an index that is gone": (lambda corner: corner.run(f"DROP INDEX {index_of(corner)}"), "schema", True),
    "a view that is gone": (sql("DROP VIEW v_shop"), "views", True),
    "a row of history that was changed": (sql("UPDATE kith_history SET op = 'delete'"), "history", False),
    "a record that was written by hand": (sql("UPDATE shop SET version = 9"), "history", False),
    "a reference to nothing": (sql("UPDATE shop SET boss = '{other}'"), "references", False),
    "a link from nothing": (sql("UPDATE shop__kinds SET record = '{other}'"), "references", True),
    "a line of a parent in the bin": (sql("UPDATE shop SET deleted_at = updated_at"), "lines", False),
    "a formula that is wrong": (sql("UPDATE shop SET shout = 'quiet'"), "computed", True),
    "a roll-up that is wrong": (sql("UPDATE shop SET total = 7"), "computed", True),
    "a search row that is wrong": (sql("UPDATE kith_search SET terms = 'x'"), "search", True),
    "a search row that is missing": (sql("DELETE FROM kith_search"), "search", True),
    "a search row of nothing": (
        sql("INSERT INTO kith_search (entity, record, title, terms) VALUES ('shop', '{other}', '', 'x')"), "search", True,
    ),
    "a counter that is behind": (sql("UPDATE kith_counter SET next = 1"), "counters", True),
    "a counter that is gone": (sql("DELETE FROM kith_counter"), "counters", True),
    "a portion of no file": (sql("INSERT INTO kith_file_part (file, number, data) VALUES ('{other}', 0, 'x')"), "files", True),
    "a job that failed for good": (dead_job, "jobs", False),
}  # fmt: skip


def index_of(corner: Corner) -> str:
    table = corner.workspace.current().tables["shop"].table
    return next(str(one.name) for one in table.indexes if [column.name for column in one.columns] == ["name"])


def test_a_sound_workspace_has_no_flaw(corner: Corner) -> None:
    assert corner.flawed() == []
    assert corner.flawed(deep=True) == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_mended_where_that_is_safe(corner: Corner, damage: str) -> None:
    harm, check, is_mended = DAMAGE[damage]
    harm(corner)
    assert check in corner.flawed()
    mended = corner.examine(repair=True)[check].mended
    assert bool(mended) == is_mended
    assert (check in corner.flawed()) != is_mended
    if is_mended:
        assert corner.flawed(deep=True) == []


def test_what_was_added_by_hand_is_told_and_no_flaw(corner: Corner) -> None:
    corner.run("ALTER TABLE shop ADD COLUMN mine INTEGER", "CREATE INDEX mine ON shop (mine)")
    assert corner.flawed() == []
    assert [one.en for one in corner.examine()["schema"].notes] == [
        "column shop.mine was added by hand",
        "index mine of shop was added by hand",
    ]


def test_an_index_that_is_not_whole_is_built_anew(
    postgresql_url: str, corner_model: Model, request: pytest.FixtureRequest
) -> None:
    workspace = Workspace.open(postgresql_url)
    workspace.apply(workspace.plan(corner_model), hooks=hooks(system_clock))
    corner = Corner(workspace)
    name = index_of(corner)
    corner.run(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass")
    assert corner.flawed() == ["schema"]
    assert [one.en for one in corner.examine(repair=True)["schema"].mended] == [f"index {name} of shop was built"]
    assert corner.flawed() == []
    workspace.close()


def test_every_check_is_tried() -> None:
    assert {check for _, check, _ in DAMAGE.values()} | {"engine"} == {check.name for check in CHECKS}
    assert {check for _, check, is_mended in DAMAGE.values() if is_mended} == {one.name for one in CHECKS if one.mend}


def test_settings_that_lose_saves_are_told(corner: Corner) -> None:
    if corner.workspace.database.kind == "sqlite":
        with corner.workspace.database.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA synchronous = OFF")
        assert "synchronous is 0; it must be 2" in [one.en for one in corner.examine()["engine"].flaws]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (Facts("sqlite", (3, 40, 1), "function"), True),
        (Facts("sqlite", (3, 51, 2), "function"), True),
        (Facts("sqlite", (3, 51, 3), "function"), False),
        (Facts("postgresql", (15,), ""), False),
    ],
)
def test_a_version_of_sqlite_with_a_known_flaw_is_told(facts: Facts, told: bool) -> None:
    assert bool(notes_on(facts)) is told


@pytest.mark.parametrize(
    ("pattern", "value", "number"),
    [
        ("M{seq:08}", "M00000014", 14),
        ("Q{year}-{seq:05}", "Q2026-00007", 7),
        ("{seq}/{seq}", "3/3", 3),
        ("X", "X", None),
    ],
)
def test_a_number_is_read_out_of_its_pattern(pattern: str, value: str, number: int | None) -> None:
    found = shape_of(pattern).fullmatch(value)
    assert (int(found["seq"]) if found else None) == number


def test_the_command_says_what_was_proved_and_ends_with_1_where_flaws_are_left(corner: Corner) -> None:
    if corner.workspace.database.kind != "sqlite":
        return
    url = corner.workspace.database.url.render_as_string(hide_password=False)
    sound = CliRunner().invoke(app, ["doctor", "--db", url, "--lang", "en"])
    assert (sound.exit_code, "✓ Numbers: 1 counter" in sound.stdout.splitlines()) == (0, True)
    corner.run("UPDATE shop SET total = 7", "DELETE FROM kith_counter")
    found = CliRunner().invoke(app, ["doctor", "--db", url, "--json", "--lang", "en"])
    data = json.loads(found.stdout)
    assert (found.exit_code, data["sound"]) == (1, False)
    assert [one["name"] for one in data["checks"] if one["flaws"]] == ["computed", "counters"]
    mended = CliRunner().invoke(app, ["doctor", "--db", url, "--repair", "--lang", "zh-CN"])
    assert mended.exit_code == 0
    assert "  + shop：已重新计算 1 条记录" in mended.stdout.splitlines()


def test_what_is_kept_aside_must_be_there(corner: Corner, tmp_path: Path) -> None:
    path = written(tmp_path / "corner") / "entities/visit.yaml"
    path.write_text(DOCUMENTS["entities/visit.yaml"] + "  note: {type: text, label: Note}\n", "utf-8")
    workspace = corner.workspace
    workspace.apply(workspace.plan(built(tmp_path / "corner")), hooks=hooks(system_clock))
    path.write_text(DOCUMENTS["entities/visit.yaml"], "utf-8")
    workspace.apply(workspace.plan(built(tmp_path / "corner")), hooks=hooks(system_clock), allow_loss=True)
    assert corner.flawed() == []
    corner.run("ALTER TABLE visit DROP COLUMN note")
    assert [one.en for one in corner.examine()["schema"].flaws] == ["what was kept aside of visit.note is missing"]
