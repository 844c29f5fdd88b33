"""Earlier versions of the shipped templates, built from what differs, and the companies that stand on them."""

from __future__ import annotations

import shutil
from pathlib import Path

from kith.metadata.layers.loading import SHIPPED, load_layer

UPGRADES = Path(__file__).resolve().parents[1] / "upgrades"
ADDED = "added.txt"
"""Lists, in the folder of an earlier version, the documents that came later."""
COMPANY = "company"


def template(app: str, version: str, into: Path) -> Path:
    """The folder of a template as it was in a version such as 1.0, in `into` under its own name."""
    folder = into / app
    shutil.copytree(SHIPPED / app, folder)
    if not load_layer(folder, app)[0].version.startswith(version):
        differs = UPGRADES / app / version
        for name in (differs / ADDED).read_text(encoding="utf-8").split():
            (folder / name).unlink()
        shutil.copytree(differs, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(ADDED))
    return folder


def company(app: str, into: Path) -> Path:
    """The folder of the company that extends a template; it stands beside the template's in `into`."""
    source = UPGRADES / app / COMPANY
    folder = into / load_layer(source, app)[0].name
    shutil.copytree(source, folder)
    return folder
