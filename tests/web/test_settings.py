"""The page of settings: editable ones are published as a release, and hold at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kith.runtime.accounts import open_session
from kith.runtime.accounts.actors import session_of
from kith.runtime.clock import system_clock
from kith.runtime.write.change import Change
from tests.support.worlds import app_document
from tests.web.corner import CLERK, NAME, VISIT, Corner, on

SETTINGS = "/releases/settings"
OWN = "settings: {share: {type: percent, label: {en: Share, zh-CN: 比例}, value: 10%, max: 0.5, editable: true}}\n"
FORMULA = "  bonus: {type: formula, value: 'if size is set then settings.share else 0%', label: Bonus}\n"
AS_IT_IS = {"session_days": "14", "share": "10"}


@pytest.fixture
def corner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Corner]:
    with on("sqlite", request, tmp_path) as found:
        found.write(app_document(NAME, "visit") + OWN, "app.yaml")
        found.write(VISIT + FORMULA)
        admin = found.admin()
        admin.post("/releases/waiting", data=hidden(admin.get("/releases/waiting").text))
        assert found.work()
        assert found.number == 2
        yield found


def hidden(text: str) -> dict[str, str]:
    """What a page's form hides."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text.split("<main", 1)[1]))


def sent(client: TestClient, status: int, **values: str) -> str:
    response = client.post(SETTINGS, data=AS_IT_IS | values)
    assert response.status_code == status, response.text
    return response.headers["location"] if status == 303 else response.text


def test_a_safe_value_is_published_at_once_and_can_be_taken_back(corner: Corner) -> None:
    admin = corner.admin()
    assert "Days until an unused session ends" in admin.get(SETTINGS).text
    assert "Nothing was changed." in sent(admin, 200)
    assert "20" in sent(admin, 422, session_days="20")
    now = system_clock()
    with corner.workspace.database.write() as connection:
        secret, _ = open_session(connection, corner.users[CLERK], now)

    def holds_for(days: int) -> bool:
        with corner.workspace.database.read() as connection:
            release = corner.workspace.current()
            return session_of(connection, release, secret, now + timedelta(days=days)) is not None

    assert holds_for(8)
    assert sent(admin, 303, session_days="7").startswith("/releases/publishing/")
    assert corner.work()
    assert corner.number == 3
    assert not holds_for(8)
    assert "setting session_days was 14, becomes 7" in admin.get("/releases/3").text
    company = corner.workspace.current().model.layers[-1]
    assert "settings: {session_days: {value: 7}}" in company.documents["app.yaml"]


def test_a_value_that_records_are_computed_from_is_published_after_a_look_at_the_plan(corner: Corner) -> None:
    admin = corner.admin()
    corner.make(note="A", size="9")
    plan = sent(admin, 200, share="20")
    assert "field visit.bonus is computed anew (1 record)" in plan
    assert "at most 50%" in sent(admin, 422, share="60")
    progress = admin.post(SETTINGS, data=hidden(plan))
    assert progress.status_code == 303, progress.text
    assert corner.work()
    assert corner.workspace.current().model.app.settings["share"].value == Decimal("0.2")


def test_only_administrators_see_settings(corner: Corner) -> None:
    corner.save(Change("update", "user", corner.users[CLERK], {"roles": []}))
    assert corner.client(CLERK).get(SETTINGS).status_code == 404
    assert corner.client(CLERK).post(SETTINGS, data=AS_IT_IS).status_code == 404
    assert "闲置" in corner.admin("zh-CN").get(SETTINGS).text
