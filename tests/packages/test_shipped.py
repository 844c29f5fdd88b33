"""The shipped templates from 1.0 to 1.1 under the companies that stand on them: built, installed, decided, applied."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.metadata.layers.loading import SHIPPED
from kith.runtime.workspace import Workspace
from tests.support.upgrades import company, template
from tests.support.worlds import built

DECIDED = {"retail_crm": {"women_skirts": "drop"}, "b2b_crm": {"entertainment": "drop"}}
"""What is decided otherwise than to go on with what the company says, where nothing is recommended."""


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert result.exit_code == code, result.output
    return result


def decide(document: Path, name: str) -> None:
    """Fill in what is open."""
    lines = document.read_text(encoding="utf-8").split("\n")
    for at, line in enumerate(lines):
        if line.endswith(": ~"):
            choice = next((said for part, said in DECIDED[name].items() if part in line), "company")
            lines[at] = line.removesuffix("~") + choice
    document.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("KITH_LONG"), reason="takes minutes: by night")
@pytest.mark.parametrize("name", DECIDED)
def test_a_company_goes_from_one_version_to_the_next(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KITH_DB", f"sqlite:///{tmp_path / 'crm.db'}")
    (tmp_path / "before").mkdir()
    run("package", "build", str(template(name, "1.0", tmp_path / "before")))
    run("package", "build", str(SHIPPED / name))
    old, new = sorted(path.name for path in tmp_path.glob("*.kith"))
    ours = company(name, tmp_path)
    run("package", "install", old, "--app", str(ours))
    run("apply", str(ours))
    upgrade = ("package", "upgrade", new, "--resolutions", "decisions.yaml", "--no-tests", "--allow-loss")
    told = run(*upgrade, code=2).output
    assert int(re.findall(r"To be decided: (\d+)\.", told)[0]) >= 10
    decide(tmp_path / "decisions.yaml", name)
    assert "Release 2 is live." in run(*upgrade).output
    run(*upgrade, "--app", str(ours))
    workspace = Workspace.open(f"sqlite:///{tmp_path / 'crm.db'}")
    try:
        model = workspace.current().model
        assert [layer.digest for layer in model.layers] == [layer.digest for layer in built(ours).layers]
        assert model.app.name != name and model.layers[1].version.startswith("1.1")
    finally:
        workspace.close()
