"""`kith diff`: folders, releases and packages beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app

APP = "app: corner\nversion: 1.0.0\ntitle: Corner\nlanguages: [en]\ntime_zone: UTC\ncurrency: CNY\nnavigation: {}\n"
SHOP = """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  kind: {type: choice, label: Kind, options: {a: {label: A}, b: {label: B}}}
"""
OURS = (
    "entity: shop\nplural: Stores\nfields:\n  city: {type: text, label: City, ~after: name}\n  name: {max_length: 80}\n"
)


def write(folder: Path, documents: dict[str, str]) -> Path:
    for path, text in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "corner", {"app.yaml": APP, "entities/shop.yaml": SHOP})
    write(
        tmp_path / "ours",
        {"app.yaml": "app: ours\nversion: 1.0.0\nextends: corner\n", "entities/shop.yaml": OURS},
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--lang", "en"])


def test_differences_are_told_in_the_words_of_plans_and_as_settings(folders: Path) -> None:
    told = kith("diff", "corner", "ours")
    assert told.exit_code == 2
    assert told.stdout == (
        "corner → ours\n\n"
        "Changes:\n"
        "  ~ entity shop: plural\n"
        "  ~ field shop.name: longest text\n"
        "  + field shop.city (text)\n"
        "  ~ app: name\n\n"
        "Settings:\n"
        "  ~ app.app: corner → ours\n"
        "  + app.extends: corner\n"
        "  ~ entity.shop.plural: Shops → Stores\n"
        "  + entity.shop.fields.name.max_length: 80\n"
        "  + entity.shop.fields.city: {type: text, label: City}\n"
    )


def test_the_same_is_the_same(folders: Path) -> None:
    same = kith("diff", "ours", "ours")
    assert (same.exit_code, same.stdout) == (0, "No differences.\n")


def test_releases_and_packages_are_versions_too(folders: Path, sqlite_url: str) -> None:
    assert kith("apply", "corner", "--db", sqlite_url).exit_code == 0
    built = kith("package", "build", "corner", "--output", "corner.kith")
    assert built.exit_code == 0, built.output
    (package,) = folders.glob("*.kith")
    options = SHOP.replace("{a: {label: A}, b: {label: B}}", "{b: {label: B}, a: {label: A}, c: {label: C}}")
    write(folders / "corner", {"entities/shop.yaml": options + "# The end.\n"})
    for before in ("@1", "@", package):
        told = kith("diff", before, "corner", "--db", sqlite_url, "--json")
        assert told.exit_code == 2, told.output
        data = json.loads(told.stdout)
        assert [change["message"] for change in data["changes"]] == ["option c of shop.kind"]
        assert [(one["path"], one["moved"], one["before"], one["after"]) for one in data["documents"]] == [
            ("entity.shop.fields.kind.options.b", True, "{label: B}", "{label: B}"),
            ("entity.shop.fields.kind.options.c", False, None, "{label: C}"),
        ]
    assert kith("diff", "@7", "@1", "--db", sqlite_url).exit_code == 1


def test_documents_are_compared_where_an_app_has_errors(folders: Path) -> None:
    write(folders / "ours", {"entities/shop.yaml": OURS.replace("type: text", "type: txt")})
    told = kith("diff", "corner", "ours")
    assert "ours: has errors" in told.stdout
    assert "  ~ entity.shop.plural: Shops → Stores\n" in told.stdout
    assert json.loads(kith("diff", "corner", "ours", "--json").stdout)["changes"] is None
