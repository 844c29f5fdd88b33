"""What the fixtures of the house promise."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, NullPool, create_engine, inspect, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from kith.runtime.workspace import Workspace
from tests.api.world import desk_model
from tests.support.browser import Chromium, PageError, watched_page
from tests.support.postgresql import fresh_schema
from tests.support.prepared import prepared
from tests.support.server import serving


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def test_both_databases_answer_and_start_empty(database_url: str) -> None:
    engine = _engine(database_url)
    version = "sqlite_version()" if engine.dialect.name == "sqlite" else "version()"
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        assert connection.scalar(text(f"SELECT {version}"))
        connection.execute(text("CREATE TABLE visitor (name text)"))
        connection.execute(text("INSERT INTO visitor VALUES ('张三')"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM visitor")) == "张三"


@pytest.mark.parametrize("turn", [1, 2])
def test_a_schema_is_of_one_test_only(postgresql_url: str, turn: int) -> None:
    with _engine(postgresql_url).begin() as connection:
        connection.execute(text("CREATE TABLE mine (turn integer)"))


def test_two_schemas_do_not_see_each_other(postgresql_server: str) -> None:
    with fresh_schema(postgresql_server) as one, fresh_schema(postgresql_server) as two:
        with _engine(one).begin() as connection:
            connection.execute(text("CREATE TABLE only_here (id integer)"))
        assert inspect(_engine(one)).get_table_names() == ["only_here"]
        assert inspect(_engine(two)).get_table_names() == []


def test_a_dropped_schema_leaves_nothing(postgresql_server: str) -> None:
    with fresh_schema(postgresql_server) as url:
        name = url.rsplit("%3D", 1)[1]
    assert name not in inspect(_engine(postgresql_server)).get_schema_names()


def test_a_prepared_workspace_is_filled_once_and_each_copy_is_a_tests_own(tmp_path: Path) -> None:
    filled: list[str] = []

    def fill(workspace: Workspace) -> int:
        workspace.apply(workspace.plan(desk_model()))
        filled.append(str(workspace.database.url))
        return len(filled)

    for name in ("one", "two"):
        workspace, returned = prepared(f"sqlite:///{tmp_path / name}.db", desk_model(), fill, key=str(tmp_path))
        assert (returned, workspace.current().number, workspace.current().model) == (1, 1, desk_model())
        with workspace.database.write() as connection:
            assert connection.scalar(text("SELECT count(*) FROM kith_release")) == 1
            connection.execute(text("DELETE FROM kith_release"))
        workspace.close()
    assert len(filled) == 1


def _greeting(request: Request) -> HTMLResponse:
    return HTMLResponse("<!doctype html><meta charset=utf-8><h1>客户关系</h1><p id=narrow>iiii<p id=wide>客户关系")


def test_a_browser_shows_a_served_page_with_chinese_text(page: Page) -> None:
    with serving(Starlette(routes=[Route("/", _greeting)])) as address:
        page.goto(address)
        expect(page.get_by_role("heading")).to_have_text("客户关系")
        assert len(page.screenshot()) > 1000


def test_a_script_error_fails_the_test(chromium: Browser) -> None:
    def visit() -> None:
        with watched_page(chromium) as page:
            page.set_content("<script>throw new Error('oops')</script>")
            page.wait_for_timeout(50)

    with pytest.raises(PageError, match="oops"):
        visit()


def test_a_started_browser_leaves_asyncio_usable(chromium_process: Chromium) -> None:
    assert asyncio.run(asyncio.sleep(0, "fine")) == "fine"
