"""`kith package`, as somebody types it: from a template's folder to a company that follows its next version."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.packages import PENDING
from kith.runtime.workspace import Workspace
from tests.packages.upgrade_cases import CASES, HERE

OURS = "app: ours\nversion: 1.0.0\nextends: stock\nlanguages: [en]\n"
MORE = """\
rules: more
of: item
items:
  named_well:
    when: grade == "plain"
    require: length(name) >= 3
    message: Name it well.
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command in an empty folder, with a database there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KITH_DB", f"sqlite:///{tmp_path / 'crm.db'}")

    def typed(*words: str, code: int = 0, language: str = "en") -> Result:
        result = CliRunner().invoke(app, [*words, "--lang", language])
        assert result.exit_code == code, result.output
        return result

    return typed


def packages(run: Run, case: str) -> tuple[str, str]:
    """Two versions of the template, as packages: what they are built from is gone."""
    shutil.copytree(HERE / "template", "stock")
    run("package", "build", "stock")
    for path in sorted((CASES / case / "new").rglob("*.yaml")):
        target = Path("stock") / path.relative_to(CASES / case / "new")
        if path.stat().st_size:
            shutil.copy(path, target)
        else:
            target.unlink()
    app_yaml = Path("stock/app.yaml")
    app_yaml.write_text(app_yaml.read_text(encoding="utf-8").replace("1.0.0", "1.1.0"), encoding="utf-8")
    run("package", "build", "stock")
    shutil.rmtree("stock")
    return "stock-1.0.0.kith", "stock-1.1.0.kith"


def company(case: str) -> None:
    """The project of a case's company."""
    shutil.copytree(CASES / case / "company", "ours")
    if not Path("ours/app.yaml").exists():
        Path("ours/app.yaml").write_text(OURS, encoding="utf-8")


def layers() -> dict[str, str]:
    """The layers of the database, by what they are made of."""
    workspace = Workspace.open(f"sqlite:///{Path('crm.db').resolve()}")
    try:
        return {layer.name: layer.digest for layer in workspace.current().model.layers}
    finally:
        workspace.close()


def test_a_company_follows_its_template_in_the_database_as_in_its_folder(run: Run) -> None:
    old, new = packages(run, "names_that_changed")
    company("names_that_changed")
    run("package", "install", old, "--app", "ours")
    run("apply", "ours")
    assert "To be decided: 2." in run("package", "upgrade", new, "--resolutions", "decisions.yaml", code=2).output
    assert "Release 2 is live." in run("package", "upgrade", new, "--resolutions", "decisions.yaml").output
    assert (
        "stock 1.0.0 → 1.1.0"
        in run("package", "upgrade", new, "--app", "ours", "--resolutions", "decisions.yaml").output
    )
    after = CASES / "names_that_changed" / "after"
    for path in after.rglob("*.yaml"):
        assert (Path("ours") / path.relative_to(after)).read_text("utf-8") == path.read_text("utf-8")
    in_database = layers()
    run("plan", "ours")
    assert layers() == in_database
    assert "is installed already" in run("package", "upgrade", new).output


def test_what_a_package_is_and_where_it_lies_is_told_in_the_language_asked_for(run: Run) -> None:
    old, _ = packages(run, "names_that_changed")
    shown = run("package", "show", old, language="zh-CN").output
    assert "实体" in shown
    assert "entity" not in shown
    Path("ours").mkdir()
    Path("ours/app.yaml").write_text(OURS.replace("extends: stock\n", ""), encoding="utf-8")
    assert "A layer on it says `extends: stock`." in run("package", "install", old, "--app", "ours").output
    shutil.rmtree("ours/packages")
    Path("ours/app.yaml").write_text(OURS, encoding="utf-8")
    assert "extends" not in run("package", "install", old, "--app", "ours").output


