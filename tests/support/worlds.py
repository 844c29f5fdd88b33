"""What worlds of tests are made of: the model of a folder, and a clock that only a test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model


def app_document(name: str, entity: str) -> str:
    """The app.yaml of a small app that leads to the records of one entity."""
    return f"""\
app: {name}
version: 1.0.0
title: {name.capitalize()}
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
navigation: {{{entity}s: {{entity: {entity}}}}}
"""


@cache
def model_of(folder: Path) -> Model:
    """The model of a folder, built once; its documents have no mistake."""
    return built(folder)


def built(folder: Path) -> Model:
    """The same of a folder that is a test's own."""
    layers, problems = load(folder)
    model, found = build(layers)
    assert model is not None, [problem.message() for problem in (*problems, *found)]
    return model


@dataclass
class Time:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def to(self, text: str) -> None:
        """Move to a time, which is one of UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def on(self, **span: int) -> None:
        """Move on by a span."""
        self.now += timedelta(**span)
