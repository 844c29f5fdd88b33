"""A few seconds of what `python -m tests.fuzz.api` does for as long as one likes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fuzz.api import ROLES, Report, listening, run, served

PHASES = ("coverage", "fuzzing", "stateful")
SECONDS = 2
"""For each role of each app."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What the fuzzer finds unusual about a description is no mistake of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", ROLES)
def test_no_answer_is_a_mishap_and_nothing_invalid_is_accepted(name: str, tmp_path: Path) -> None:
    report = Report()
    with served(name, tmp_path, demo=False) as (app, tokens), listening(report):
        for (role, token), phase in zip(tokens.items(), PHASES, strict=True):
            run(app, role, token, report, seed=1, seconds=SECONDS, examples=1, phases=(phase,))
    assert not report.flaws, "\n".join(report.lines())
    assert report.requests


def test_a_mishap_is_found(tmp_path: Path) -> None:
    report = Report()
    with served("retail_crm", tmp_path, demo=False) as (app, tokens):
        broken = Broken(app)
        run(broken, "analyst", tokens["analyst"], report, seed=1, seconds=SECONDS, examples=1, phases=("coverage",))
    assert any("Server error" in title for _, title in report.flaws), report.flaws.keys()


class Broken:
    """An API that fails wherever something is counted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["path"].endswith("/aggregate"):
            await send({"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"broken"})
        else:
            await self.app(scope, receive, send)