def test_a_test_that_fails_under_the_new_version_is_to_be_decided(run: Run) -> None:
    shutil.copytree(HERE / "template", "stock")
    Path("stock/rules/more.yaml").write_text(MORE, encoding="utf-8")
    app_yaml = Path("stock/app.yaml")
    first = app_yaml.read_text(encoding="utf-8")
    app_yaml.write_text(first.replace("1.0.0", "1.1.0"), encoding="utf-8")
    run("package", "build", "stock")
    Path("stock/rules/more.yaml").unlink()
    app_yaml.write_text(first, encoding="utf-8")
    run("package", "build", "stock")
    Path("ours/tests").mkdir(parents=True)
    Path("ours/app.yaml").write_text(OURS, encoding="utf-8")
    Path("ours/tests/ours.yaml").write_text(
        "tests: ours\nof: item\ncases:\n  short_names:\n    act: {create: {name: B}}\n    expect: {saved: true}\n",
        encoding="utf-8",
    )
    run("package", "install", "stock-1.0.0.kith", "--app", "ours")
    told = run("package", "upgrade", "stock-1.1.0.kith", "--app", "ours", "--resolutions", "d.yaml", "--json", code=2)
    data = json.loads(told.output[: told.output.rindex("}") + 1])
    assert [(one["id"], one["kind"]) for one in data["decisions"]] == [
        ("tests.ours.cases.short_names", "test"),
        ("tests.pricing.cases.plain_does_not", "test"),
    ]
    assert (
        "To be decided: 2."
        in run("package", "upgrade", "stock-1.1.0.kith", "--app", "ours", "--resolutions", "d.yaml", code=2).output
    )
    # Whoever takes a line out of the document finds it there again.
    whole = Path("d.yaml").read_text(encoding="utf-8")
    Path("d.yaml").write_text(whole[: whole.index("\n  # The test pricing")], encoding="utf-8")
    upgrade = ("package", "upgrade", "stock-1.1.0.kith", "--app", "ours", "--resolutions", "d.yaml")
    assert "d.yaml: 1 more to be decided." in run(*upgrade, code=2).output
    decisions = Path("d.yaml").read_text(encoding="utf-8")
    assert decisions == whole
    Path("d.yaml").write_text(
        decisions.replace("short_names: ~", "short_names: drop").replace("not: ~", "not: company"), "utf-8"
    )
    run(*upgrade)
    assert not Path("ours/tests/ours.yaml").exists()
    assert "stock  1.1.0" in run("package", "list", "--app", "ours").output


def test_a_package_is_shown_installed_and_listed(run: Run) -> None:
    old, new = packages(run, "both_changed")
    shown = run("package", "show", old).output
    assert "stock 1.0.0  Stock" in shown and "3  entity" in shown
    assert "Release 1 is live." in run("package", "install", old).output
    assert "stock  1.0.0" in run("package", "list").output
    assert "is installed already" in run("package", "install", new, code=1).output
    assert "Release 2 is live." in run("package", "upgrade", new).output
    assert "is all that this database runs" in run("package", "remove", "stock", code=1).output


def test_what_is_no_package_changes_nothing(run: Run) -> None:
    old, _ = packages(run, "both_changed")
    Path("half.kith").write_bytes(Path(old).read_bytes()[:5000])
    Path("ours").mkdir()
    assert "K101" in run("package", "install", "half.kith", code=1).output
    assert "K101" in run("package", "install", "half.kith", "--app", "ours", code=1).output
    assert not Path("crm.db").exists() and list(Path("ours").iterdir()) == []
    assert "There is no file" in run("package", "install", "nothing.kith", code=64).output


def test_what_is_in_use_is_not_removed_and_every_use_is_told(run: Run) -> None:
    old, _ = packages(run, "names_that_changed")
    company("names_that_changed")
    run("package", "install", old, "--app", "ours")
    told = run("package", "remove", "stock", "--app", "ours", code=1).output
    assert "D202 ours/entities/item.yaml:3:3" in told and "ours/views/by_weight.yaml:3:11" in told
    assert Path("ours/packages/stock/app.yaml").exists()
    for folder in ("entities", "forms", "rules", "views"):
        shutil.rmtree(Path("ours") / folder)
    run("package", "remove", "stock", "--app", "ours")
    assert Path("ours/app.yaml").read_text("utf-8") == OURS.replace("extends: stock\n", "")
    assert not Path("ours/packages").exists()


def test_edits_by_hand_are_not_lost_to_an_upgrade(run: Run) -> None:
    old, new = packages(run, "both_changed")
    Path("ours").mkdir()
    Path("ours/app.yaml").write_text(OURS, encoding="utf-8")
    run("package", "install", old, "--app", "ours")
    edited = Path("ours/packages/stock/entities/box.yaml")
    edited.write_text(edited.read_text("utf-8").replace("label: Box\n", "label: Crate\n"), encoding="utf-8")
    assert "changed by hand" in run("package", "list", "--app", "ours").output
    assert "was changed by hand" in run("package", "upgrade", new, "--app", "ours", code=1).output
    assert "label: Crate" in edited.read_text("utf-8")


def test_whoever_comes_next_finishes_what_was_begun(run: Run) -> None:
    Path("ours").mkdir()
    Path("ours/app.yaml").write_text("app: ours\nversion: 1.0.0\nlanguages: [en]\n", encoding="utf-8")
    begun = {
        "writes": {
            "entities/x.yaml": 'entity: x\nlabel: X\nplural: X\ntitle: "{a}"\nfields: {a: {type: text, label: A}}\n'
        },
        "removes": [],
    }
    Path("ours", PENDING).write_text(json.dumps(begun), encoding="utf-8")
    run("check", "ours")
    assert Path("ours/entities/x.yaml").exists() and not Path("ours", PENDING).exists()
