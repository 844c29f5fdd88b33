"""`kith user`, as somebody types it who looks after accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.runtime.accounts.entries import Device, note
from kith.runtime.accounts.links import link_of
from kith.runtime.accounts.managing import find_user
from kith.runtime.clock import system_clock
from kith.runtime.workspace import Workspace

APP = "app: corner\nversion: 1.0.0\ntitle: Corner\nlanguages: [en]\ntime_zone: UTC\ncurrency: EUR\nnavigation: {}\n"


@pytest.fixture
def db(tmp_path: Path) -> str:
    folder, url = tmp_path / "corner", f"sqlite:///{tmp_path / 'corner.db'}"
    folder.mkdir()
    (folder / "app.yaml").write_text(APP, "utf-8")
    applied = kith("apply", folder, "--db", url)
    assert applied.exit_code == 0, applied.output
    return url


def kith(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(*arguments: object, code: int = 0) -> str:
    result = kith(*arguments, "--lang", "en")
    assert result.exit_code == code, result.output
    return result.output.strip()


def is_good(db: str, link: str) -> str:
    """What a link is good for, "" where it is for nothing."""
    workspace = Workspace.open(db)
    with workspace.database.read() as connection:
        found = link_of(connection, link.rpartition("/")[2], system_clock())
    workspace.close()
    return found.kind if found else ""


def test_an_invitation_and_a_reset_are_links_at_the_address_of_the_pages(db: str) -> None:
    link = said("user", "invite", "ann@example.com", "--name", "Ann", "--url", "https://crm.example.com/", "--db", db)
    assert link.startswith("https://crm.example.com/link/")
    assert is_good(db, link) == "invite"
    data: Any = json.loads(said("user", "reset", "ann@example.com", "--db", db, "--json"))
    assert (data["kind"], is_good(db, data["link"]), is_good(db, link)) == ("invite", "invite", "")
    said("user", "reset-password", "ann@example.com", "--db", db)
    again = said("user", "reset", "ann@example.com", "--db", db)
    assert (is_good(db, again), is_good(db, data["link"])) == ("reset", "")
    assert "e-mail" in said("user", "invite", "nonsense", "--db", db, code=1).lower()
    assert "no user" in said("user", "reset", "bob@example.com", "--db", db, code=1)


def test_an_account_of_a_program_gets_tokens_and_no_link(db: str) -> None:
    told = said("user", "add", "till@example.com", "--service", "--role", "administrator", "--db", db)
    assert "kith token create" in told
    assert "no user" in said("user", "reset-password", "till@example.com", "--db", db, code=1)
    assert "Nobody can sign in" in said("user", "reset", "till@example.com", "--db", db, code=1)
    assert said("token", "create", "till", "--user", "till@example.com", "--db", db).startswith("kith_")
    assert "program" in said("user", "list", "--db", db)


def test_what_happened_is_told_in_words_and_as_data(db: str) -> None:
    said("user", "invite", "ann@example.com", "--db", db)
    workspace = Workspace.open(db)
    with workspace.database.write() as connection:
        user = find_user(connection, workspace.current(), "ann@example.com")
        note(connection, str(user), "wrong_password", system_clock(), Device("192.0.2.7", "Firefox/1"))
    workspace.close()
    assert "Wrong password  192.0.2.7  Firefox/1" in said("user", "history", "ann@example.com", "--db", db)
    assert json.loads(said("user", "history", "ann@example.com", "--db", db, "--json"))[0]["what"] == "wrong_password"
    assert said("user", "sign-out", "ann@example.com", "--db", db) == "Signed out everywhere."
    assert "no second step" in said("user", "codes-off", "ann@example.com", "--db", db, code=1)
