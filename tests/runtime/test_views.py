"""The views that people and programs read, as somebody with a connection of his own sees them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.runtime.clock import system_clock
from kith.runtime.publishing import hooks, system_context
from kith.runtime.release import Release
from kith.runtime.schema.views import drop_views, make_views, making, missing_views
from kith.runtime.schema.views.writing import View, view_of
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.support.worlds import app_document, built

APP = app_document("corner", "shop")
SHOP = """\
entity: shop
label: Shop
plural: Shops
title: "{code} · {name}"
fields:
  code: {type: text, label: Code}
  name: {type: text, required: true, label: Name}
"""
VISIT = """\
entity: visit
label: Visit
plural: Visits
title: "{fee}"
fields:
  shop: {type: reference, to: shop, inverse: visits, label: Shop}
  fee: {type: decimal, scale: 2, label: Fee}
  paid: {type: boolean, label: Paid}
  at: {type: datetime, label: At}
  kinds: {type: choices, label: Kinds, options: {b: {label: B}, a: {label: A}}}
  home: {type: address, label: Home}
  double: {type: formula, value: fee * 2, label: Double}
  named: {type: formula, value: shop.name, label: Named}
  percent: {type: formula, value: '"100%: " + shop.name', label: Per cent}
"""

TWO = {"code": "S2", "name": "South"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "corner"
    for path, text in {"app.yaml": APP, "entities/shop.yaml": SHOP, "entities/visit.yaml": VISIT}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


@pytest.fixture
def workspace(database_url: str, folder: Path) -> Iterator[Workspace]:
    opened = Workspace.open(database_url)
    publish(opened, folder)
    yield opened
    opened.close()


def publish(workspace: Workspace, folder: Path) -> None:
    workspace.apply(workspace.plan(built(folder)), hooks=hooks(system_clock))


def saved(workspace: Workspace, change: Change) -> str:
    release = workspace.current()
    done = save(workspace.database, system_context(release, system_clock), release, change, Cause("api"))
    assert isinstance(done, Saved), done
    return done.id


def seen(workspace: Workspace, view: str) -> list[dict[str, Any]]:
    """What somebody sees who has nothing but a driver."""
    if workspace.database.kind == "sqlite":
        with sqlite3.connect(str(workspace.database.url.database)) as plain:
            plain.row_factory = sqlite3.Row
            return [dict(row) for row in plain.execute(f"SELECT * FROM {view} ORDER BY id")]
    with workspace.database.read() as connection:
        return [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {view} ORDER BY id").mappings()]


def test_views_show_live_records_under_todays_names_with_values_as_people_read_them(workspace: Workspace) -> None:
    shop = saved(workspace, Change("create", "shop", None, {"code": "S1", "name": "North"}))
    values = {
        "shop": shop,
        "fee": "12.5",
        "paid": True,
        "at": "2026-03-02T04:05:06Z",
        "kinds": ["b", "a"],
        "home": {"city": "Xi'an"},
    }
    saved(workspace, Change("create", "visit", None, values))
    gone = saved(workspace, Change("create", "visit", None, {"fee": "1"}))
    saved(workspace, Change("delete", "visit", gone))
    (row,) = seen(workspace, "v_visit")
    assert str(row["shop"]) == shop
    assert (row["shop__title"], row["named"], row["percent"]) == ("S1 · North", "North", "100%: North")
    assert (Decimal(str(row["fee"])), Decimal(str(row["double"]))) == (Decimal("12.5"), Decimal(25))
    assert (bool(row["paid"]), str(row["at"])[:19]) == (True, "2026-03-02 04:05:06")
    assert (row["kinds"], row["home__city"], row["version"]) == ("a, b", "Xi'an", 1)


def test_a_release_brings_its_views_with_it_and_leaves_what_is_right(workspace: Workspace, folder: Path) -> None:
    saved(workspace, Change("create", "shop", None, {"code": "S1", "name": "North"}))
    (folder / "entities/shop.yaml").write_text(
        SHOP.replace("  code:", "  short:")
        .replace("{code}", "{short}")
        .replace("Code}", "Code, renamed_from: [code]}"),
        "utf-8",
    )
    publish(workspace, folder)
    assert seen(workspace, "v_shop")[0]["short"] == "S1"
    with workspace.database.write() as connection:
        assert make_views(connection, workspace.current()) == 0
        drop_views(connection)
        assert "v_shop" in missing_views(connection, workspace.current())
        make_views(connection, workspace.current())
        assert missing_views(connection, workspace.current()) == []


def test_a_view_follows_what_it_reads_and_those_that_read_something_else_are_not_written_again(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(workspace, Change("create", "visit", None, {"shop": saved(workspace, Change("create", "shop", None, TWO))}))
    written: list[str] = []

    def write(release: Release, entity: Entity) -> View:
        written.append(entity.name)
        return view_of(release, entity)

    monkeypatch.setattr(making, "view_of", write)
    (folder / "entities/shop.yaml").write_text(SHOP.replace('"{code} · {name}"', '"{name}!"'), "utf-8")
    publish(workspace, folder)
    assert (seen(workspace, "v_visit")[0]["shop__title"], written) == ("South!", ["shop", "visit"])
    written.clear()
    (folder / "entities/visit.yaml").write_text(VISIT.replace("fee * 2", "fee * 3"), "utf-8")
    publish(workspace, folder)
    assert written == ["visit"]
    with workspace.database.read() as connection:
        assert missing_views(connection, workspace.current()) == []


def test_what_somebody_else_called_so_is_left_alone(workspace: Workspace, folder: Path) -> None:
    with workspace.database.write() as connection:
        drop_views(connection)
        connection.exec_driver_sql("CREATE VIEW v_shop AS SELECT 1 AS mine")
        make_views(connection, workspace.current())
    assert seen_plain(workspace, "v_shop") == [(1,)]


def seen_plain(workspace: Workspace, view: str) -> list[tuple[Any, ...]]:
    with workspace.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {view}")]


def test_somebody_who_reads_a_view_stands_in_no_release_s_way(postgresql_url: str, folder: Path) -> None:
    workspace = Workspace.open(postgresql_url)
    publish(workspace, folder)
    renamed = SHOP.replace("  code:", "  short:").replace("{code}", "{short}")
    (folder / "entities/shop.yaml").write_text(renamed.replace("Code}", "Code, renamed_from: [code]}"), "utf-8")
    done = threading.Event()

    def work() -> None:
        publish(workspace, folder)
        done.set()

    with workspace.database.engine.connect() as reader:
        reader.execute(sa.text("SELECT * FROM v_shop"))
        worker = threading.Thread(target=work)
        worker.start()
        for _ in range(200):
            if workspace.look() or workspace.current().number == 2:
                break
            done.wait(0.1)
        assert workspace.current().number == 2
    worker.join(20)
    with workspace.database.write() as connection:
        make_views(connection, workspace.current())
        assert missing_views(connection, workspace.current()) == []
    workspace.close()
