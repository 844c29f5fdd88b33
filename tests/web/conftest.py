"""What the tests of the look share: the gallery, served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from kith.web import choices
from kith.web.assets import Assets
from kith.web.gallery import Gallery
from kith.web.templating import Templates
from tests.support.server import serving


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
