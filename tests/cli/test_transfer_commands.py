"""import, export and test, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from tests.runtime.transfer.shop import DOCUMENTS
from tests.runtime.transfer.test_importing import RECEIPTS

TESTS = """\
tests: members
of: member
cases:
  right: {given: {name: A}, act: {create: {}}, expect: {values: {level: basic}}}
  wrong: {given: {name: A}, act: {create: {}}, expect: {values: {level: gold}}}
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a corner shop in `app` and in a database."""
    for path, text in (DOCUMENTS | {"tests/members.yaml": TESTS}).items():
        file = tmp_path / "app" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert typed("apply", "app").exit_code == 0
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_file_goes_in_by_a_mapping_and_comes_out_again(work: Path) -> None:
    (work / "in.csv").write_text(RECEIPTS, "utf-8")
    tried = typed("import", "receipts", "in.csv", "--dry-run")
    assert (tried.exit_code, tried.stdout.splitlines()[-1]) == (0, "A dry run: nothing was kept.")
    done = typed("import", "receipts", "in.csv", "--json")
    assert json.loads(done.stdout)["counts"]["line"] == {"created": 4, "updated": 0, "unchanged": 0, "skipped": 0}
    out = typed("export", "member", "out.csv", "--fields", "number,name", "--lang", "zh-CN")
    assert out.stdout == "2 条记录已写入 out.csv\n"
    assert (work / "out.csv").read_text("utf-8-sig").splitlines() == ["number,name", "1,张伟", "2,Ann"]


def test_rows_that_fail_make_the_exit_code_and_a_file(work: Path) -> None:
    (work / "in.csv").write_text("number,name\n1,\n2,B\n", "utf-8")
    done = typed("import", "member", "in.csv", "--errors", "bad.csv")
    assert done.exit_code == 1
    assert "2 rows (utf-8)" in done.stdout
    assert (work / "bad.csv").read_text("utf-8-sig").splitlines()[1] == "1,,2,name: Name is missing."


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "nothing", "in.csv"), 64, "There is no mapping and no entity nothing."),
        (("import", "member", "missing.csv"), 1, "missing.csv: There is no such file"),
        (("import", "member", "twice.json"), 1, "An object of the file has the name “name” twice."),
        (("export", "member", "nowhere/out.csv"), 1, "nowhere/out.csv cannot be written"),
        (
            ("export", "member", "out.xml"),
            1,
            "out.xml: the name of the file says its format, and ends in one of .csv, .json, .xlsx.",
        ),
        (("import", "member", "in.csv", "--mode", "guess"), 64, "--mode is one of"),
        (("export", "member", "out.csv", "--filter", "nonsense == 1"), 1, "nonsense"),
        (("export", "member", "out.csv", "--as", "nobody@example.com"), 1, "There is no active user"),
    ],
)
def test_wrong_calls_say_what_is_wrong(work: Path, words: tuple[str, ...], code: int, said: str) -> None:
    (work / "in.csv").write_text("name\nA\n", "utf-8")
    (work / "twice.json").write_text('[{"name": "A", "name": "B"}]', "utf-8")
    done = typed(*words)
    assert done.exit_code == code
    assert said in done.stderr


def test_rows_that_fail_say_why_where_no_file_does(work: Path) -> None:
    (work / "in.csv").write_text("number,name\n" + "".join(f"{number},\n" for number in range(1, 9)) + "9,B\n", "utf-8")
    done = typed("import", "member", "in.csv", "--lang", "zh-CN")
    lines = done.stdout.splitlines()
    assert (done.exit_code, lines[2:4], len([line for line in lines if "第" in line])) == (
        1, ["  第 2 行：name：请填写“姓名”。", "  第 3 行：name：请填写“姓名”。"], 5,
    )  # fmt: skip
    assert "--errors" in lines[7]
    told = json.loads(typed("import", "member", "in.csv", "--json").stdout)
    assert told["reasons"][0] == {"row": 2, "reasons": ["name: Name is missing."]}


def test_tests_tell_what_failed_and_make_the_exit_code(work: Path) -> None:
    done = typed("test", "app")
    assert done.exit_code == 1
    assert "members/wrong\n  member.level: expected gold, found basic\n" in done.stdout
    assert done.stdout.endswith("2 cases, 1 failed.\n")
    assert typed("test", "app", "members/right").exit_code == 0
    assert typed("test", "app", "members/none").exit_code == 64
