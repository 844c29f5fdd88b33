"""infer, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app

CUSTOMERS = "customer id,name,country\n" + "".join(f"C{n},Name {n},France\n" for n in range(1, 13))
CALLS = "call id,customer id,on\n" + "".join(f"{n},C{n % 12 + 1},2025-03-{n:02}\n" for n in range(1, 25))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with spreadsheets in `files`."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files/customers.csv").write_text(CUSTOMERS, "utf-8")
    (tmp_path / "files/calls.csv").write_text(CALLS, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_what_is_printed_to_be_typed_next_works(work: Path) -> None:
    done = typed("infer", "files", "-o", "crm")
    assert done.exit_code == 0, done.stdout
    commands = done.stdout.split("Written. Next:\n")[1].splitlines()
    assert [line.split()[1] for line in commands] == ["check", "apply", "import", "import", "serve"]
    for line in commands[:-1]:
        assert typed(*line.split()[1:]).exit_code == 0, line
    assert typed("check", "crm", "--strict").stdout == "No problems.\n"
    out = typed("export", "call", "out.csv", "--fields", "call_id,customer_id.name", "--db", "sqlite:///crm.db")
    assert out.exit_code == 0
    assert (work / "out.csv").read_text("utf-8-sig").splitlines()[1] == "1,Name 2"


def test_without_a_folder_nothing_is_written(work: Path) -> None:
    done = typed("infer", "files/customers.csv", "--lang", "zh-CN")
    assert done.exit_code == 0
    assert done.stdout.startswith("客户 (customer), 12 条记录\n")
    assert sorted(path.name for path in work.iterdir()) == ["files"]


def test_json_says_the_same_in_both_languages(work: Path) -> None:
    done = json.loads(typed("infer", "files", "--json", "--currency", "EUR").stdout)
    assert (done["app"], done["currency"], done["problems"]) == ("files", "EUR", [])
    call = done["entities"]["call"]
    assert call["fields"]["customer_id"]["keys"]["to"] == "customer"
    assert call["why"] == {
        "en": "calls.csv: 24 rows. 24 of 24 rows have a value, no two the same: the key.",
        "zh-CN": "calls.csv：24 行。24 行都有值且互不相同：作为键。",
    }
    assert [one["import"] for one in done["imports"]] == ["customers", "calls"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("files", "-o", "files"), 64, "files is there already and not empty."),
        (("files/missing.csv",), 1, "There is no such file."),
        (("files", "--currency", "euro"), 64, "--currency is a code of three letters"),
    ],
)
def test_wrong_calls_say_what_is_wrong(work: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = typed("infer", *words)
    assert done.exit_code == code
    assert said in done.output
