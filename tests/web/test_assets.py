"""The static files: what they weigh, where they come from, how they are sent."""

from __future__ import annotations

import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.metadata.checks.drawing import ICONS as KNOWN
from kith.web.look import COLOURS, ICONS
from kith.web.templating import Templates

WEB = Path(__file__).resolve().parents[2] / "platform" / "web"
VENDORED = (WEB / "assets" / "vendor", Path(__file__).parent / "vendor")


@pytest.mark.parametrize("folder", VENDORED, ids=["shipped", "testing"])
def test_vendored_files_are_those_of_the_list(folder: Path) -> None:
    listed = json.loads((folder / "VENDOR.json").read_text("utf-8"))
    assert {entry["file"]: entry["sha256"] for entry in listed} == {
        entry["file"]: sha256((folder / entry["file"]).read_bytes()).hexdigest() for entry in listed
    }
    licences = {entry["licence_file"] for entry in listed}
    assert {file.name for file in folder.iterdir()} == {entry["file"] for entry in listed} | licences | {"VENDOR.json"}


def test_htmx_is_the_pinned_version() -> None:
    listed = json.loads((VENDORED[0] / "VENDOR.json").read_text("utf-8"))
    assert {entry["name"]: entry["version"] for entry in listed}["htmx.org"] == "4.0.1"


def test_weights_stay_within_the_budgets(templates: Templates) -> None:
    style = len(templates.assets["kith.css"].gzipped)
    script = sum(len(templates.assets[path].gzipped) for path in ("kith.js", "vendor/htmx.min.js"))
    assert style <= 20_000
    assert len(templates.assets["kith.js"].gzipped) <= 8_000
    assert script <= 25_000
    assert style + script + len(templates.assets["vendor/icons.svg"].gzipped) <= 60_000


def test_an_address_carries_the_hash_and_is_kept_for_a_year(gallery_app: Starlette, templates: Templates) -> None:
    address = templates.assets.url("kith.css")
    assert re.fullmatch(r"/assets/kith\.[0-9a-f]{10}\.css", address)
    answer = TestClient(gallery_app).get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert (
        answer.content == templates.assets["kith.css"].content == gzip.decompress(templates.assets["kith.css"].gzipped)
    )


def test_an_address_of_another_release_gets_the_present_file_uncached(gallery_app: Starlette) -> None:
    answer = TestClient(gallery_app).get("/assets/kith.0123456789.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.css", "../look.py", "%2e%2e/look.py", "styles/00-tokens.css"])
def test_what_is_no_asset_is_not_sent(gallery_app: Starlette, path: str) -> None:
    assert TestClient(gallery_app).get(f"/assets/{path}").status_code == 404


def test_every_colour_name_has_an_accent_and_a_hue(templates: Templates) -> None:
    style = templates.assets["kith.css"].content.decode()
    assert set(re.findall(r"\.accent-(\w+) ", style)) == set(COLOURS)
    assert set(re.findall(r"\.hue-(\w+) ", style)) == set(COLOURS)


def test_the_icons_that_apps_may_name_are_those_of_the_sprite() -> None:
    assert ICONS == KNOWN


def test_every_icon_that_a_template_or_a_handler_names_is_in_the_sprite() -> None:
    templates = "".join(file.read_text("utf-8") for file in (WEB / "templates").rglob("*.html"))
    named = set(re.findall(r'icon\("([a-z0-9-]+)"', templates))
    assert named
    assert named <= ICONS


def test_the_style_sheets_name_nothing_from_elsewhere(templates: Templates) -> None:
    style = templates.assets["kith.css"].content.decode()
    assert "url(" not in style
    assert "@import" not in style
    assert style.count("{") == style.count("}")
