"""What publishing is measured with: documents that change, servers that are asked; and what loading rules costs."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.measuring import Figure
from bench.processes import KITH
from kith.metadata.build import build
from kith.metadata.layers import load

CHANGED = "thing_050"
"""The entity whose document changes."""


def with_field(document: str, name: str) -> str:
    """The document of an entity with one more field."""
    return document.replace("fields:", f"fields:\n  {name}: {{type: integer, label: {{en: Added, zh-CN: 新增}}}}", 1)


def knows(port: int, token: str, field: str) -> bool:
    """Whether the server can list a field."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{CHANGED}?fields=name,{field}&limit=1",
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  # a server of ours
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return False


def said(*arguments: str) -> str:
    """What a command prints."""
    return subprocess.run([*KITH, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603


def loading(folder: Path) -> Iterator[Figure]:
    """What 500 rules add to the loading of an app: with them less without them, the processor's time."""
    layers, _ = load(folder)
    bare = {path: text for path, text in layers[-1].documents.items() if not path.startswith("rules/")}
    without = (*layers[:-1], replace(layers[-1], documents=bare))
    found: list[tuple[float, float]] = []
    for _ in range(4):
        marks = [time.process_time()]
        for some in (layers, without):
            build(some)
            marks.append(time.process_time())
        found.append((marks[1] - marks[0], marks[2] - marks[1]))
    whole, rest = (min(times) for times in zip(*found, strict=True))
    yield Figure("start", "500 rules loaded", 1, whole - rest, "s", note=f"the whole app {whole:.2f} s")
