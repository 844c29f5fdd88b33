"""The reader's choices: remembered, and never a way out to another site."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.web.choices import local
from kith.web.look import Look


def test_choices_are_kept_in_cookies_and_lead_back(gallery_app: Starlette) -> None:
    client = TestClient(gallery_app, follow_redirects=False)
    answer = client.post("/_look", data={"theme": "dark", "language": "zh-CN", "back": "/_gallery?x=1"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/_gallery?x=1"
    page = client.get("/_gallery").text
    assert '<html lang="zh-CN" class="accent-indigo" data-theme="dark"' in page


def test_what_is_not_on_offer_is_not_kept(gallery_app: Starlette) -> None:
    answer = TestClient(gallery_app, follow_redirects=False).post("/_look", data={"theme": '"><b>', "language": "xx"})
    assert "set-cookie" not in answer.headers
    assert Look.of({"theme": "neon", "density": "tight"}, "mauve") == Look()


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "", "javascript:x", "/a\r\nb"]
)
def test_the_way_back_stays_on_this_site(path: str) -> None:
    assert local(path) == "/"
