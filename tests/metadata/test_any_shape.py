"""Documents of any shape are told what is wrong with them; nothing that YAML can say breaks the checker."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from kith.metadata.build import build
from kith.metadata.layers.loading import CORE, load_layer
from kith.metadata.mistakes import FAMILIES
from kith.metadata.model import Layer
from kith.problems import LANGUAGES
from tests.metadata.example import files_of

APPS = [
    files_of(mistake.good)
    for family, mistakes in FAMILIES.items()
    if family != "D1"
    for mistake in mistakes
    if mistake.good
]
ODD: list[Any] = [
    "x", "", ["a"], {}, {"a": "b"}, [], "3", "true", {"a": {"b": ["c"]}}, [{"a": "b"}], "a.b.c", "-name", {"~remove": "true"},
    {"~after": "x"}, "entity", "id", {"type": "text"}, {"label": {"en": ["x"]}}, ["a", ["b"]], "(", "张", "9" * 40, "15%", "~",
]  # fmt: skip


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every node."""
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from paths(value, (*path, key))


def odd(node: Any, rng: random.Random) -> Any:
    """The document with one part taken away, or made something else."""
    *way, last = rng.choice([path for path in paths(node) if path] or [("x",)])
    inner = node
    for key in way:
        inner = inner[key]
    if rng.random() < 0.2:
        del inner[last]
    else:
        inner[last] = copy.deepcopy(rng.choice(ODD))
    return node


@pytest.mark.parametrize("seed", range(12))
def test_no_shape_breaks_the_checker(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # repeatable, no secret
    core, _ = load_layer(CORE, "platform/core")
    for _ in range(10):
        files = dict(rng.choice(APPS))
        path = rng.choice(sorted(files))
        document = yaml.load(files[path], yaml.BaseLoader)  # noqa: S506  # our own examples, as texts
        for _ in range(rng.randint(1, 4)):
            if document and isinstance(document, dict):
                document = odd(document, rng)
        text = yaml.safe_dump(
            document, allow_unicode=True, sort_keys=False, default_flow_style=rng.choice([None, True, False])
        )
        files[path] = text.replace("'~'", "~")
        _, problems = build([core, Layer("odd", "1.0.0", files, "", "odd")])
        for problem in problems:
            assert all(problem.message(language) for language in LANGUAGES)
