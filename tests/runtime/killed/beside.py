"""People who save while releases change: what they were told is saved must be there afterwards, whatever died meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from kith.runtime.clock import system_clock
from kith.runtime.publishing import system_context
from kith.runtime.release import Release
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.runtime.rolling.world import World

LOOKS = {"red": "crimson", "blue": "blue"}
PAUSE = 0.15
MOST = 12
"""Records that one person has at most: all of them are looked at after each kill."""


@dataclass
class Item:
    """What a record must say: its size, weight and look, in whichever form the current release has them."""

    id: str
    size: int
    weight: int
    look: str
    visited: bool = False


@dataclass
class Person:
    """One who saves, and who sees a new release only `late` so many seconds after it came."""

    name: str
    workspace: Workspace
    chance: random.Random
    late: float
    items: dict[str, Item] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)
    saved: int = 0
    failed: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)
    looked: float = 0.0
    visit_ids: dict[str, str] = field(default_factory=dict)

    def work(self, over: threading.Event) -> None:
        """Save one thing after the other."""
        while not over.wait(PAUSE):
            with self.turn:
                if time.monotonic() - self.looked > self.late:
                    self.workspace.look()
                    self.looked = time.monotonic()
                try:
                    self.step(self.workspace.current())
                except Exception as error:  # noqa: BLE001 (whatever it is: nobody's save may fail because of an apply)
                    self.failed.append(f"{self.name}: {type(error).__name__}: {error}"[:600])
                    return

    def step(self, release: Release) -> None:
        """One save."""
        dice = self.chance.random()
        if not self.items or (dice < 0.3 and len(self.items) < MOST):
            self.create(release)
        elif dice < 0.75:
            self.update(release)
        elif dice < 0.9:
            self.delete(release)
        elif "visit" in release.model.entities:
            self.visit(release)

    def create(self, release: Release) -> None:
        """A record with all values."""
        name = f"{self.name}-{self.saved}"
        item = Item("", self.chance.randrange(1000), self.chance.randrange(1000), self.chance.choice([*LOOKS]))
        item.id = self.done(release, Change("create", _entity(release), None, {"name": name, **_values(release, item)}))
        self.items[name] = item

    def update(self, release: Release) -> None:
        """Some values of a record."""
        item = self.chance.choice([*self.items.values()])
        new = Item(item.id, self.chance.randrange(1000), self.chance.randrange(1000), self.chance.choice([*LOOKS]))
        parts = self.chance.sample(["size", "weight", "look"], self.chance.randint(1, 3))
        values = _values(release, new)
        names = {"size": "size", "weight": "weight" if "weight" in values else "heft", "look": "look"}
        wanted = {names[part]: values[names[part]] for part in parts}
        self.done(release, Change("update", _entity(release), item.id, wanted))
        for part in parts:
            setattr(item, part, getattr(new, part))

    def delete(self, release: Release) -> None:
        """A record that nothing refers to."""
        free = [name for name, item in self.items.items() if not item.visited]
        if free:
            name = self.chance.choice(free)
            self.done(release, Change("delete", _entity(release), self.items[name].id))
            del self.items[name]

    def visit(self, release: Release) -> None:
        """A visit of a record, or one that goes to another record."""
        name = self.chance.choice([*self.items])
        item = self.items[name]
        if self.visits and self.chance.random() < 0.5:
            what = self.chance.choice([*self.visits])
            self.done(release, Change("update", "visit", self.visit_ids[what], {"item": item.id}))
        else:
            what = f"{self.name}-{self.saved}"
            values = {"what": what, "item": item.id}
            self.visit_ids[what] = self.done(release, Change("create", "visit", None, values))
        item.visited = True
        self.visits[what] = item.id

    def done(self, release: Release, change: Change) -> str:
        """Save; the record's id."""
        context = system_context(release, system_clock)
        verdict = save(self.workspace.database, context, release, change, Cause("form"))
        assert isinstance(verdict, Saved), (release.number, change, verdict)
        self.saved += 1
        return verdict.id


def _entity(release: Release) -> str:
    return "item" if "item" in release.model.entities else "thing"


def _values(release: Release, item: Item) -> dict[str, object]:
    if "item" in release.model.entities:
        return {"size": str(item.size), "weight": f"{item.weight}.00", "look": item.look}
    return {"size": item.size, "heft": item.weight, "look": LOOKS[item.look]}


@dataclass
class People:
    """All who save beside the applies."""

    people: list[Person]

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nobody is in the middle of a save."""
        with ExitStack() as turns:
            for person in self.people:
                turns.enter_context(person.turn)
            yield

    @property
    def saved(self) -> int:
        """Acknowledged saves so far."""
        return sum(person.saved for person in self.people)

    def lost(self, world: World) -> list[str]:
        """What is not as somebody was told that it is saved, or that nobody ever saved; empty where all is well."""
        release = world.workspace.current()
        entity = _entity(release)
        found = [failure for person in self.people for failure in person.failed]
        there = {name: one for name, one in live(world, entity).items() if "-" in name}
        wanted = {name: item for person in self.people for name, item in person.items.items()}
        found += [f"{name} is gone" for name in sorted(wanted.keys() - there.keys())]
        found += [f"{name} is there again" for name in sorted(there.keys() - wanted.keys())]
        for name in sorted(wanted.keys() & there.keys()):
            expected = {part: str(value) for part, value in _values(release, wanted[name]).items()}
            told = {part: str(there[name][part]) for part in expected}
            if told != expected:
                found.append(f"{name} is {told}, not {expected}")
        return found + self._lost_visits(world)

    def _lost_visits(self, world: World) -> list[str]:
        if "visit" not in world.workspace.current().model.entities:
            return []
        there = {name: str(one["item"]) for name, one in live(world, "visit").items() if "-" in name}
        wanted = {what: item for person in self.people for what, item in person.visits.items()}
        return [f"visit {name}" for name in sorted(dict(there.items() ^ wanted.items()))]


def live(world: World, entity: str) -> dict[str, dict[str, object]]:
    """The records of an entity that are not deleted, by name."""
    table = world.workspace.current().tables[entity]
    with world.workspace.database.read() as connection:
        gone = set(connection.scalars(sa.select(_title(world, entity)).where(~table.live)))
    return {name: one for name, one in world.records(entity).items() if name not in gone}


def _title(world: World, entity: str) -> sa.ColumnElement[str]:
    release = world.workspace.current()
    first = next(iter(release.model.entities[entity].fields))
    return release.tables[entity].columns[first].value


@contextmanager
def saving(url: str, folder: Path, seed: int, late: dict[str, float]) -> Iterator[People]:
    """People at work from beginning to end, by name with how late each sees a release."""
    over = threading.Event()
    chances = {name: random.Random(f"{seed} {name}") for name in late}  # noqa: S311
    people = People([Person(name, Workspace.open(url), chances[name], wait) for name, wait in late.items()])
    threads = [threading.Thread(target=person.work, args=[over], daemon=True) for person in people.people]
    try:
        for thread in threads:
            thread.start()
        yield people
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for person in people.people:
            person.workspace.close()
