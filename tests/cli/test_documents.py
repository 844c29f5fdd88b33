"""The commands about documents: check, why, schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from tests.metadata.example import BASE, write

BROKEN = {"views/v.yaml": "view: v\nof: thing\ncolumns: {nmae: {}}\n"}


def kith(*arguments: str | Path) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return found.exit_code, found.stdout, found.stderr


def test_check_says_that_an_app_is_sound(tmp_path: Path) -> None:
    assert kith("check", write(tmp_path, BASE)) == (0, "No problems.\n", "")
    assert kith("check", tmp_path, "--lang", "zh-CN") == (0, "没有问题。\n", "")


def test_check_prints_every_problem_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    code, shown, _ = kith("check", write(tmp_path, BASE | BROKEN))
    assert code == 1
    assert f"E203 {tmp_path}/views/v.yaml:3:11" in shown
    assert 'did you mean "name"' in shown
    assert shown.endswith("1 error, 0 hints.\n")


def test_check_prints_the_same_as_data(tmp_path: Path) -> None:
    code, shown, _ = kith("check", write(tmp_path, BASE | BROKEN), "--json")
    problem = json.loads(shown)[0]
    assert code == 1
    assert (problem["code"], problem["line"], problem["column"], problem["severity"]) == ("E203", 3, 11, "error")


def test_hints_alone_are_no_failure_unless_that_is_asked(tmp_path: Path) -> None:
    segment = {"segments/s.yaml": "segment: s\nof: thing\nfilter: due < today()\n"}
    app = write(tmp_path, BASE | segment)
    code, shown, _ = kith("check", app)
    assert code == 0
    assert shown.endswith("0 errors, 1 hint.\n")
    assert kith("check", app, "--strict")[0] == 1
    assert kith("check", write(tmp_path / "bare", BASE), "--strict")[0] == 0


@pytest.mark.parametrize("name", ["retail_crm", "b2b_crm"])
def test_the_apps_pass_the_strict_check(name: str) -> None:
    assert kith("check", Path(__file__).parents[2] / "apps" / name, "--strict")[0] == 0


@pytest.mark.parametrize("command", [["check", "nowhere"], ["why", "nowhere", "a.b"], ["schema", "entiti"]])
def test_a_wrong_call_has_the_exit_code_of_usage(command: list[str]) -> None:
    code, shown, complaint = kith(*command)
    assert (code, shown) == (64, "")
    assert complaint


def test_why_says_where_a_setting_comes_from_and_what_it_covers(tmp_path: Path) -> None:
    write(tmp_path, BASE | {"entities/user.yaml": "entity: user\nfields: {name: {max_length: 40}}\n"})
    code, shown, _ = kith("why", tmp_path, "entity.user.fields.name.max_length", "--lang", "en")
    assert code == 0
    assert shown.splitlines()[0] == "40"
    assert f"example  {tmp_path}/entities/user.yaml:2:29" in shown
    assert "covers  80" in shown
    assert "platform/core/entities/user.yaml" in shown
    data = json.loads(kith("why", tmp_path, "entity.user.fields.name.max_length", "--json")[1])
    assert [(origin["value"], origin["layer"], origin["effective"]) for origin in data] == [
        ("40", "example", True),
        ("80", "platform", False),
    ]


def test_why_of_nothing_says_what_there_is(tmp_path: Path) -> None:
    code, _, complaint = kith("why", write(tmp_path, BASE), "entity.thing.fields.nmae")
    assert code == 1
    assert 'did you mean "name"?' in complaint


def test_schema_prints_one_kind_or_writes_all(tmp_path: Path) -> None:
    assert json.loads(kith("schema", "view")[1])["required"] == ["view", "of", "columns"]
    assert "entity" in json.loads(kith("schema")[1])["$defs"]
    assert kith("schema", "--all", tmp_path / "schemas")[0] == 0
    names = {path.name for path in (tmp_path / "schemas").iterdir()}
    assert {"entity.schema.json", "document.schema.json"} < names
