"""Cases of apps in which time passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kith.cli.main import app

CLUB = Path(__file__).parent / "club"


@pytest.mark.parametrize("backend", ["reference", "python", "sqlite"])
def test_the_club_passes_its_own_cases(backend: str) -> None:
    result = CliRunner().invoke(app, ["test", str(CLUB), "--backend", backend, "--jobs", "1"])
    assert result.exit_code == 0, result.output
