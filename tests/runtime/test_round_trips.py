"""Documents go from a folder into a database and back into a folder without losing a byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.metadata.layers import layer_of, load_layer
from kith.metadata.layers.company import in_order, with_company
from kith.metadata.layers.loading import CORE, SHIPPED
from kith.metadata.shapes.kinds import FOLDERS, KINDS
from kith.runtime.database import Database, open_database
from kith.runtime.schema.install import install
from tests.runtime.round_trips import go, layers_of_everything, out_and_in, through


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    install(opened)
    yield opened
    opened.close()


def test_every_document_of_every_kind_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    trips = go(database, layers_of_everything(tmp_path / "laid"), tmp_path / "out")
    assert trips.otherwise == []
    assert set(trips.kinds) >= set(KINDS)
    assert trips.documents > 1_400
    assert min(trips.kinds[kind] for kind in KINDS) >= 3, trips.kinds


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
