"""Adding fields while people work: how long a request waits at most, and whether one fails."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import orjson

from bench.asking import Asked
from bench.http import exchange, served
from bench.measuring import LOOP, Figure
from bench.world import APP, World, opened
from kith.runtime.database import normal_url

LONGEST = 1.0
READERS, WRITERS, PAUSE = 4, 4, 0.02
QUIET = 3.0
"""Seconds of work before and after a change: processes take a release over within one of them."""
KITH = (sys.executable, "-c", "from kith.cli.main import app; app()")
FIELDS = {
    "a field": "  region: {type: text, label: {en: Region, zh-CN: 地区}}\n",
    "a required field with a default": (
        "  channel: {type: text, required: true, default: desk, label: {en: Channel, zh-CN: 渠道}}\n"
    ),
    "a reference": "  partner: {type: reference, to: company, label: {en: Partner, zh-CN: 伙伴}}\n",
    "an index": "",
}
INDEX = "  by_opened: [stage, opened_on]\n"


@dataclass
class Load:
    """What people saw: seconds of each request, and what failed."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def altering(where: str, url: str, rows: int) -> Iterator[Figure]:
    """Each kind of addition in turn, with readers and writers at work all the while."""
    started = perf_counter()
    with opened(url, tickets=rows) as world, tempfile.TemporaryDirectory(prefix="kith-bench-") as name:
        yield Figure(where, f"putting {rows:,} records into their table", -1, perf_counter() - started, "s")
        folder = Path(name) / "app"
        shutil.copytree(APP, folder)
        with served("kith", url) as port:
            LOOP.run(_warm(port, world))
            for what, lines in FIELDS.items():
                _add(folder / "entities" / "ticket.yaml", lines or INDEX, to="fields" if lines else "indexes")
                yield from _figures(where, f"{what} for {rows:,} records", LOOP.run(_applied(world, port, url, folder)))


def _add(document: Path, lines: str, *, to: str) -> None:
    document.write_text(document.read_text().replace(f"{to}:\n", f"{to}:\n{lines}", 1))


def _figures(where: str, what: str, measured: tuple[Load, Load, float]) -> Iterator[Figure]:
    usual, load, seconds = measured
    note = (
        f"{len(load.seconds):,} requests in {seconds:.0f} s, median {1e3 * statistics.median(load.seconds):.0f} ms;"
        f" longest without it {1e3 * max(usual.seconds):.0f} ms"
    )
    yield Figure(where, f"{what}: the longest wait", LONGEST, max(load.seconds), "s", note=note)
    failures = [*usual.failures, *load.failures]
    yield Figure(where, f"{what}: requests that fail", 0, len(failures), note="; ".join(failures[:2])[:200])


async def _warm(port: int, world: World) -> None:
    async with _people(port, world):
        await asyncio.sleep(1)


async def _applied(world: World, port: int, url: str, folder: Path) -> tuple[Load, Load, float]:
    """What people see before, and while a folder is applied and taken over; how long that takes."""
    async with _people(port, world) as usual:
        await asyncio.sleep(QUIET)
    started = perf_counter()
    async with _people(port, world) as load:
        database = normal_url(url).render_as_string(hide_password=False)
        process = await asyncio.create_subprocess_exec(
            *KITH, "apply", str(folder), "--db", database,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(told.decode())
        taken = perf_counter() - started
        await asyncio.sleep(QUIET)
    return usual, load, taken


@asynccontextmanager
async def _people(port: int, world: World) -> AsyncIterator[Load]:
    """Readers and writers at work, and one who asks for long reports, whose own time is not counted."""
    load, over = Load(), asyncio.Event()
    headers = {"authorization": f"Bearer {world.tokens['clerk']}", "content-type": "application/json"}
    world.workspace.look()
    ids = [world.make("ticket", name=f"Writer {number}") for number in range(WRITERS)]
    people = [_person(port, load, over, _reads(headers, ids[number])) for number in range(READERS)]
    people += [_person(port, load, over, _writes(headers, id_)) for id_ in ids]
    people += [_person(port, Load(failures=load.failures), over, (_report(headers),))]
    tasks = [asyncio.create_task(person) for person in people]
    try:
        yield load
    finally:
        over.set()
        await asyncio.gather(*tasks)


def _reads(headers: Mapping[str, str], id_: str) -> tuple[Asked, ...]:
    listed = "/api/v1/ticket?filter=stage%20%3D%3D%20%22open%22&sort=-amount"
    return Asked("GET", listed, headers), Asked("GET", f"/api/v1/ticket/{id_}", headers)


def _writes(headers: Mapping[str, str], id_: str) -> tuple[Asked, ...]:
    changes = [
        Asked("PATCH", f"/api/v1/ticket/{id_}", headers, orjson.dumps({"note": note, "amount": "12.5"}))
        for note in ("once", "twice")
    ]
    return (*changes, Asked("POST", "/api/v1/ticket", headers, orjson.dumps({"name": "Sent", "amount": "7.25"})))


def _report(headers: Mapping[str, str]) -> Asked:
    asked = {"group": ["company"], "measures": {"total": "sum(amount)"}}
    return Asked("POST", "/api/v1/ticket/aggregate", headers, orjson.dumps(asked))


async def _person(port: int, load: Load, over: asyncio.Event, asks: tuple[Asked, ...]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    number = 0
    while not over.is_set():
        asked = asks[number % len(asks)]
        number += 1
        started = perf_counter()
        status, body = await exchange(reader, writer, asked)
        load.seconds.append(perf_counter() - started)
        if status not in (200, 201):
            load.failures.append(f"{asked.method} {asked.target}: {status} {body[:120]!r}")
        await asyncio.sleep(PAUSE)
    writer.close()
