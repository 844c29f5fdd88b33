"""Two people on one record in a real browser, by keyboard alone: both values in sight, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change
from tests.edits.world import Crowd, opened, saved, served, values
from tests.support.server import serving
from tests.web.test_gallery import grave

Place = tuple[Workspace, Crowd, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Yield a served crowd with its address."""
    workspace, crowd = opened(f"sqlite:///{tmp_path_factory.mktemp('crowd') / 'kith.db'}")
    app, calling = served(workspace)
    with serving(app) as address:
        yield workspace, crowd, address
    calling.close()
    workspace.close()


@pytest.fixture(params=[("en", 1280), ("zh-CN", 360)], ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser, place: Place) -> Iterator[Page]:
    """Yield the page of somebody who is signed in."""
    language, width = request.param
    _, crowd, address = place
    context = chromium.new_context(locale=language, viewport={"width": width, "height": 800}, base_url=address)
    cookies = {"kith": crowd.cookie, "language": language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    yield context.new_page()
    context.close()


def test_both_values_of_fields_and_lines_are_chosen_by_keyboard(page: Page, place: Place) -> None:
    workspace, crowd, _ = place
    matter = crowd.matters[0]
    line = crowd.lines[matter][0]
    page.goto(f"/records/matter/{matter}/edit")
    mine = f"mine {page.viewport_size}"
    for name, text in {"note": mine, "place": mine, f"lines.{line}.what": mine}.items():
        page.locator(f"[name='{name}']").fill(text)
    parts = {"lines": (Change("update", "", line, {"what": f"their line {mine}"}),)}
    saved(workspace, Change("update", "matter", matter, {"note": f"theirs {mine}"}, parts))
    page.keyboard.press("Control+Enter")
    conflict = page.get_by_role("alert")
    expect(conflict).to_be_focused()
    expect(conflict.get_by_role("radio")).to_have_count(4)
    assert grave(page, "a conflict") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".facts").first).to_contain_text(f"theirs {mine}")
    found = values(workspace, "matter", matter, ("note", "place"))
    assert found == {"note": f"theirs {mine}", "place": mine}
    assert values(workspace, "line", line, ("what",)) == {"what": mine}


def test_a_record_that_was_deleted_comes_back_with_what_was_typed(page: Page, place: Place) -> None:
    workspace, crowd, _ = place
    matter = crowd.matters[1]
    page.goto(f"/records/matter/{matter}/edit")
    page.locator("[name=note]").fill("typed for long")
    saved(workspace, Change("delete", "matter", matter))
    page.keyboard.press("Control+Enter")
    told = page.get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("typed for long")
    assert grave(page, "a record that is away") == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=note]")).to_have_value("typed for long")
