"""Lists: with a scope and without, with stored formulas and without, over many records and over few."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bench.asking import Asked, ask
from bench.measuring import AsyncWork, Figure, Timed, ratio, side_by_side, timed_async
from bench.world import World
from kith.cli.serving import application

FEW = 10_000
FORMULAS = 20
SORTED = "/api/v1/ticket?filter=stage%20%3D%3D%20%22open%22&sort=-amount"


def listed(world: World, target: str, role: str = "clerk") -> AsyncWork:
    """A list of the API, asked by somebody."""
    app = application(world.workspace)
    asked = Asked("GET", target, {"authorization": f"Bearer {world.tokens[role]}"})

    async def once() -> None:
        answer = await ask(app, asked)
        if answer.status != 200:
            raise RuntimeError(f"{target}: {answer.status} {answer.body[:300]!r}")

    return once


def lists(where: str, world: World, *, rounds: int) -> Iterator[Figure]:
    """What formulas and scopes add to a list."""
    fill_sheets(world)
    works = {name: listed(world, f"/api/v1/{name}?sort=-base") for name in ("worked_out", "typed_in")}
    measured = timed_async(works, rounds=rounds, calls=10)
    with_formulas = ratio(measured["worked_out"], measured["typed_in"])
    what = f"list with {FORMULAS} stored formulas ÷ with {FORMULAS} typed-in fields"
    note = side_by_side(measured["worked_out"], measured["typed_in"])
    yield Figure(where, what, 1.1, with_formulas, note=note)
    works = {role: listed(world, "/api/v1/ticket?sort=-amount", role) for role in ("scoped", "clerk")}
    measured = timed_async(works, rounds=rounds, calls=10)
    note = side_by_side(measured["scoped"], measured["clerk"])
    scoped = ratio(measured["scoped"], measured["clerk"])
    yield Figure(where, "list with a role scope ÷ without", 1.3, scoped, note=note)


def fill_sheets(world: World) -> None:
    """A thousand records of both kinds, with the same values."""
    numbers = [Decimal(number * 37 % 1000) for number in range(1000)]
    for entity in ("worked_out", "typed_in"):
        records = (
            {"name": f"Sheet {index}", "base": base} | {f"f{n:02}": base * n + n for n in range(1, FORMULAS + 1)}
            for index, base in enumerate(numbers)
        )
        world.fill(entity, records)


def growth(where: str, few: World, many: World, rows: int, *, rounds: int) -> Iterator[Figure]:
    """The same filtered and sorted list over few and over many records, at the 95th percentile."""
    for count in ("capped", "none"):
        works = {"few": listed(few, f"{SORTED}&count={count}"), "many": listed(many, f"{SORTED}&count={count}")}
        # What has just been filled is still on its way to the disk, and plans are new: neither lasts.
        timed_async(works, rounds=50, calls=1)
        measured = timed_async(works, rounds=rounds * 20, calls=1)
        yield _grown(where, rows, count, measured)


def _grown(where: str, rows: int, count: str, measured: dict[str, Timed]) -> Figure:
    few, many = measured["few"].percentile(0.95), measured["many"].percentile(0.95)
    medians = f"{1e3 * measured['many'].median:.1f} against {1e3 * measured['few'].median:.1f}"
    note = f"{1e3 * many:.1f} ms against {1e3 * few:.1f} ms; medians {medians}"
    what = f"p95 of a filtered, sorted list at {rows:,} ÷ {FEW:,} records, count {count}"
    return Figure(where, what, 1.5, many / few, note=note)


def server_time(where: str, world: World, rows: int, *, rounds: int) -> Iterator[Figure]:
    """What a whole list page takes."""
    app = application(world.workspace)
    headers = {"cookie": world.cookie("rep")}

    async def once() -> None:
        answer = await ask(app, Asked("GET", "/records/ticket", headers))
        assert answer.status == 200, answer.status

    measured = timed_async({"page": once}, rounds=rounds * 10, calls=1)["page"]
    yield Figure(where, f"list page at {rows:,} records, median", 50, 1e3 * measured.median, "ms")
    yield Figure(where, f"list page at {rows:,} records, p95", 150, 1e3 * measured.percentile(0.95), "ms")
