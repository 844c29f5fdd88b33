"""Batches at random are taken back while others work on: `python -m tests.runtime.past.undone 500 SEED [postgresql]`.

What must hold: of every record that the batch touched, each field is as it was before the batch, unless somebody wrote it
since; then it is as he left it. Records that somebody has worked on, or that others hang on, stay. Computed values are what
they would be.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from kith.runtime.doctor import Visit, examine
from kith.runtime.write.change import Change, Saved
from tests.runtime.past.past_world import Batches, State
from tests.support import run
from tests.support.postgresql import clean_up, fresh_schema, server_url

WORDS = ("tea", "rice", "silk", "jade", "ink")
NAMES = {"customer": "name", "order": "note", "order_line": "what", "wallet": "name", "award": "reason", "box": "name"}

MOSTLY = 0.8
"""How often somebody works on what the batch has touched."""
HANGING = 0.3
"""How often somebody hangs a record on one that the batch has made."""


@dataclass
class Trial:
    """One batch in one shop, what came after it, and what is wrong once it has been taken back."""

    shop: Batches
    chance: random.Random
    touched: set[tuple[str, str, str]] = field(default_factory=set)
    """Fields that somebody has written since, by entity and id; "" for the record as such."""
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def furnish(self) -> None:
        """Records to work on."""
        shop, chance = self.shop, self.chance
        customers = [shop.make("customer", {"name": f"{chance.choice(WORDS)} {n}"}) for n in range(3)]
        for customer in customers:
            for _ in range(2):
                lines: list[Mapping[str, object]] = [self.line() for _ in range(chance.randint(1, 3))]
                shop.make("order", {"customer": customer, "note": chance.choice(WORDS)}, lines=lines)
        shop.make("wallet", {"name": "purse"})
        box = shop.make("box", {"name": "big"})
        shop.make("box", {"name": "small", "inside": box})

    def line(self) -> dict[str, object]:
        """A line of an order."""
        chance = self.chance
        return {"what": chance.choice(WORDS), "quantity": chance.randint(1, 9), "price": str(chance.randint(1, 90))}

    def changes(self, count: int, first: Collection[tuple[str, str]] = ()) -> Iterator[Change]:
        """Changes of records as they are now, mostly of the `first` where there are any."""
        live = [key for key, held in self.shop.state().items() if held is not None and key[0] in NAMES]
        self.chance.shuffle(live)
        live.sort(key=lambda key: key not in first and self.chance.random() < MOSTLY)
        for entity, id_ in live[:count]:
            yield self.change(entity, id_)

    def change(self, entity: str, id_: str) -> Change:
        """One change of a record, or one beside it."""
        chance = self.chance
        match chance.randrange(8):
            case 0:
                return Change("delete", entity, id_)
            case 1 | 2 if entity == "order":
                return Change("update", entity, id_, {}, {"lines": (Change("create", "", None, self.line()),)})
            case 1 if entity == "customer":
                line = Change("create", "", None, {**self.line(), "price": "900"})
                return Change("create", "order", None, {"customer": id_, "status": "paid"}, {"lines": (line,)})
            case 2 if entity in ("customer", "wallet"):
                return Change("create", entity, None, {"name": f"{chance.choice(WORDS)} {chance.randrange(99)}"})
            case 3 | 4 if entity == "wallet":
                return Change("create", "entry", None, {"wallet": id_, "amount": chance.randint(-1, 9)})
            case 3 if entity == "order":
                return Change("update", entity, id_, {"status": chance.choice(("paid", "open")), "discount": "0.05"})
            case 4 if entity == "order_line":
                return Change(
                    "update", entity, id_, {"quantity": chance.randint(1, 99), "price": chance.randint(1, 99)}
                )
            case _:
                return Change("update", entity, id_, {NAMES[entity]: f"{chance.choice(WORDS)} {chance.randrange(99)}"})

    def go(self, most: int) -> None:
        """Save a batch, let others work, take it back, and look."""
        self.furnish()
        before = self.shop.state()
        new = Change("create", "customer", None, {"name": "new"})
        batch = self.shop.bulk([new, *self.changes(self.chance.randint(1, most))], mode="each")
        customer = self.shop.made[0]
        between = self.shop.state()
        touched = {key for key, held in between.items() if held != before.get(key)}
        for change in self.changes(self.chance.randint(0, 4), touched):
            self.work(change)
        if self.chance.random() < HANGING:
            self.work(Change("create", "order", None, {"customer": customer}))
        after = self.shop.state()
        noted = self.shop.undo(batch)
        self.counts.update({name: noted[name] for name in ("returned", "kept_count", "refused")})
        refused = {one["record"] for one in noted["refusals"]}
        self.compare(before, between, after, self.shop.state(), refused)
        self.examine()

    def work(self, change: Change) -> None:
        """Somebody's own work, and which fields it wrote, the rules' along with it."""
        was = self.shop.state()
        self.counts["later"] += isinstance(self.shop.do(change), Saved)
        for key, held in self.shop.state().items():
            old = was.get(key)
            if held is None or old is None:
                if held != old or key not in was:
                    self.touched.add((*key, ""))
                continue
            self.touched |= {(*key, name) for name, value in held.items() if value != old[name]}

    def compare(self, before: State, between: State, after: State, now: State, refused: set[str]) -> None:
        """Every field of every record is what it must be."""
        for (entity, id_), held in now.items():
            key = (entity, id_)
            worked_on = {name for one, other, name in self.touched if (one, other) == key}
            if between.get(key) == before.get(key) or f"{entity}/{id_}" in refused or "" in worked_on:
                expected = after.get(key)
            elif key not in before:
                expected = after[key] if self.stays(entity, id_, before, after) else None
            else:
                expected = self.mixed(before[key], between[key], after[key], worked_on)
            if held != expected and not self.is_of_refused(entity, id_, after, refused):
                self.wrong.append(f"{entity}/{id_}: {held} instead of {expected}")

    def stays(self, entity: str, id_: str, before: State, after: State) -> bool:
        """Whether a record that the batch made stays: somebody worked on it or, of an order that is new, on any part of it."""
        held = after.get((entity, id_))
        order = id_ if entity == "order" else held["order"] if entity == "order_line" and held is not None else ""
        parts = {("order", order), *(("order_line", line) for line in self.shop.lines(order))} if order else set()
        parts = set() if ("order", order) in before else parts
        return any((one, other) in {(entity, id_), *parts} for one, other, _ in self.touched)

    def mixed(self, before: Any, between: Any, after: Any, worked_on: set[str]) -> Any:
        """A record that was there before: its old values but for what somebody wrote since."""
        if before is None or after is None:
            return before if after is not None or between is None else after
        return {name: after[name] if name in worked_on else value for name, value in before.items()}

    def is_of_refused(self, entity: str, id_: str, after: State, refused: set[str]) -> bool:
        """Whether it is a line of an order that was refused, and so left as it was."""
        held = after.get((entity, id_))
        return entity == "order_line" and held is not None and f"order/{held['order']}" in refused

    def examine(self) -> None:
        """Formulas, roll-ups, links and histories are sound."""
        visit = Visit(self.shop.workspace.database, self.shop.release, self.shop.context(), deep=True)
        for check, found in examine(visit):
            if check.name != "engine":
                self.wrong += [f"{check.name}: {flaw.en}" for flaw in found.flaws]


def trial(url: str, seed: int, most: int = 12) -> Trial:
    """One trial in an empty database."""
    shop = cast("Batches", Batches.open(url))
    try:
        found = Trial(shop, random.Random(seed))  # noqa: S311 - which trial it is
        found.go(most)
    finally:
        shop.close()
    return found


def main(count: int, seed: int, engine: str) -> int:
    """Many trials; how many things are wrong."""
    total: Counter[str] = Counter()
    for number in range(seed, seed + count):
        if engine == "postgresql":
            with fresh_schema(server_url()) as url:
                found = trial(url, number)
        else:
            file = run.folder() / f"undone-{number}.db"
            found = trial(f"sqlite:///{file}", number)
            file.unlink()
        total.update(found.counts)
        total["wrong"] += len(found.wrong)
        for line in found.wrong:
            sys.stdout.write(f"seed {number}: {line}\n")
    sys.stdout.write(f"{count} batches on {engine}: {dict(total)}\n")
    return total["wrong"]


if __name__ == "__main__":
    run.create()
    try:
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "sqlite") > 0)
    finally:
        clean_up(run.folder())
