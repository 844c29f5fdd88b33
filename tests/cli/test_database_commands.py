"""plan, apply, user and token, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from kith.cli.ground import Ground
from kith.cli.main import app
from kith.runtime.publishing import system_context
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save

APP = """\
app: corner
version: 1.0.0
title: Corner
extends: ~
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
navigation: {shops: {entity: shop}}
"""
SHOP = """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
"""
ROLE = """\
role: clerk
label: Clerk
entities:
  shop: {read: true}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "corner"
    for path, text in {
        "app.yaml": APP.replace("extends: ~\n", ""),
        "entities/shop.yaml": SHOP,
        "roles/clerk.yaml": ROLE,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return root


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def data(*arguments: object) -> Any:
    result = kith(*arguments, "--json")
    assert result.exit_code in (0, 2), result.output
    return json.loads(result.stdout)


def test_signs_say_what_is_added_changed_and_removed_and_nothing_untouched_is_told(folder: Path) -> None:
    kith("apply", folder)
    (folder / "roles/clerk.yaml").rename(folder / "roles/seller.yaml")
    (folder / "roles/seller.yaml").write_text(ROLE.replace("clerk", "seller"), "utf-8")
    (folder / "entities/shop.yaml").write_text(SHOP.replace("Shops", "Stores"), "utf-8")
    planned = kith("plan", folder, "--lang", "en")
    lines = [line for line in planned.stdout.splitlines() if line.startswith("  ")]
    assert lines == [
        "  + role seller added",
        "  ~ role seller on shop gains: read was no, becomes yes",
        "  - role clerk removed",
        "  ~ role clerk on shop loses: read was yes, becomes no",
        "  + option seller of user.roles",
        "  - option clerk of user.roles",
        "  ~ entity shop: plural",
    ]


def test_plan_apply_and_then_nothing_is_left_to_do(folder: Path) -> None:
    planned = kith("plan", folder, "--lang", "en")
    assert planned.exit_code == 2, planned.output
    assert "+ entity shop" in planned.stdout
    assert list(Path.cwd().iterdir()) == []
    applied = kith("apply", folder, "--lang", "en")
    assert (applied.exit_code, applied.stdout.splitlines()[-1]) == (0, "Release 1 is live.")
    assert (Path.cwd() / "corner.db").exists()
    again = kith("plan", folder, "--lang", "zh-CN")
    assert (again.exit_code, again.stdout) == (0, "无需变更：数据库已是此发布（1）。\n")


def test_a_plan_as_data_names_the_class_of_each_change(folder: Path, database_url: str) -> None:
    kith("apply", folder, "--db", database_url)
    shop = folder / "entities/shop.yaml"
    shop.write_text(SHOP + "  city: {type: text, label: City}\n", "utf-8")
    planned = data("plan", folder, "--db", database_url)
    assert [(change["kind"], change["class"]) for change in planned["changes"]] == [("add_field", "safe")]
    assert (planned["base"], planned["safe"], planned["refused"]) == (1, True, False)


def test_what_cannot_be_done_is_said_and_not_done(folder: Path, database_url: str) -> None:
    kith("apply", folder, "--db", database_url)
    Path("shops.csv").write_text("name\nNorth\n", "utf-8")
    assert kith("import", "shop", "shops.csv", "--db", database_url).exit_code == 0
    city = "  city: {type: text, required: true, label: City}\n"
    (folder / "entities/shop.yaml").write_text(SHOP + city, "utf-8")
    for command in ("plan", "apply"):
        refused = kith(command, folder, "--db", database_url, "--lang", "en")
        assert refused.exit_code == 1
        assert "1 record would have no value." in refused.stdout


def test_mistakes_in_documents_stop_before_the_database(folder: Path) -> None:
    (folder / "entities/shop.yaml").write_text(SHOP.replace("type: text", "type: txt"), "utf-8")
    refused = kith("apply", folder)
    assert refused.exit_code == 1
    assert "txt" in refused.stderr
    assert list(Path.cwd().iterdir()) == []


def test_users_are_added_listed_and_given_new_passwords(folder: Path, database_url: str) -> None:
    kith("apply", folder, "--db", database_url)
    here = ("--db", database_url)
    added = data("user", "add", "li@example.com", "--name", "李雷", "--role", "clerk", *here)
    assert len(added["password"]) == 19
    assert data("user", "list", *here) == [
        {
            "id": added["id"],
            "name": "李雷",
            "email": "li@example.com",
            "roles": ["clerk"],
            "active": True,
            "signed_in_at": None,
            "service": False,
        }
    ]
    assert kith("user", "add", "LI@example.com", *here).exit_code == 1
    for command in (("user", "add", "x@example.com"), ("token", "create", "erp")):
        refused = kith(*command, "--role", "clark", *here, "--lang", "en")
        assert refused.exit_code == 1
        assert refused.stderr.startswith('There is no role "clark"; did you mean "clerk"? known: ')
    reset = data("user", "reset-password", "Li@Example.com", *here)
    assert reset["id"] == added["id"]
    assert reset["password"] != added["password"]
    assert kith("user", "reset-password", "who@example.com", *here).exit_code == 1


def test_tokens_are_made_listed_and_revoked(folder: Path, database_url: str) -> None:
    kith("apply", folder, "--db", database_url)
    here = ("--db", database_url)
    assert kith("token", "create", "nothing", *here).exit_code == 64
    made = data("token", "create", "erp", "--role", "clerk", "--days", "30", *here)
    assert made["secret"].startswith("kith_")
    (listed,) = data("token", "list", *here)
    assert (listed["name"], listed["roles"], listed["revoked_at"]) == ("erp", ["clerk"], None)
    assert made["secret"] not in kith("token", "list", *here).stdout
    assert kith("token", "revoke", made["id"], *here).exit_code == 0
    assert kith("token", "revoke", made["id"], *here).exit_code == 1
    assert kith("token", "revoke", "x", *here).exit_code == 1


@pytest.mark.parametrize("arguments", [("user", "list"), ("token", "list")])
def test_without_a_database_the_user_is_told_which_commands_name_one(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = kith(*arguments, "--lang", "en")
    assert (result.exit_code, "Which database?" in result.stderr) == (64, True)
    result = kith(*arguments, "--db", tmp_path / "none.db", "--lang", "en")
    assert (result.exit_code, "kith apply" in result.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_new_formula_holds_for_records_that_were_there_before(folder: Path, database_url: str) -> None:
    kith("apply", folder, "--db", database_url)
    workspace = Workspace.open(database_url)
    release = workspace.current()
    context = system_context(release, workspace.clock)
    for name in ("A", "B"):
        save(workspace.database, context, release, Change("create", "shop", values={"name": name}), Cause("system"))
    computed = '  twice: {type: formula, value: "name + name", search: true, label: Twice}\n'
    (folder / "entities/shop.yaml").write_text(SHOP + computed, "utf-8")
    planned = data("plan", folder, "--db", database_url)
    assert {change["kind"]: change["rows"] for change in planned["changes"]} == {"add_field": 2, "change_search": 2}
    applied = kith("apply", folder, "--db", database_url)
    assert applied.exit_code == 0, applied.output
    workspace.look()
    twice = workspace.current().tables["shop"].columns["twice"]
    assert twice.sort is not None
    with workspace.database.read() as connection:
        rows = connection.execute(sa.select(twice.value, twice.sort)).all()
    workspace.close()
    assert sorted(map(tuple, rows)) == [("AA", "aa"), ("BB", "bb")]


def test_a_database_that_was_only_applied_has_nobody_yet(folder: Path, sqlite_url: str) -> None:
    assert kith("apply", folder, "--db", sqlite_url).exit_code == 0

    def nobodys() -> bool:
        workspace = Workspace.open(sqlite_url)
        try:
            return Ground(workspace, "en").is_nobodys()
        finally:
            workspace.close()

    assert nobodys()
    assert kith("user", "add", "ann@example.com", "--db", sqlite_url).exit_code == 0
    assert not nobodys()


def test_releases_are_listed_with_who_when_and_why_and_shown_with_their_changes(folder: Path) -> None:
    kith("apply", folder, "--note", "opening")
    (folder / "entities/shop.yaml").write_text(SHOP + "  city: {type: text, label: City}\n", "utf-8")
    kith("apply", folder)
    newest, first = data("releases")
    assert (newest["number"], newest["counts"], first["note"]) == (2, {"safe": 1}, "opening")
    assert kith("releases", "--lang", "en").stdout.splitlines()[0].endswith("  system  corner 1.0.0  safe: 1")
    assert kith("releases", 2, "--lang", "zh-CN").stdout.splitlines()[1:] == ["  字段 shop.city（text）"]
    assert [one["kind"] for one in data("releases", 2)["changes"]] == ["add_field"]
    assert kith("releases", 7).exit_code == 1


def test_what_is_lost_needs_consent_is_kept_aside_and_can_be_purged(folder: Path, database_url: str) -> None:
    with_city = SHOP + "  city: {type: text, label: City}\n"
    (folder / "entities" / "shop.yaml").write_text(with_city)
    kith("apply", folder, "--db", database_url)
    workspace = Workspace.open(database_url)
    context = system_context(workspace.current(), workspace.clock)
    change = Change("create", "shop", values={"name": "A", "city": "Rome"})
    save(workspace.database, context, workspace.current(), change, Cause("system"))
    workspace.close()
    (folder / "entities" / "shop.yaml").write_text(SHOP)
    refused = kith("apply", folder, "--db", database_url, "--lang", "en")
    assert refused.exit_code == 1
    assert "field shop.city: its values go out of sight" in refused.stdout
    assert "`--allow-loss`" in refused.stderr
    assert kith("apply", folder, "--db", database_url, "--allow-loss").exit_code == 0
    listed = kith("purge", "--db", database_url, "--lang", "en")
    assert listed.stdout.splitlines()[0] == "  - field shop.city, kept aside since release 2 (1 record)"
    wrong = kith("purge", "shop.size", "--db", database_url, "--lang", "en")
    assert (wrong.exit_code, wrong.stderr) == (1, "shop.size is not kept aside; there are shop.city.\n")
    purged = kith("purge", "shop.city", "--yes", "--db", database_url, "--lang", "en")
    assert purged.stdout.splitlines()[-1] == "Dropped; release 3 is live."
    assert kith("purge", "--db", database_url, "--lang", "zh-CN").stdout == "没有另行保留的内容。\n"
