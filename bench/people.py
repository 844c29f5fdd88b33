"""Twenty people at work over HTTP, on several processes: each thinks between two requests, as people do."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

import orjson

from bench.asking import Asked
from bench.http import exchange
from bench.world import World

THINKING = 0.6
"""Seconds between an answer and the next request, on average; who imports or reports thinks longer, below the servers' five."""
READERS, LOOKERS, SAVERS, IMPORTERS, REPORTERS = 8, 4, 5, 2, 1
PEOPLE = READERS + LOOKERS + SAVERS + IMPORTERS + REPORTERS
IMPORTED = 40
"""Records of one request that imports."""
REPORT = "report"

Next = Callable[[], Asked]


@dataclass
class Load:
    """What people saw: seconds of each request by kind, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def waits(self) -> list[float]:
        """All waits but those for a report, which reads every record."""
        return sorted(itertools.chain(*(some for kind, some in self.seconds.items() if kind != REPORT)))

    def percentile(self, part: float) -> float:
        """A percentile of the waits, by the nearest rank."""
        waits = self.waits
        return waits[min(len(waits) - 1, int(len(waits) * part))] if waits else 0.0

    @property
    def longest_report(self) -> float:
        """Seconds of the report that took longest."""
        return max(self.seconds.get(REPORT, ()), default=0.0)


@asynccontextmanager
async def people(ports: Sequence[int], world: World) -> AsyncIterator[Load]:
    """All twenty at work, spread over the processes, until the block is left."""
    load, over = Load(), asyncio.Event()
    world.workspace.look()
    ids = [world.make("ticket", name=f"Worked at {number}") for number in range(PEOPLE)]
    ported = itertools.cycle(ports)
    tasks = [
        asyncio.create_task(_person(next(ported), load, over, kind, asks, pause, number))
        for number, (kind, asks, pause) in enumerate(_roles(world, ids))
    ]
    try:
        yield load
    finally:
        over.set()
        await asyncio.gather(*tasks)


def _roles(world: World, ids: Sequence[str]) -> Iterable[tuple[str, Sequence[Next], float]]:
    headers = {"authorization": f"Bearer {world.tokens['clerk']}", "content-type": "application/json"}
    mine = iter(ids)
    for number in range(READERS):
        yield "list", _lists(headers, number), THINKING
    for _ in range(LOOKERS):
        yield "record", _records(headers, next(mine)), THINKING
    for _ in range(SAVERS):
        yield "save", _saves(headers, next(mine)), THINKING
    for _ in range(IMPORTERS):
        yield "import", _imports(headers, next(mine)), 4 * THINKING
    for _ in range(REPORTERS):
        yield REPORT, _reports(headers), 5 * THINKING


def _lists(headers: Mapping[str, str], number: int) -> Sequence[Next]:
    stage = ("open", "waiting", "done")[number % 3]
    targets = (
        f"/api/v1/ticket?filter=stage%20%3D%3D%20%22{stage}%22&sort=-amount&limit=50",
        "/api/v1/ticket?sort=-amount&limit=50&count=capped",
        "/api/v1/reply?limit=50&expand=ticket",
    )
    return [lambda target=target: Asked("GET", target, headers) for target in targets]  # type: ignore[misc]


def _records(headers: Mapping[str, str], id_: str) -> Sequence[Next]:
    return [lambda: Asked("GET", f"/api/v1/ticket/{id_}", headers)]


def _saves(headers: Mapping[str, str], id_: str) -> Sequence[Next]:
    numbers = itertools.count()

    def change() -> Asked:
        sent = {"note": f"What was said at last, {next(numbers)}", "amount": f"{next(numbers) % 900}.5"}
        return Asked("PATCH", f"/api/v1/ticket/{id_}", headers, orjson.dumps(sent))

    def create() -> Asked:
        return Asked("POST", "/api/v1/ticket", headers, orjson.dumps({"name": "Sent in", "amount": "7.25"}))

    def answer() -> Asked:
        sent = {"ticket": id_, "minutes": next(numbers) % 60, "channel": "mail"}
        return Asked("POST", "/api/v1/reply", headers, orjson.dumps(sent))

    return [change, create, change, answer]


def _imports(headers: Mapping[str, str], id_: str) -> Sequence[Next]:
    def replies() -> Asked:
        values = [{"ticket": id_, "minutes": number, "channel": "call"} for number in range(IMPORTED)]
        items = [{"op": "create", "values": some} for some in values]
        return Asked("POST", "/api/v1/reply/bulk", headers, orjson.dumps({"mode": "each", "items": items}))

    return [replies]


def _reports(headers: Mapping[str, str]) -> Sequence[Next]:
    asked = orjson.dumps({"group": ["company"], "measures": {"total": "sum(amount)"}})
    return [lambda: Asked("POST", "/api/v1/ticket/aggregate", headers, asked)]


async def _person(
    port: int, load: Load, over: asyncio.Event, kind: str, asks: Sequence[Next], pause: float, number: int
) -> None:
    chance = random.Random(number)  # noqa: S311  # when people ask, the same in each run
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    seconds = load.seconds.setdefault(kind, [])
    for ask in itertools.cycle(asks):
        try:
            await asyncio.wait_for(over.wait(), pause * chance.uniform(0.5, 1.5))
            break
        except TimeoutError:
            pass
        asked, started = ask(), perf_counter()
        status, body = await exchange(reader, writer, asked)
        seconds.append(perf_counter() - started)
        if status not in (200, 201) or (kind == "import" and orjson.loads(body)["refused"]):
            load.failures.append(f"{asked.method} {asked.target}: {status} {body[:160]!r}")
    writer.close()
