"""Publishing: how soon a server answers with a release that another process has committed, and what loading rules costs."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.measuring import Figure
from bench.processes import KITH, PATIENCE, Server, served
from kith.metadata.build import build
from kith.metadata.layers import load
from kith.runtime.schema import system

CHANGED, ROUNDS, LOOK = "thing_050", 7, 0.01
"""The entity whose document changes, how often, and seconds between two questions."""


def publishing(folder: Path, database: str) -> Iterator[Figure]:
    """A server over the folder's release, while one document changes again and again and is applied beside it."""
    token = said("token", "create", "bench", "--role", "worker", "--db", database).strip()
    with served([str(folder), "--db", database]) as server:
        found = [round_of(folder, database, server, token, number) for number in range(ROUNDS)]
    seconds, busy = (statistics.median(times) for times in zip(*found, strict=True))
    note = f"processor {1e3 * busy:.0f} ms"
    yield Figure("start", "a changed document live, from its commit", 300, 1e3 * seconds, "ms", note=note)


def round_of(folder: Path, database: str, server: Server, token: str, number: int) -> tuple[float, float]:
    """From the commit of a release with one more field to the first answer that has it: seconds, and the server's."""
    path, field = folder / "entities" / f"{CHANGED}.yaml", f"added_{number}"
    text = path.read_text()
    line = f"fields:\n  {field}: {{type: integer, label: {{en: Added, zh-CN: 新增}}}}"
    path.write_text(text.replace("fields:", line, 1))
    before, committed, busy, started = newest(database), 0.0, 0.0, time.perf_counter()
    command = [*KITH, "apply", str(folder), "--db", database]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):  # noqa: S603
        while time.perf_counter() - started < PATIENCE:
            if not committed and newest(database) > before:
                committed, busy = time.perf_counter(), server.busy
            if committed and knows(server.port, token, field):
                return time.perf_counter() - committed, server.busy - busy
            time.sleep(LOOK)
    raise RuntimeError("the change did not go live")


def newest(database: str) -> int:
    """The number of the newest release that is committed."""
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        return int(connection.execute(f"select max(number) from {system.release.name}").fetchone()[0])


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
