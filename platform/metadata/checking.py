"""All problems of an app's folder at once, in order."""

from __future__ import annotations

from pathlib import Path

from kith.metadata.layers import load, merged
from kith.metadata.shapes.checking import check_shape
from kith.problems import Problem, in_order


def check(folder: Path) -> list[Problem]:
    """Everything that is wrong with an app."""
    layers, problems = load(folder)
    result = merged(layers, problems)
    for document in result.documents.values():
        problems += check_shape(document.kind, document.node)
    return in_order(problems)
