"""Personal data on pages: told, agreed, held, erased and certified, for those who administer alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.runtime.calling import Calling, Doors
from kith.web.app import routes
from tests.api.world import NOW
from tests.runtime.privacy.canary import Canary, Clinic, clinic

ONE = Canary.hatched(41)


@dataclass
class Desk:
    """A browser of the clinic, and somebody's page in it."""

    clinic: Clinic
    client: TestClient
    page: str

    def ask(
        self, path: str, who: str = "admin", form: Mapping[str, str] | None = None, language: str = "en"
    ) -> Response:
        """What somebody gets, or what a form that is sent answers."""
        cookie, secret = self.clinic.desk.session(who)
        headers = {"cookie": f"kith={cookie}; language={language}", "sec-fetch-site": "same-origin"}
        if form is None:
            return self.client.get(path, headers=headers, follow_redirects=False)
        return self.client.post(path, data={"_csrf": secret, **form}, headers=headers, follow_redirects=False)


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """A clinic in a file, with somebody in it."""
    with clinic(sqlite_url) as opened:
        id_ = opened.live_through(ONE)
        doors = Doors(opened.desk.workspace, Calling(opened.database), lambda: NOW)
        with TestClient(Starlette(routes=routes(doors))) as client:
            yield Desk(opened, client, f"/records/client/{id_}/privacy")
        doors.calling.close()


def test_a_person_is_told_held_and_erased(desk: Desk) -> None:
    page = desk.ask(desk.page).text
    for text in ("Visit: 3", "Visit: 2 go for good", "Newsletter: nothing said", "Nothing is held."):
        assert text in page
    known = desk.ask(f"{desk.page}/known.html")
    assert "attachment" in known.headers["content-disposition"]
    assert ONE.street in known.text
    assert desk.ask(f"{desk.page}/known.json").json()["records"][0]["values"]["email"] == ONE.email
    for form in (
        {"do": "consent", "purpose": "newsletter", "given": "yes", "how": "paper"},
        {"do": "hold", "reason": "Court"},
    ):
        assert desk.ask(desk.page, form=form).status_code == 303
    page = desk.ask(desk.page).text
    assert "Newsletter: agreed" in page
    assert "Court" in desk.ask("/privacy").text
    assert 'value="erase"' not in page
    for form in ({"do": "hold", "reason": " "}, {"do": "consent", "purpose": "post"}, {"do": "dance"}):
        assert desk.ask(desk.page, form=form).status_code in (400, 422)
    assert desk.ask(desk.page, form={"do": "lift"}).status_code == 303
    assert desk.ask(desk.page, form={"do": "erase", "sure": "Somebody"}).status_code == 422
    assert ONE.name in desk.ask(desk.page).text
    assert desk.ask(desk.page, form={"do": "erase", "sure": ONE.name}).status_code == 303
    assert ONE.first not in desk.ask(desk.page).text
    assert "Certificate 1 of" in desk.ask("/privacy").text
    assert "证明 1" in desk.ask("/privacy", language="zh-CN").text


def test_for_others_there_is_nothing_of_the_kind(desk: Desk) -> None:
    assert "/privacy" in desk.ask(desk.page.removesuffix("/privacy")).text
    assert "/privacy" not in desk.ask(desk.page.removesuffix("/privacy"), "ann").text
    for path in ("/privacy", desk.page, f"{desk.page}/known.json"):
        assert desk.ask(path, "ann").status_code == 404
    assert desk.ask(desk.page, "ann", {"do": "erase", "sure": ONE.name}).status_code == 404
