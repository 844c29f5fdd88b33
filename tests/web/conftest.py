"""What the tests of the web share: the gallery and a shop, served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from kith.web import choices
from kith.web.assets import Assets
from kith.web.gallery import Gallery
from kith.web.templating import Templates
from tests.support import postgresql
from tests.support.server import serving
from tests.web.shop import Shop, opened


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Return the templates in all languages."""
    return Templates(Assets())


@pytest.fixture(scope="session")
def gallery_app(templates: Templates) -> Starlette:
    """Return the gallery as an application of its own."""
    return Starlette(routes=[templates.assets.route, *choices.routes, *Gallery(templates).routes])


@pytest.fixture(scope="session")
def gallery(gallery_app: Starlette) -> Iterator[str]:
    """Yield the address of the served gallery."""
    with serving(gallery_app) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield a shop on SQLite."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('shop') / 'kith.db'}") as found:
        yield found


@pytest.fixture(scope="session")
def postgresql_shop(postgresql_server: str) -> Iterator[Shop]:
    """Yield a shop on PostgreSQL."""
    with postgresql.fresh_schema(postgresql_server) as url, opened(url) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """Return the shop on each engine; tests leave its demonstration data as they found it, or make records of their own.

    Both stay open meanwhile: a fixture with parameters would be made anew wherever one module follows another.
    """
    found: Shop = request.getfixturevalue(f"{request.param}_shop")
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lone_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield a shop of a module's own on each engine, with its demonstration data alone: for tests that count records."""
    if request.param == "sqlite":
        with opened(f"sqlite:///{tmp_path_factory.mktemp('lone') / 'kith.db'}") as found:
            yield found
    else:
        server = request.getfixturevalue("postgresql_server")
        with postgresql.fresh_schema(server) as url, opened(url) as found:
            yield found


@pytest.fixture(scope="session")
def served_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, str]]:
    """Yield a shop with its address, for browsers."""
    folder: Path = tmp_path_factory.mktemp("served")
    with opened(f"sqlite:///{folder / 'kith.db'}") as found, serving(found.app) as address:
        yield found, address
