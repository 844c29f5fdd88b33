"""Plan, apply, plan: the second plan is empty for every app in this repository: `python -m tests.runtime.plan_apply_plan`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.layers.loading import CORE
from kith.metadata.memo import Memo
from kith.metadata.model import Model
from kith.runtime.applying import finishing
from kith.runtime.clock import system_clock
from kith.runtime.loading import NotLoaded
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from tests.runtime.round_trips import folders_of_apps
from tests.support import postgresql, run
from tests.support.upgrades import COMPANY, UPGRADES, company, template
from tests.upgrades.plots import small_template

APPS = ("retail_crm", "b2b_crm")


@dataclass
class Found:
    """What became of the folders, and which second plans were not empty."""

    told: Counter[str] = field(default_factory=Counter)
    otherwise: list[str] = field(default_factory=list)


def folders(place: Path) -> Iterator[Path]:
    """Every app, the shipped ones in both versions and with the companies on them, and every case folder; each once."""
    for app in APPS:
        for version in ("1.0", "1.1"):
            yield template(app, version, place / version)
        yield company(app, place / "1.0")
    for version in ("1.0", "1.1"):
        yield small_template(version, place / version)
    stock = place / "1.0" / "cellar"
    shutil.copytree(UPGRADES / "stock" / COMPANY, stock)
    yield stock
    others = (folder for folder in folders_of_apps() if "upgrades" not in folder.parts and folder.name not in APPS)
    yield from (folder for folder in others if folder != CORE)


def model_in(folder: Path, memo: Memo) -> Model | None:
    """The model of a folder, None where it has mistakes, as the folders of cases about mistakes do."""
    layers, problems = load(folder)
    model, found = build(layers, memo, advice=False)
    return None if any(problem.is_error for problem in (*problems, *found)) else model


def twice(folder: Path, url: str, found: Found, memo: Memo) -> None:
    """Plan a folder, apply it, plan again: as the first release, and again where nothing but comments has changed."""
    model = model_in(folder, memo)
    if model is None:
        found.told["not to be applied: it has mistakes"] += 1
        return
    workspace = Workspace.open(url)
    try:
        try:
            workspace.apply(workspace.plan(model), hooks=hooks(system_clock))
        except NotLoaded:
            found.told["not to be applied: its data is refused"] += 1
            return
        again = workspace.plan(model)
        found.told["applied"] += 1
        if again.changes or again.drift:
            found.otherwise.append(f"{folder}\n{again.as_text()}")
    finally:
        workspace.close()


@contextmanager
def fresh(engine: str) -> Iterator[str]:
    """An empty database of an engine."""
    if engine == "postgresql":
        with postgresql.fresh_schema(postgresql.server_url()) as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as place:
            yield f"sqlite:///{place}/crm.db"


def main() -> int:
    """All folders on both engines."""
    finishing.TAKEN_OVER = 0.01
    memo, failed = Memo(), False
    with tempfile.TemporaryDirectory() as place:
        every = list(folders(Path(place)))
        for engine in ("sqlite", "postgresql"):
            found = Found()
            for folder in every:
                with fresh(engine) as url:
                    twice(folder, url, found, memo)
            told = ", ".join(f"{what} {count}" for what, count in found.told.most_common())
            told += f"; second plans with changes {len(found.otherwise)}"
            sys.stdout.writelines(f"{one}\n" for one in (f"{engine}: {len(every)} folders: {told}", *found.otherwise))
            failed |= bool(found.otherwise)
    return int(failed)


if __name__ == "__main__":
    run.create()
    try:
        code = main()
    finally:
        postgresql.clean_up(run.folder())
    sys.exit(code)
