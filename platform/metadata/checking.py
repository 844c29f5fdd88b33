"""All problems of an app's folder at once, in order."""

from __future__ import annotations

from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.problems import Problem, in_order


def check(folder: Path) -> list[Problem]:
    """Everything that is wrong with an app."""
    layers, problems = load(folder)
    _, found = build(layers)
    return in_order([*problems, *found])
