"""Requests per second of the API and the pages, Kith's beside the baseline's, over the same database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import ASGIApp

from bench.asking import Asked, ask
from bench.baseline.application import application as baseline
from bench.baseline.store import Store
from bench.counting import built, statements
from bench.measuring import LOOP, AsyncWork, Figure, Timed, ratio, side_by_side, timed_async
from bench.world import World
from kith.cli.serving import application as kith

LIST = "/api/v1/ticket?sort=-amount"
PAGE = "/records/ticket"
LIMITS = {"list": 0.9, "get": 0.9, "list page": 0.8, "form page": 0.8, "create": 0.7, "update": 0.7}
CALLS = {"list": 20, "get": 60, "list page": 6, "form page": 20, "create": 20, "update": 20}
MOST = {"get": 2, "list": 3, "create": 8, "update": 10, "list page": 12, "form page": 12}
Next = Callable[[], Asked]


@dataclass
class Both:
    """Kith and the baseline, each with a ticket of its own to look at and change."""

    world: World
    apps: Mapping[str, ASGIApp]
    store: Store
    ids: dict[str, str]
    numbers: Iterator[int]

    def headers(self, page: bool) -> dict[str, str]:
        """Who asks."""
        if page:
            return {"cookie": self.world.cookie("rep")}
        return {"authorization": f"Bearer {self.world.tokens['rep']}", "content-type": "application/json"}

    def requests(self, name: str) -> dict[str, Next]:
        """What is asked for again and again, by figure."""
        api, page, id_ = self.headers(page=False), self.headers(page=True), self.ids[name]

        def always(asked: Asked) -> Next:
            return lambda: asked

        return {
            "list": always(Asked("GET", LIST, api)),
            "get": always(Asked("GET", f"/api/v1/ticket/{id_}", api)),
            "list page": always(Asked("GET", PAGE, page)),
            "form page": always(Asked("GET", f"/records/ticket/{id_}/edit", page)),
            "create": lambda: Asked("POST", "/api/v1/ticket", api, self.new()),
            "update": lambda: Asked("PATCH", f"/api/v1/ticket/{id_}", api, self.change()),
        }

    def new(self) -> bytes:
        """A new ticket as it is sent."""
        number = next(self.numbers)
        return orjson.dumps({
            "name": f"Sent {number}", "stage": "waiting", "amount": f"{number % 9000}.5", "rate": "0.125",
            "opened_on": "2026-03-04", "seen_at": "2026-03-04T05:06:07Z", "urgent": True, "score": number % 100,
            "company": self.world.companies[number % 100], "owner": self.world.users["rep"],
            "phone": f"138{number % 100_000_000:08}", "note": "Call back.",
        })  # fmt: skip

    def change(self) -> bytes:
        """A change of some fields."""
        number = next(self.numbers)
        values: dict[str, Any] = {"amount": f"{number % 9000}.25", "score": number % 100, "note": f"Changed {number}."}
        return orjson.dumps(values)

    def work(self, name: str, what: str) -> AsyncWork:
        """A request, sent and read."""
        app, following = self.apps[name], self.requests(name)[what]

        async def once() -> None:
            answer = await ask(app, following())
            if answer.status not in (200, 201):
                raise RuntimeError(f"{name} {what}: {answer.status} {answer.body[:300]!r}")

        return once


@contextmanager
def both(world: World, url: str) -> Iterator[Both]:
    """The two applications over the world's database."""
    app, store = baseline(url, world.release.number)
    owner = world.users["rep"]
    ids = {
        name: world.make("ticket", name=f"Looked at by {name}", amount=5, owner=owner) for name in ("kith", "baseline")
    }
    try:
        yield Both(world, {"kith": kith(world.workspace), "baseline": app}, store, ids, itertools.count())
    finally:
        LOOP.run(store.close())


def requests(where: str, found: Both, *, rounds: int) -> Iterator[Figure]:
    """The applications without a socket."""
    for what, limit in LIMITS.items():
        works = {name: found.work(name, what) for name in found.apps}
        for at_once in (1, 16):
            calls = max(CALLS[what], at_once)
            measured = timed_async(works, rounds=rounds, calls=calls, at_once=at_once)
            speed = ratio(measured["baseline"], measured["kith"])
            yield _figure(where, what, at_once, limit, speed, measured)


def _figure(where: str, what: str, at_once: int, limit: float, speed: float, measured: Mapping[str, Timed]) -> Figure:
    note = side_by_side(measured["kith"], measured["baseline"])
    return Figure(where, f"{what}, {at_once} at once, ÷ baseline", limit, speed, "", "at least", note)


def bare(where: str, found: Both, *, rounds: int) -> Iterator[Figure]:
    """What the baseline costs over the queries that it runs: a lazy one would flatter Kith."""
    world, store = found.world, found.store
    me, id_ = world.users["rep"], found.ids["baseline"]
    from bench.baseline.application import digest
    from bench.baseline.tickets import instant
    from kith.runtime.clock import system_clock

    now = system_clock()
    token = {"digest": digest(world.tokens["rep"]), "now": instant(now) if store.kind == "sqlite" else now}

    async def queries_of_list() -> None:
        async with store.reading() as connection:
            await connection.rows("token", token)
            await connection.rows("list", {"me": me, "limit": 51})
            await connection.rows("count", {"me": me})

    async def queries_of_get() -> None:
        async with store.reading() as connection:
            await connection.rows("token", token)
            await connection.rows("get", {"me": me, "id": id_})

    for what, queries in (("list", queries_of_list), ("get", queries_of_get)):
        works = {"whole": found.work("baseline", what), "bare": queries}
        measured = timed_async(works, rounds=rounds, calls=CALLS[what])
        note = side_by_side(measured["whole"], measured["bare"])
        over = ratio(measured["whole"], measured["bare"])
        yield Figure(where, f"the baseline's {what} ÷ its bare queries", -1, over, note=note)


def counts(where: str, found: Both) -> Iterator[Figure]:
    """Statements that a request of Kith runs and builds once it is warm."""
    for what, most in MOST.items():
        work = found.work("kith", what)
        for _ in range(3):
            LOOP.run(_once(work))
        with statements(found.world.workspace.database) as run, built() as made:
            LOOP.run(_once(work))
        yield Figure(where, f"statements of a {what}, token or session included", most, len(run))
        yield Figure(
            where, f"SQLAlchemy statements built by a {what}", 0, len(made), note=", ".join(sorted(set(made)))[:60]
        )


async def _once(work: AsyncWork) -> None:
    await work()
