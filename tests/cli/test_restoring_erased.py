"""A backup of before an erasure brings the person back, unless the restore is told who was erased since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.runtime.database import open_database
from kith.runtime.privacy.outliving import NoLedger, read
from tests.runtime.privacy.canary import Canary, Clinic, clinic, found_in_bytes

ONE, OTHER = Canary.hatched(21), Canary.hatched(22)


def run(*arguments: str) -> Result:
    """What a command says."""
    return CliRunner().invoke(app, [*arguments, "--lang", "en"])


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[Clinic, Path]]:
    """A clinic of two, a backup of then, and one who has been erased since."""
    with clinic(sqlite_url) as opened:
        gone, _ = opened.live_through(ONE), opened.live_through(OTHER)
        backup, url = tmp_path / "old.kith", str(opened.database.url)
        assert run("backup", str(backup), "--db", url).exit_code == 0
        assert run("privacy", "erase", f"client/{gone}", "--yes", "--db", url).exit_code == 0
        yield opened, backup


def traces(file: Path, canary: Canary) -> bool:
    """Whether anything of a person is in the bytes of a restored database."""
    database = open_database(f"sqlite:///{file}")
    database.close()
    return bool(found_in_bytes(database, canary.traces()))


def test_who_was_erased_since_is_erased_again_by_the_ledger_or_the_newer_database(
    house: tuple[Clinic, Path], tmp_path: Path
) -> None:
    opened, backup = house
    ledger, url = tmp_path / "erasures.json", str(opened.database.url)
    assert run("privacy", "ledger", str(ledger), "--db", url).exit_code == 0
    assert not any(one in ledger.read_bytes() for one in ONE.traces())
    for number, erased in enumerate((str(ledger), url)):
        file = tmp_path / f"again{number}.db"
        told = run("restore", str(backup), "--db", f"sqlite:///{file}", "--erased", erased)
        assert (told.exit_code, "Erased again: 1." in told.output) == (0, True), told.output
        assert (traces(file, ONE), traces(file, OTHER)) == (False, True)
        verified = run("privacy", "certificates", "--verify", "--db", f"sqlite:///{file}")
        assert (verified.exit_code, "nothing of it is back" in verified.output) == (0, True)


def test_a_restore_that_is_not_told_says_from_when_on_people_are_back(
    house: tuple[Clinic, Path], tmp_path: Path
) -> None:
    _, backup = house
    file = tmp_path / "back.db"
    told = run("restore", str(backup), "--db", f"sqlite:///{file}")
    assert (told.exit_code, "is there again. Restore with --erased" in told.output) == (0, True)
    assert traces(file, ONE)
    odd = run("restore", str(backup), "--db", f"sqlite:///{tmp_path / 'odd.db'}", "--erased", str(backup))
    assert (odd.exit_code, "is no ledger" in odd.output, (tmp_path / "odd.db").exists()) == (1, True, False)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", json.dumps({"format": "kith-erasures-1", "erasures": [{}]}).encode()]
)
def test_what_is_no_ledger_is_refused(data: bytes) -> None:
    with pytest.raises(NoLedger):
        read(data)
