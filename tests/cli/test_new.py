"""`kith new`: projects that check clean and run at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.metadata.checking import check
from kith.metadata.layers import load
from kith.metadata.layers.loading import SHIPPED
from kith.problems import render

TEMPLATES = sorted(path.name for path in SHIPPED.iterdir() if (path / "app.yaml").is_file())
TITLE = "Smith & Söhne: 'best', 最好"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.mark.parametrize(
    ("lang", "options"), [("en", ()), ("zh-CN", ()), *(("en", ("--from", name)) for name in TEMPLATES)], ids=str
)
def test_a_new_project_has_no_problem_and_is_applied_as_it_is(lang: str, options: tuple[str, ...]) -> None:
    made = kith("new", "Our-Shop", *options, "--title", TITLE, "--lang", lang)
    assert made.exit_code == 0, made.output
    assert [render(problem, "en") for problem in check(Path("Our-Shop"))] == []
    assert Path("Our-Shop/README.md").read_text("utf-8").startswith(f"# {TITLE}\n")
    assert "*.db" in Path("Our-Shop/.gitignore").read_text("utf-8")
    files = [path for path in Path("Our-Shop").rglob("*") if path.is_file()]
    assert not [path for path in files if "$" in path.read_text("utf-8")]
    applied = kith("apply", "Our-Shop")
    assert applied.exit_code == 0, applied.output
    assert kith("plan", "Our-Shop").exit_code == 0
    assert Path("our_shop.db").exists()


def test_a_project_brings_a_template_along_that_it_would_not_find(tmp_path: Path) -> None:
    kith("new", "far/template", "--name", "house")
    (tmp_path / "far/template/entities/contact.yaml").write_text(
        "entity: contact\nlabel: {en: $title, zh-CN: 人}\nplural: {en: People, zh-CN: 人}\ntitle: '{name}'\n"
        "fields: {name: {type: text, required: true, label: {en: Name, zh-CN: 名}}}\n",
        "utf-8",
    )
    made = kith("new", "ours", "--from", "far/template")
    assert made.exit_code == 0, made.output
    assert [layer.name for layer in load(Path("ours"))[0]] == ["platform", "house", "ours"]
    assert "$title" in Path("ours/packages/house/entities/contact.yaml").read_text("utf-8")
    beside = kith("new", "far/ours", "--from", "far/template")
    assert beside.exit_code == 0, beside.output
    assert [layer.name for layer in load(Path("far/ours"))[0]] == ["platform", "house", "ours"]


def test_a_folder_with_anything_in_it_is_left_alone() -> None:
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine", "utf-8")
    assert kith("new", "full").exit_code == 64
    assert [path.name for path in Path("full").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "x", "--from", "retail_crn"), 'did you mean "retail_crm"?'),
        (("new", "retail_crm", "--from", "retail_crm"), "is taken by the template"),
        (("new", "9"), "is no name of an app"),
        (("new", "x", "--name", "Our Shop"), "is no name of an app"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(arguments: tuple[str, ...], said: str) -> None:
    refused = kith(*arguments, "--lang", "en")
    assert (refused.exit_code, said in refused.stderr) == (64, True), refused.output
    assert list(Path.cwd().iterdir()) == []
