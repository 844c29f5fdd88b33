"""Documents go from a folder into a database and back into a folder without losing a byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.metadata.layers import layer_of, load_layer
from kith.metadata.layers.company import in_order, with_company
from kith.metadata.layers.loading import CORE, SHIPPED
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import FOLDERS, KINDS
from kith.packages.projects import change
from kith.runtime import releases
from kith.runtime.context import SYSTEM
from kith.runtime.database import Database, open_database
from kith.runtime.schema.install import install
from kith.runtime.schema.names import Names
from tests.runtime.models import entity, field, model

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = model(entity("shop", field("name")))
FOLDERS_OF_APPS = sorted(
    {path.parent for top in (SHIPPED, ROOT / "tests") for path in top.rglob("app.yaml")} | {CORE},
    key=lambda path: path.as_posix(),
)
"""Every app of this repository: the templates, and all that tests are made of."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    install(opened)
    yield opened
    opened.close()


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
    found = re.search(r"^([a-z]+):", text, re.MULTILINE)
    return found[1] if found and found[1] in KINDS else "none"


def test_every_document_of_every_kind_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    read = [load_layer(folder, folder.as_posix())[0] for folder in FOLDERS_OF_APPS]
    layers = tuple(replace(layer, name=f"{layer.name}_{number}") for number, layer in enumerate(read))
    stored = through(database, layers)
    kinds: Counter[str] = Counter()
    for number, (before, kept) in enumerate(zip(layers, stored, strict=True)):
        again = out_and_in(tmp_path / str(number), kept)
        assert list(kept.documents.items()) == list(before.documents.items())
        assert list(again.documents.items()) == list(before.documents.items())
        assert again.digest == kept.digest == before.digest
        for path, text in before.documents.items():
            assert (tmp_path / str(number) / path).read_bytes() == text.encode()
            kinds[kind_of(text)] += 1
    assert set(kinds) >= set(KINDS)
    assert sum(kinds.values()) > 700
    assert min(kinds[kind] for kind in KINDS) >= 3, kinds


def test_a_company_layer_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    layers = with_company(
        (load_layer(CORE, "platform")[0], load_layer(SHIPPED / "retail_crm", "retail_crm")[0]),
        {
            "entities/x.yaml": "entity: x\r\n# 备注\r\nlabel: X",
            "views/a/b.yaml": "view: b\n\n\n",
            "views/a-b.yaml": "view: c",
        },
    )
    company = through(database, layers)[-1]
    again = out_and_in(tmp_path / "ours", company)
    assert (again.documents, again.digest) == (layers[-1].documents, layers[-1].digest)
    assert list(again.documents) == ["app.yaml", "entities/x.yaml", "views/a/b.yaml", "views/a-b.yaml"]


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
PATHS = st.builds(
    lambda folder, parts: f"{folder}/{'/'.join(parts)}.yaml",
    st.sampled_from(sorted(FOLDERS)),
    st.lists(NAMES, min_size=1, max_size=3),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=60)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(PATHS, TEXTS, max_size=8), TEXTS)
def test_any_texts_come_back_as_they_were(
    database: Database, tmp_path_factory: pytest.TempPathFactory, documents: Mapping[str, str], app: str
) -> None:
    layer = layer_of(in_order({**documents, "app.yaml": app}), "ours", "ours")
    (kept,) = through(database, (layer,))
    again = out_and_in(tmp_path_factory.mktemp("any") / "ours", kept)
    assert (kept.documents, again.documents, again.digest) == (layer.documents, layer.documents, layer.digest)
    assert list(again.documents) == list(layer.documents)
