"""The reference names every address, parameter and code of the API, and both languages say the same."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route

from kith.api.lists import KNOWN
from kith.api.routes import ALL
from kith.api.under import Under
from kith.texts import load_texts, placeholders
from tests.api.world import Desk

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFERENCE = (DOCS / "reference/api.md").read_text(encoding="utf-8")


def below_all(shared: Desk) -> list[BaseRoute]:
    groups = [route for route in shared.client.app.routes if isinstance(route, Under)]  # type: ignore[attr-defined]
    return [route for group in groups for route in group.routes]


def test_every_address_and_method_is_in_the_reference(shared: Desk) -> None:
    rows = dict(re.findall(r"^\| `(/[^`]+)` \| (.*?) \|", REFERENCE, re.MULTILINE))
    routes = [*shared.client.app.routes, *below_all(shared)]  # type: ignore[attr-defined]
    assert set(rows) == {route.path for route in routes if isinstance(route, Route)} - {"/api", "/api/{path:path}"}
    for path, methods in rows.items():
        address = path.replace("{entity}", "nope").replace("{id}", "nope").replace("{name}", "nope")
        allowed = [one for one in ALL if shared.ask(one, address, "admin").status_code != 405]
        assert [one for one in allowed if one != "HEAD"] == re.findall(r"`(\w+)`", methods), path


def test_every_parameter_of_lists_is_in_the_reference() -> None:
    section = REFERENCE.split("## Lists")[1].split("## Versions")[0]
    assert set(KNOWN) == {
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_code_has_its_sentence_and_is_in_the_reference(language: str) -> None:
    texts = load_texts(files("kith.api") / "strings")
    codes = {key.removeprefix("problem.") for key in texts[language].under("problem.")}
    named = set(re.findall(r"`(\w+)`", REFERENCE.split("## Problems")[1]))
    assert codes <= named
    assert texts[language].entries.keys() == texts["en"].entries.keys()
    for key, entry in texts[language].entries.items():
        assert placeholders(entry) == placeholders(texts["en"].entries[key]), key


def test_the_guide_has_the_same_examples_in_both_languages() -> None:
    english, chinese = ((DOCS / f"integrator/api{end}.md").read_text(encoding="utf-8") for end in ("", ".zh-CN"))
    assert re.findall(r"```(.*?)```", english, re.DOTALL) == re.findall(r"```(.*?)```", chinese, re.DOTALL)
    assert english.count("\n## ") == chinese.count("\n## ")
