"""`kith rollback`, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.runtime.applying import finishing
from tests.support.worlds import app_document

APP = app_document("corner", "shop")
SHOP = """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
keys: {name: [name]}
fields:
  name: {type: text, required: true, label: Name}
  size: {type: text, label: Size}
"""
NUMBERS = SHOP.replace("size: {type: text,", "size: {type: integer,")


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0)
    root = tmp_path / "corner"
    for path, text in {"app.yaml": APP, "entities/shop.yaml": SHOP}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("KITH_DB", f"sqlite:///{tmp_path}/corner.db")
    assert kith("apply", root).exit_code == 0
    return root


def publish(folder: Path, shop: str) -> None:
    (folder / "entities/shop.yaml").write_text(shop, "utf-8")
    done = kith("apply", folder, "--allow-loss", "--lang", "en")
    assert done.exit_code == 0, done.output


def test_before_the_second_release_there_is_nothing_to_go_back_to(folder: Path) -> None:
    done = kith("rollback", "--lang", "en")
    assert (done.exit_code, done.stderr) == (1, "There is no release before the first.\n")
    done = kith("rollback", "4", "--lang", "zh-CN")
    assert (done.exit_code, done.stderr) == (1, "没有可回退的发布 4；当前发布是 1。\n")


def test_it_shows_the_plan_and_makes_a_release_that_says_what_it_is(folder: Path) -> None:
    publish(folder, NUMBERS)
    shown = kith("rollback", "--dry-run", "--lang", "en")
    assert shown.exit_code == 2
    assert "~ field shop.size changes from integer to text" in shown.stdout
    assert "Release 2 → 3 of corner 1.0.0" in shown.stdout
    done = kith("rollback", "--note", "too early", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Release 3 is live." in done.stdout
    listed = json.loads(kith("releases", "--json").stdout)
    assert json.dumps(listed).count("rollback of 2: too early") == 1
    assert kith("rollback", "1", "--dry-run").exit_code == 0


def test_what_loses_data_waits_for_consent(folder: Path) -> None:
    publish(folder, SHOP + "  note: {type: text, default: new, required: true, label: Note}\n")
    assert kith("apply", folder).exit_code == 0
    made = folder.parent / "shops.csv"
    made.write_text("name,note\nNorth,ours\n", "utf-8")
    assert kith("import", "shop", made).exit_code == 0
    done = kith("rollback", "--lang", "en")
    assert done.exit_code == 1
    assert "needs consent" in done.output
    assert kith("rollback", "--allow-loss").exit_code == 0
