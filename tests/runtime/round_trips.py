"""Documents go from a folder into a database, back into a folder, and through a package: `python -m tests.runtime.round_trips`.

Prints how many documents of each kind came back byte by byte, over every app of this repository, both versions of the
shipped ones, the companies on them, and every folder of documents that tests are made of.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kith.metadata.layers import layer_of, load_layer
from kith.metadata.layers.company import in_order
from kith.metadata.layers.loading import CORE, SHIPPED
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import FOLDERS, KINDS
from kith.packages.package import pack_folder, read_package
from kith.packages.projects import change
from kith.runtime import releases
from kith.runtime.context import SYSTEM
from kith.runtime.database import Database, open_database
from kith.runtime.schema.install import install
from kith.runtime.schema.names import Names
from tests.runtime.models import entity, model
from tests.runtime.models import field as field_
from tests.support import postgresql, run
from tests.support.upgrades import template

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = model(entity("shop", field_("name")))


@dataclass
class Trips:
    """What came back: layers, and documents by their kind; packages; and what came back otherwise."""

    layers: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    packages: int = 0
    packed: int = 0
    otherwise: list[str] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """How many came back."""
        return sum(self.kinds.values())


def folders_of_apps() -> list[Path]:
    """Every app of this repository: the templates, and all that tests are made of."""
    return sorted({path.parent for top in (SHIPPED, ROOT / "tests") for path in top.rglob("app.yaml")} | {CORE})


def loose_layers() -> list[Layer]:
    """Documents of tests that are of no app, such as those that an upgrade changes, as layers of their own."""
    apps = {path.resolve() for path in folders_of_apps()}
    found: dict[Path, dict[str, str]] = {}
    for path in sorted((ROOT / "tests").rglob("*.yaml")):
        top = next((one for one in path.parents if one.name in FOLDERS), None)
        if top is None or any(parent in apps for parent in path.parents):
            continue
        root = top.parent
        found.setdefault(root, {})[path.relative_to(root).as_posix()] = path.read_bytes().decode("utf-8")
    return [layer_of(in_order(texts), root.as_posix(), root.name) for root, texts in found.items()]


def layers_of_everything(place: Path) -> tuple[Layer, ...]:
    """Every layer there is, each under a name of its own; `place` is for earlier versions that are laid out."""
    folders = folders_of_apps()
    folders += [template(app, "1.0", place / app) for app in ("retail_crm", "b2b_crm")]
    read = [load_layer(folder, folder.as_posix())[0] for folder in folders] + loose_layers()
    return tuple(replace(layer, name=f"{layer.name}_{number}") for number, layer in enumerate(read))


def through(database: Database, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Layers as a release keeps them."""
    with database.write() as connection:
        number = releases.current_number(connection) + 1
        releases.store(connection, number, replace(MODEL, layers=layers), Names(), at=NOW, actor=SYSTEM)
    with database.read() as connection:
        return releases.load(connection, number).layers


def out_and_in(folder: Path, layer: Layer) -> Layer:
    """A layer that was written into an empty folder and read again."""
    folder.mkdir(parents=True)
    change(folder, layer.documents)
    return load_layer(folder, layer.name)[0]


def kind_of(text: str) -> str:
    """The kind that a document says it is of."""
    found = re.search(r"^([a-z]+):", text, re.MULTILINE)
    return found[1] if found and found[1] in KINDS else "none"


def go(database: Database, layers: tuple[Layer, ...], place: Path, *, pack: bool = False) -> Trips:
    """Send layers into a database, out into folders, in again, and through packages where asked for."""
    trips = Trips()
    for number, (before, kept) in enumerate(zip(layers, through(database, layers), strict=True)):
        folder = place / str(number)
        again = out_and_in(folder, kept)
        trips.layers += 1
        for path, text in before.documents.items():
            if (folder / path).read_bytes() == text.encode():
                trips.kinds[kind_of(text)] += 1
            else:
                trips.otherwise.append(f"{before.root}/{path}")
        orders = [list(one.documents.items()) for one in (before, kept, again)]
        if any(one != orders[0] for one in orders) or len({before.digest, kept.digest, again.digest}) > 1:
            trips.otherwise.append(before.root)
        if pack:
            _pack(folder, before, trips)
    return trips


def _pack(folder: Path, layer: Layer, trips: Trips) -> None:
    made, _ = pack_folder(folder) if "app.yaml" in layer.documents else (None, [])
    if made is None:
        return
    again, _ = read_package(made.packed(), "some.kith")
    if again is None or dict(again.layer().documents) != dict(layer.documents) or again.packed() != made.packed():
        trips.otherwise.append(f"the package of {layer.root}")
    trips.packages += 1
    trips.packed += len(layer.documents)


def told(engine: str, trips: Trips) -> list[str]:
    """What is printed of an engine's trips."""
    kinds = sorted((kind, count) for kind, count in trips.kinds.items() if kind in KINDS)
    lines = [
        f"{engine}: {trips.documents:,} documents of {len(kinds)} of {len(KINDS)} kinds in {trips.layers} layers came back",
        f"  byte by byte, otherwise: {len(trips.otherwise)}",
    ]
    if trips.packages:
        lines.append(f"  {trips.packages} packages with {trips.packed:,} documents came back byte by byte")
    return [*lines, "  " + ", ".join(f"{kind} {count:,}" for kind, count in kinds), *trips.otherwise]


def main(urls: Sequence[str]) -> int:
    """Go through every database in turn."""
    failed = False
    with tempfile.TemporaryDirectory() as place:
        layers = layers_of_everything(Path(place) / "laid")
        for number, url in enumerate(urls):
            database = open_database(url)
            try:
                install(database)
                trips = go(database, layers, Path(place) / str(number), pack=number == 0)
                print("\n".join(told(database.kind, trips)), flush=True)  # noqa: T201
                failed |= bool(trips.otherwise)
            finally:
                database.close()
    return int(failed)


if __name__ == "__main__":
    run.create()
    try:
        with postgresql.fresh_schema(postgresql.server_url()) as there, tempfile.TemporaryDirectory() as here:
            code = main([f"sqlite:///{here}/crm.db", there])
    finally:
        postgresql.clean_up(run.folder())
    sys.exit(code)
