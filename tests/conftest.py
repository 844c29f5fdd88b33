"""Fixtures of the whole house: databases, a browser, and `--update` for cases that are data.

* `database_url`: each test that takes it runs twice, on an SQLite file and on a PostgreSQL schema of its own.
* `sqlite_url`, `postgresql_url`: one of the two. `postgresql_server` with `support.postgresql.fresh_schema` is for
  module fixtures that set up one workspace for many tests.
* `page`, `chromium`: a page of, or the whole of, a headless Chromium. `support.server.serving(app)` gives it an
  address.
* `update`: whether the run was asked to write the expected files of data cases anew.

Nothing is skipped for want of a server or a browser: such a test fails and says what to install.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser, postgresql, run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`."""
    parser.addoption("--update", action="store_true", help="write the expected files of data cases anew")


# Main is always releasable, so the same examples every time and no clock; `make nightly` is for finding new ones.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5000)


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the run's workers share, and sweep up after runs that were killed."""
    # Models are hundreds of thousands of objects that stay: searching them for garbage ever again is a sixth of a run.
    gc.set_threshold(100_000, 50, 100)
    hypothesis.settings.load_profile("long" if os.environ.get("KITH_LONG") else "house")
    # Neither the developer's language nor, above all, his database is any test's business.
    for variable in ("KITH_DB", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        os.environ.pop(variable, None)
    os.environ["LANG"] = "C.UTF-8"
    if not hasattr(config, "workerinput"):
        for folder in run.abandoned():
            postgresql.clean_up(folder)
        run.create()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with the modules of few tests, which hold the long ones: many short ones fill up the end of a run."""
    if hasattr(config, "workerinput"):
        sizes = Counter(item.path for item in items)
        items.sort(key=lambda item: sizes[item.path])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the workers started together."""
    if not hasattr(config, "workerinput"):
        postgresql.clean_up(run.folder())


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Return whether expected files are to be written anew."""
    return bool(request.config.getoption("--update"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kith.db'}"


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """Return the URL of a real PostgreSQL: KITH_TEST_POSTGRESQL_URL, else one that this run starts."""
    return postgresql.server_url()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """Yield a URL whose `options=-csearch_path%3D…` names an empty schema of this test's own."""
    with postgresql.fresh_schema(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return an empty database, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def chromium_process() -> Iterator[browser.Chromium]:
    """Start the browser once per worker; tests take `page` or `chromium`."""
    with browser.launched() as launched:
        yield launched


@pytest.fixture
def chromium(chromium_process: browser.Chromium) -> Iterator[Browser]:
    """Yield the browser, for tests that need contexts of their own: two users, a language, a small screen."""
    with chromium_process.in_use() as lent:
        yield lent


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Yield a new page of a new context; a script error on it fails the test."""
    with browser.watched_page(chromium) as watched:
        yield watched
