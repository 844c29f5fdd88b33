"""What the keys of documents are for, in both languages: shapes say it in English, and a table has the Chinese of each sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from kith.problems import Words


def meaning(schema: Mapping[str, Any]) -> Words:
    """What is said of a place; empty words where nothing is."""
    said = str(schema.get("description", ""))
    return Words(said, chinese().get(said, said))


@cache
def chinese() -> Mapping[str, str]:
    """The Chinese of every sentence."""
    return tomllib.loads((files("kith.metadata") / "shapes" / "words.zh-CN.toml").read_text("utf-8"))
