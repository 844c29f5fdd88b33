"""The shop that going back and forth is tried with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.applying import finishing
from kith.runtime.workspace import Workspace
from tests.runtime.rolling.world import FIRST, World


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.1)
    workspace = Workspace.open(database_url)
    (tmp_path / "shop").mkdir()
    made = World(tmp_path / "shop", workspace)
    made.publish(FIRST)
    lamp = made.save(
        "item",
        name="Lamp",
        size=" 12",
        weight="1.50",
        made_at="2026-01-31T12:30",
        look="red",
        note="Warm",
        tags=["a", "b"],
    )
    made.save("item", name="Vase", size="large", weight="2", made_at="2026-01-31T00:00", look="blue")
    made.save("visit", what="Bought", item=lamp)
    yield made
    workspace.close()
