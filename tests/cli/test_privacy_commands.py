"""`kith privacy`, as somebody types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from tests.runtime.privacy.canary import Canary, Clinic, clinic, found_in_bytes

ONE = Canary.hatched(11)


@pytest.fixture
def house(sqlite_url: str) -> Iterator[tuple[Clinic, str]]:
    """A clinic in a file, and somebody in it."""
    with clinic(sqlite_url) as opened:
        yield opened, opened.live_through(ONE)


def run(house: Clinic, *arguments: str, lang: str = "en") -> Result:
    """What a command says."""
    return CliRunner().invoke(app, ["privacy", *arguments, "--db", str(house.database.url), "--lang", lang])


def test_everything_about_one_person_is_told_to_machines_and_to_people(
    house: tuple[Clinic, str], tmp_path: Path
) -> None:
    opened, id_ = house
    data = json.loads(run(opened, "export", f"client/{id_}", "--format", "json").output)
    assert [one["entity"] for one in data["records"]] == ["client", "finding", "invoice", *["visit"] * 3]
    own = data["records"][0]
    assert (own["values"]["email"], own["values"]["born_on"][2:]) == (ONE.email, ONE.born_on[2:])
    assert {name for entry in own["history"] for name in entry["changes"]} >= {"name", "phone", "born_on"}
    assert {one["field"] for one in data["mentions"]} == {"subject", "body", "reply_to", "labels", "data"}
    text = run(opened, "export", f"client/{id_}").output
    page = tmp_path / "known.html"
    assert run(opened, "export", f"client/{id_}", str(page), lang="zh-CN").exit_code == 0
    for told in (text, page.read_text()):
        assert all(one in told for one in (ONE.name, ONE.han, ONE.email, ONE.street, ONE.secret))
    assert "历史版本" in page.read_text()


def test_an_erasure_is_shown_carried_out_and_certified(house: tuple[Clinic, str]) -> None:
    opened, id_ = house
    shown = run(opened, "erase", f"client/{id_}")
    assert shown.output.splitlines() == [
        "- Finding: 1 goes for good",
        "- Visit: 2 go for good",
        "~ Client: 1 stays without personal data",
        "~ Invoice: 1 stays without personal data",
        "~ Visit: 1 stays without personal data (of these 1 would go, but others need it)",
        "~ 8 texts of other records lose the mention",
    ]
    assert found_in_bytes(opened.database, ONE.traces())
    assert run(opened, "hold", f"client/{id_}", "--reason", f"Court: {ONE.name}").exit_code == 0
    refused = run(opened, "erase", f"client/{id_}", "--yes")
    assert (refused.exit_code, "is held by law since" in refused.output) == (1, True)
    assert run(opened, "holds").output.count(f"client/{id_}") == 1
    assert run(opened, "lift", f"client/{id_}").exit_code == 0
    assert run(opened, "lift", f"client/{id_}").exit_code == 1
    done = run(opened, "erase", f"client/{id_}", "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert found_in_bytes(opened.database, ONE.traces()) == {}
    listed = run(opened, "certificates", "--verify")
    assert (listed.exit_code, "✓ verified: nothing of it is back" in listed.output) == (0, True)


def test_consents_are_noted_and_listed(sqlite_url: str) -> None:
    with clinic(sqlite_url) as opened:
        agreeing(opened, opened.desk.make("client", name="Ann")["id"])


def agreeing(opened: Clinic, id_: str) -> None:
    """Let somebody say yes, and others get it wrong."""
    assert run(opened, "consent", f"client/{id_}").output == "Newsletter (newsletter): nothing said\n"
    said = run(opened, "consent", f"client/{id_}", "newsletter", "yes", "--how", "paper", "--at", "2026-03-01T10:00")
    assert said.output == "Newsletter (newsletter): agreed\n"
    (entry,) = json.loads(run(opened, "consent", f"client/{id_}", "--json").output)
    assert (entry["how"], entry["version"], entry["given"]) == ("paper", "2026-01", True)
    assert run(opened, "consent", f"client/{id_}", "newsletter").exit_code == 64
    assert run(opened, "consent", f"client/{id_}", "post", "yes").exit_code == 1


def test_what_is_kept_too_long_is_shown_like_a_plan_and_done_if_wanted(house: tuple[Clinic, str]) -> None:
    opened, id_ = house
    assert run(opened, "due").output == "Nothing has been kept too long.\n"
    opened.desk.ask("PATCH", f"client/{id_}", body={"closed_on": "2010-01-01"})
    first, *along = run(opened, "due").output.splitlines()
    assert first.startswith("~ Client: 1 stays without personal data (kept for 10y from Closed on, up to ")
    assert along == ["    with it, Finding: 1", "    with it, Invoice: 1", "    with it, Visit: 3"]
    assert run(opened, "due", "--yes").output.splitlines()[-1] == "Done: anonymised 1"
    assert run(opened, "erase", "client/nobody").exit_code == 1
