"""The one save: ten rules, five formulas, a roll-up on each of two parents, history; beside a bare committed insert."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from bench.counting import statements
from bench.measuring import Figure, ratio, side_by_side, timed
from bench.world import World
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.shelf import shelf_of

CAUSE = Cause("api")
STATEMENTS = 7


class Deals:
    """Deals to make and change, under ten accounts and ten campaigns."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.context = world.context("clerk")
        self.parents = {
            name: [world.make(name, name=f"{name} {number}") for number in range(10)]
            for name in ("account", "campaign")
        }
        self.numbers = itertools.count(1)
        self.one = self.save(Change("create", "deal", None, self.values()))

    def values(self) -> dict[str, Any]:
        """A new deal."""
        number = next(self.numbers)
        return {
            "name": f"Deal {number}", "account": self.parents["account"][number % 10],
            "campaign": self.parents["campaign"][number // 10 % 10], "stage": "new", "quantity": number % 50 + 1,
            "price": f"{number % 900 + 20}.50", "cost": "10.00", "discount": "0.1", "priority": 1,
            "closes_on": "2026-12-01",
        }  # fmt: skip

    def save(self, change: Change) -> str:
        """Save it in a transaction of its own."""
        done = save(self.world.workspace.database, self.context, self.world.release, change, CAUSE)
        assert isinstance(done, Saved), done
        return done.id

    def create(self) -> None:
        """Make one more."""
        self.save(Change("create", "deal", None, self.values()))

    def update(self) -> None:
        """Change the one, so that every formula and both roll-ups move."""
        number = next(self.numbers)
        self.save(Change("update", "deal", self.one, {"quantity": number % 50 + 1, "price": f"{number % 900 + 20}.25"}))

    def bare(self) -> Callable[[], None]:
        """Insert a row into the same table, prepared and committed, through the same pool."""
        database, shelf = self.world.workspace.database, shelf_of(self.world.release, "deal")
        with database.read() as connection:
            record = shelf.select(connection, [self.one], lock=False)[0]
            text = str(sa.insert(shelf.table.table).compile(dialect=connection.dialect))
        row, names = shelf.row(record), [column.name for column in shelf.table.table.c]
        positional = database.kind == "sqlite"

        def insert() -> None:
            row["id"] = new_id()
            with database.write() as connection:
                connection.exec_driver_sql(text, tuple([row[name] for name in names]) if positional else row)

        return insert


def saving(where: str, world: World, *, rounds: int) -> Iterator[Figure]:
    """Create and update beside the bare insert."""
    deals = Deals(world)
    works = {"bare": deals.bare(), "create": deals.create, "update": deals.update}
    measured = timed(works, rounds=rounds, calls=10)
    for what, limit in (("create", 3), ("update", 4)):
        note = side_by_side(measured[what], measured["bare"])
        over = ratio(measured[what], measured["bare"])
        yield Figure(where, f"the one save, {what} ÷ bare insert", limit, over, note=note)
    yield from counted(where, deals)


def counted(where: str, deals: Deals) -> Iterator[Figure]:
    """Statements of the one save."""
    for what, work in (("create", deals.create), ("update", deals.update)):
        with statements(deals.world.workspace.database) as run:
            work()
        yield Figure(where, f"the one save, statements of {what}", STATEMENTS, len(run))
