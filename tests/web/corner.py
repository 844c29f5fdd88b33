"""A corner shop that is served from its folder, with a worker that works when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.jobs.worker import Worker
from kith.metadata.layers import load
from kith.runtime.accounts import CHEAP
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.folders import settle, standing
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change
from kith.web.app import routes
from tests.support import postgresql
from tests.support.prepared import installed
from tests.support.worlds import app_document, built
from tests.web.shop import ADMIN, Shop, let_in

VISIT = """\
entity: visit
label: {en: Visit, zh-CN: 到访}
title: '{note}'
fields:
  note: {type: text, label: Note}
  size: {type: text, label: Size}
"""
NAME = "corner"
CLERK = "clerk@example.com"


@dataclass
class Corner(Shop):
    """A shop with its folder."""

    folder: Path = Path()

    def write(self, text: str, path: str = "entities/visit.yaml") -> None:
        """Change a document of the folder."""
        (self.folder / path).parent.mkdir(exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def work(self) -> bool:
        """Let a worker do one job; whether there was one."""
        return Worker(self.workspace).step()

    def admin(self, language: str = "en") -> TestClient:
        """A browser without script, of the administrator."""
        return self.client(ADMIN, language)

    def make(self, **values: object) -> str:
        """A new visit."""
        return self.save(Change("create", "visit", values=values)).id

    @property
    def number(self) -> int:
        """The number of the current release."""
        self.workspace.look()
        return self.workspace.current().number


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Corner]:
    """The corner shop on an empty database; the folder is as the release."""
    folder.mkdir()
    corner = Corner(Workspace.__new__(Workspace), Starlette(), folder=folder)
    corner.write(app_document(NAME, "visit").replace("languages: [en]", "languages: [en, zh-CN]"), "app.yaml")
    corner.write(VISIT)
    workspace = corner.workspace = installed(url, built(folder))
    layers, _ = load(folder)
    settle(workspace, folder, layers, standing(workspace, folder, layers))
    calling = Calling(workspace.database)
    corner.app = Starlette(routes=routes(Doors(workspace, calling, system_clock, folder=folder), CHEAP))
    corner.save(Change("create", "user", values={"name": "Cleo", "email": CLERK, "roles": [], "active": True}))
    let_in(corner)
    yield corner
    calling.close()
    workspace.close()


@contextmanager
def on(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Corner]:
    """The corner shop on a new database of an engine."""
    if kind == "sqlite":
        with opened(f"sqlite:///{folder / 'kith.db'}", folder / NAME) as found:
            yield found
        return
    with (
        postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url,
        opened(url, folder / NAME) as found,
    ):
        yield found
