"""A folder against a release that others change as well: what plan, apply, serve and pull do and say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kith.cli.ground import Ground
from kith.cli.main import app
from kith.metadata.layers import layer_of
from kith.packages.projects import installed
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace, builder

TEMPLATE = {
    "app.yaml": "app: corner\nversion: 1.0.0\ntitle: Corner\nlanguages: [en]\ntime_zone: UTC\ncurrency: CNY\n"
    "navigation: {shops: {entity: shop}}\n",
    "entities/shop.yaml": "entity: shop\nlabel: Shop\nplural: Shops\ntitle: '{name}'\nfields:\n"
    "  # What stands over the door.\n  name: {type: text, required: true, label: Name}\n",
}
COMPANY = {
    "app.yaml": "app: ours\nversion: 1.0.0\nextends: corner\n",
    "entities/shop.yaml": "entity: shop\nplural: Stores  # as we say\nfields:\n  city: {type: text, label: City}\n",
}
Edit = Callable[[str], str]


def write(folder: Path, documents: dict[str, str]) -> Path:
    for path, text in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A company project beside its template."""
    write(tmp_path / "corner", TEMPLATE)
    return write(tmp_path / "ours", COMPANY)


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--lang", "en"])


def done(*arguments: object) -> str:
    result = kith(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def planned(*arguments: object) -> Any:
    return json.loads(kith("plan", *arguments, "--json").stdout)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def in_the_crm(url: str, changes: dict[str, str | None]) -> None:
    """What the studio does: documents of the company layer are changed and published."""
    workspace = Workspace.open(url)
    try:
        model, problems = workspace.edited(changes)
        assert model is not None, [problem.message() for problem in problems]
        workspace.apply(workspace.plan(model), hooks=hooks(workspace.clock), note="studio")
    finally:
        workspace.close()


def state(url: str) -> tuple[int, str]:
    """The current release's number, and what shops are called in it."""
    workspace = Workspace.open(url)
    try:
        release = workspace.current()
        return release.number, release.model.entities["shop"].plural.in_("en")
    finally:
        workspace.close()


def served(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """What `kith serve` says before it serves."""
    monkeypatch.setattr(Ground, "run", lambda *_, **__: None)
    result = kith("serve", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


RENAMED = COMPANY["entities/shop.yaml"].replace("Stores", "Branches")


def test_what_only_the_folder_changed_is_served_where_it_is_safe(
    ours: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ("--db", database_url)
    served(monkeypatch, ours, *here)
    assert state(database_url) == (1, "Stores")
    served(monkeypatch, ours, *here)
    assert state(database_url)[0] == 1
    change(ours / "entities/shop.yaml", "Stores", "Branches")
    served(monkeypatch, ours, *here)
    assert state(database_url) == (2, "Branches")
    change(ours / "entities/shop.yaml", "Branches", "Stores")
    served(monkeypatch, ours, *here)
    assert state(database_url) == (3, "Stores")


def test_what_only_the_database_changed_stays(ours: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ("--db", database_url)
    done("apply", ours, *here)
    in_the_crm(database_url, {"entities/shop.yaml": RENAMED})
    said = served(monkeypatch, ours, *here)
    assert "The database has changes that the folder does not have (ours)" in said
    assert planned(ours, *here)["changes"] == []
    done("apply", ours, *here)
    assert state(database_url) == (2, "Branches")


def test_what_both_changed_waits_for_a_pull(ours: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ("--db", database_url)
    done("apply", ours, *here)
    in_the_crm(
        database_url, {"entities/shop.yaml": RENAMED, "views/v.yaml": "view: v\nof: shop\ncolumns: {name: {}}\n"}
    )
    change(ours / "entities/shop.yaml", "label: City", "label: Town")
    said = served(monkeypatch, ours, *here)
    assert "  ours, in both: entities/shop.yaml\n  ours, in the database: views/v.yaml\n" in said
    assert f"`kith pull {ours}`" in said
    assert state(database_url) == (2, "Branches")
    refused = kith("apply", ours, *here)
    assert (refused.exit_code, "in both: entities/shop.yaml" in refused.stderr) == (1, True)
    assert planned(ours, *here)["both"] == ["ours"]
    assert kith("plan", ours, *here).exit_code == 1
    done("apply", ours, *here, "--anyway")
    assert state(database_url) == (3, "Stores")


def test_a_template_changes_below_a_company_layer_that_was_made_in_the_crm(tmp_path: Path, database_url: str) -> None:
    template, here = write(tmp_path / "corner", TEMPLATE), ("--db", database_url)
    done("apply", template, *here)
    in_the_crm(database_url, {"entities/shop.yaml": "entity: shop\nplural: Stores\n"})
    change(template / "entities/shop.yaml", "fields:", "fields:\n  city: {type: text, label: City}")
    assert [one["kind"] for one in planned(template, *here)["changes"]] == ["add_field"]
    assert "The database has changes that the folder does not have (company)" in done("apply", template, *here)
    assert state(database_url) == (3, "Stores")


def test_another_copy_of_an_old_folder_does_not_set_the_database_back(
    ours: Path, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    change(ours / "entities/shop.yaml", "Stores", "Branches")
    done("apply", ours, *here)
    write(tmp_path / "copy/corner", TEMPLATE)
    copy = write(tmp_path / "copy/ours", COMPANY)
    assert "as an earlier release was (ours)" in served(monkeypatch, copy, *here)
    assert kith("apply", copy, *here).exit_code == 1
    assert state(sqlite_url) == (2, "Branches")
    done("apply", copy, *here, "--anyway")
    assert state(sqlite_url) == (3, "Stores")


def test_a_newer_platform_is_brought_where_it_is_safe(
    ours: Path, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from kith.metadata.layers import loading

    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    core = tmp_path / "core"
    shutil.copytree(loading.CORE, core)
    change(core / "app.yaml", "accent: indigo", "accent: teal")
    monkeypatch.setattr(loading, "CORE", core)
    monkeypatch.setattr("kith.metadata.layers.CORE", core)
    in_the_crm(sqlite_url, {"entities/shop.yaml": RENAMED})
    served(monkeypatch, ours, *here)
    assert state(sqlite_url) == (3, "Branches")
    change(core / "app.yaml", "accent: teal", "accent: red")
    served(monkeypatch, *here)
    served(monkeypatch, *here)
    assert state(sqlite_url) == (4, "Branches")


# --- pull ----------------------------------------------------------------------------------------------------------------


def test_a_pull_brings_the_database_s_changes_and_leaves_the_folder_s(ours: Path, database_url: str) -> None:
    here = ("--db", database_url)
    done("apply", ours, *here)
    view = "view: v  # made in the studio\nof: shop\ncolumns: {name: {}}\n"
    in_the_crm(database_url, {"entities/shop.yaml": RENAMED, "views/v.yaml": view})
    change(ours / "entities/shop.yaml", "label: City", "label: Town")
    (ours / "README.md").write_text("ours", "utf-8")
    shown = done("pull", ours, *here)
    assert shown == f"  ~ entities/shop.yaml\n  ~ views/v.yaml\nRelease 2 is in {ours}.\n"
    assert (ours / "views/v.yaml").read_text("utf-8") == view
    assert (ours / "entities/shop.yaml").read_text("utf-8") == RENAMED.replace("label: City", "label: Town")
    assert done("pull", ours, *here).startswith("Nothing to write")
    assert [one["kind"] for one in planned(ours, *here)["changes"]] == ["change_field"]
    done("apply", ours, *here)
    assert state(database_url) == (3, "Branches")


def test_what_both_changed_is_decided_before_anything_is_written(ours: Path, sqlite_url: str) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    in_the_crm(sqlite_url, {"entities/shop.yaml": RENAMED, "views/v.yaml": "view: v\nof: shop\ncolumns: {name: {}}\n"})
    change(ours / "entities/shop.yaml", "Stores", "Houses")
    refused = kith("pull", ours, *here)
    assert refused.exit_code == 1
    assert "  entities/shop.yaml:plural: was Stores; folder Houses; database Branches\n" in refused.stderr
    assert not (ours / "views").exists()
    assert kith("pull", ours, *here, "--take", "entities/shop.yaml:plural=mine").exit_code == 64
    done("pull", ours, *here, "--take", "entities/shop.yaml:plural=folder")
    assert (ours / "entities/shop.yaml").read_text("utf-8") == COMPANY["entities/shop.yaml"].replace("Stores", "Houses")
    assert (ours / "views/v.yaml").exists()
    done("apply", ours, *here)
    assert state(sqlite_url) == (3, "Houses")


def test_a_document_that_one_side_removed_and_the_other_changed_is_decided_as_a_whole(
    ours: Path, sqlite_url: str
) -> None:
    here = ("--db", sqlite_url)
    view = "view: v\nof: shop\ncolumns: {name: {}}\n"
    write(ours, {"views/v.yaml": view, "views/w.yaml": view.replace("view: v", "view: w")})
    done("apply", ours, *here)
    in_the_crm(sqlite_url, {"views/v.yaml": None, "views/w.yaml": None})
    change(ours / "views/v.yaml", "name: {}", "city: {}")
    told = json.loads(kith("pull", ours, *here, "--json").stdout)
    assert [(one["place"], one["database"]) for one in told["conflicts"]] == [("views/v.yaml", None)]
    done("pull", ours, *here, "--take", "database")
    assert not (ours / "views").exists()
    assert (ours / "entities/shop.yaml").read_text("utf-8") == COMPANY["entities/shop.yaml"]


def test_a_company_layer_that_was_made_in_the_crm_is_pulled_into_a_folder_of_its_own(
    tmp_path: Path, database_url: str
) -> None:
    here = ("--db", database_url)
    done("apply", write(tmp_path / "corner", TEMPLATE), *here)
    said = "entity: shop\n# As we say.\nplural: Stores\n"
    in_the_crm(database_url, {"entities/shop.yaml": said})
    done("pull", tmp_path / "far/ours", *here)
    assert (tmp_path / "far/ours/entities/shop.yaml").read_text("utf-8") == said
    assert (tmp_path / "far/ours/packages/corner/entities/shop.yaml").read_text("utf-8") == TEMPLATE[
        "entities/shop.yaml"
    ]
    assert planned(tmp_path / "far/ours", *here)["changes"] == []
    change(tmp_path / "far/ours/entities/shop.yaml", "Stores", "Houses")
    done("apply", tmp_path / "far/ours", *here)
    assert state(database_url) == (3, "Houses")


def test_a_new_folder_gets_all_of_the_layer_also_where_another_one_was_applied(
    ours: Path, tmp_path: Path, sqlite_url: str
) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    done("pull", tmp_path / "another", *here)
    assert (tmp_path / "another/app.yaml").read_text("utf-8") == (ours / "app.yaml").read_text("utf-8")


def test_what_is_no_folder_of_this_database_is_told(ours: Path, tmp_path: Path, sqlite_url: str) -> None:
    done("apply", ours, "--db", sqlite_url)
    other = write(tmp_path / "other", {"app.yaml": "app: other\nversion: 1.0.0\n"})
    refused = kith("pull", other, "--db", sqlite_url)
    assert (refused.exit_code, refused.stderr) == (1, f"{other} is other; the database has corner, ours.\n")
    assert kith("pull", write(tmp_path / "full", {"x.txt": "x"}), "--db", sqlite_url).exit_code == 64


def test_line_ends_of_a_file_stay(ours: Path, sqlite_url: str) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    path = ours / "entities/shop.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    in_the_crm(sqlite_url, {"entities/shop.yaml": RENAMED})
    done("pull", ours, *here)
    assert path.read_bytes() == RENAMED.replace("\n", "\r\n").encode()


def with_template(url: str, text: str) -> None:
    """What a package upgrade does: the template in the database is another."""
    workspace = Workspace.open(url)
    try:
        layers = workspace.current().model.layers
        corner = layer_of({**layers[1].documents, "entities/shop.yaml": text}, "corner")
        model, problems = builder()((layers[0], corner, *layers[2:]))
        assert model is not None, [problem.message() for problem in problems]
        workspace.apply(workspace.plan(model), hooks=hooks(workspace.clock))
    finally:
        workspace.close()


def test_a_template_that_was_upgraded_in_the_database_comes_into_the_project_s_packages(
    tmp_path: Path, sqlite_url: str
) -> None:
    here = ("--db", sqlite_url)
    write(tmp_path / "far/corner", TEMPLATE)
    ours = tmp_path / "near/ours"
    done("new", ours, "--from", tmp_path / "far/corner")
    write(ours, {"entities/shop.yaml": COMPANY["entities/shop.yaml"]})
    done("apply", ours, *here)
    upgraded = TEMPLATE["entities/shop.yaml"] + "  phone: {type: phone, region: CN, label: Phone}\n"
    with_template(sqlite_url, upgraded)
    change(ours / "entities/shop.yaml", "Stores", "Houses")
    assert "the folder does not have (corner)" in done("apply", ours, *here)
    assert state(sqlite_url) == (3, "Houses")
    assert "  ~ packages/corner/entities/shop.yaml\n" in done("pull", ours, *here)
    assert (ours / "packages/corner/entities/shop.yaml").read_text("utf-8") == upgraded
    assert [(found.name, whole) for found, whole in installed(ours)] == [("corner", True)]
    assert planned(ours, *here)["changes"] == []
    change(ours / "packages/corner/entities/shop.yaml", "label: Phone", "label: Telephone")
    with_template(sqlite_url, upgraded.replace("label: Phone", "label: Call"))
    assert "changed by hand, and stays as it is" in done("pull", ours, *here)
    assert "label: Telephone" in (ours / "packages/corner/entities/shop.yaml").read_text("utf-8")
    assert planned(ours, *here)["both"] == ["corner"]


def test_a_newer_template_that_the_folder_finds_is_its_proposal_also_after_a_pull(ours: Path, sqlite_url: str) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    in_the_crm(sqlite_url, {"entities/shop.yaml": RENAMED})
    change(ours.parent / "corner/entities/shop.yaml", "label: Name", "label: Sign")
    assert done("pull", ours, *here) == f"  ~ entities/shop.yaml\nRelease 2 is in {ours}.\n"
    assert [one["kind"] for one in planned(ours, *here)["changes"]] == ["change_field"]
    done("apply", ours, *here)
    assert state(sqlite_url) == (3, "Branches")


def test_nothing_is_written_through_a_link(ours: Path, tmp_path: Path, sqlite_url: str) -> None:
    here = ("--db", sqlite_url)
    done("apply", ours, *here)
    in_the_crm(sqlite_url, {"views/v.yaml": "view: v\nof: shop\ncolumns: {name: {}}\n"})
    (tmp_path / "elsewhere").mkdir()
    (ours / "views").symlink_to(tmp_path / "elsewhere")
    refused = kith("pull", ours, *here)
    assert (refused.exit_code, "is a link" in refused.stderr) == (1, True), refused.output
    assert list((tmp_path / "elsewhere").iterdir()) == []
