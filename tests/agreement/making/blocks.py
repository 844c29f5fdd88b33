"""Random action blocks: every statement, within one another, over what the block has set and created before."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.agreement.making.generator import Generator
from tests.agreement.making.names import RELATED

STATEMENTS = (
    "set n = $whole", "set amount = $number", "set name = $text", "set due = $date", "set seen = $datetime",
    "set took = $duration",
    "set ok = $bool", 'set stage = «"won"|"lost"|stage»', "set cost = $money", "set rate = $number", "set owner = $ref.",
    "set opens = $time.", "set k = floor($number) ?? 0", "set fine = $number ?? 1", "set wide = $number",
    "set small = $number",
    "set dollars = dollars * $number", "set cents = cents + 0.005", 'set code = "{name}-{code}"', "set flag = flag and $bool",
    "set account.name = $text", "set account.parent.score = $number ?? 1", "set account.since = $date",
    "set owner.limit = amount",
    "set account.owner = $ref.", "link tags add $text", "unlink tags remove $text", "«link|unlink» crew «add|remove» $ref.",
    "link account.tags add $text", "unlink marks remove $whole", "link marks add $whole", 'notify $ref. "{name}: {$number.}"',
    'notify «crew|owner|helper» "to {code}"', 'email $text using "hello"', 'assign owner from queue "inbound"',
    'submit approval "big"', 'refuse "{$number.} of {name}" on «n|name|due»', 'refuse "no"', "stop",
    'webhook "erp" { when: $datetime, more: { total: $number, who: $ref., all: tags, span: $duration }, on: $date }',
)  # fmt: skip
MADE = {"text": ("subject",), "date": ("due",), "ref": ("owner",), "number": ("size",), "duration": ("effort",)}
LETS = ("number", "text", "date", "bool", "datetime", "duration", "money", "ref")
LOOPED = {
    "lines": ("q = $whole", "price = $number", "name = $text", "due = $date", "off = $bool", "took = $duration"),
    "account.orders": ("total = $number", "paid = $bool", "day = $date"),
    "account.parent.visits": ("n = $whole", "topic = $text", "at = $datetime"),
}
"""What is set of the records of each relation."""
Make = Callable[["Blocks"], str]


class Blocks:
    """Makes statements from a seed; each may read what those before it have named."""

    def __init__(self, rng: random.Random) -> None:
        self.generator = Generator(rng, saving=True)
        self.count = 0
        self.deck: list[str | Make] = []

    @property
    def rng(self) -> random.Random:
        """Where chance comes from."""
        return self.generator.rng

    def statement(self, level: int = 0) -> str:
        """One statement: the next of the deck; within others by chance, and none that goes deeper than two."""
        within: list[str | Make] = [*STATEMENTS, *(COMPOUND if level < 2 else ())]
        chosen = self.dealt() if level == 0 else self.rng.choice(within)
        return chosen(self) if callable(chosen) else self.generator.fill(chosen, self.rng.choice([0, 1, 2]))

    def dealt(self) -> str | Make:
        """The next of the deck."""
        if not self.deck:
            self.deck = [*STATEMENTS, *COMPOUND * 3]
            self.rng.shuffle(self.deck)
        return self.deck.pop()

    def body(self, level: int) -> str:
        """Statements within another; their names end with them."""
        with self.apart():
            return " ".join(self.statement(level) for _ in range(self.rng.choice([1, 1, 2])))

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is named here ends here."""
        lets = self.generator.lets
        self.generator.lets = {kind: [*names] for kind, names in lets.items()}
        try:
            yield
        finally:
            self.generator.lets = lets

    def named(self, kind: str, name: str) -> None:
        """A name that later statements may read."""
        self.generator.lets.setdefault(kind, []).append(name)

    def fresh(self, of: str) -> str:
        """A name that is not taken."""
        self.count += 1
        return f"{of}{self.count}"


def let(blocks: Blocks) -> str:
    """`let v = …`."""
    name, kind = blocks.fresh("v"), blocks.rng.choice(LETS)
    text = f"let {name} = {blocks.generator.make(kind, 1)}"
    blocks.named(kind, name)
    return text


def create(blocks: Blocks) -> str:
    """`create task { … } as t`, and later a field of it is set."""
    name = blocks.fresh("t")
    text = "create task { subject: $text, due: $date, owner: $ref., effort: $duration, size: $number, deal: this } as "
    made = blocks.generator.fill(text, 1) + name
    for kind, fields in MADE.items():
        for field in fields:
            blocks.named(kind, f"{name}.{field}")
    return f"{made} " + blocks.generator.fill(f"set {name}.«due = $date|subject = $text|size = $number»", 1)


def choose(blocks: Blocks) -> str:
    """`if … { … } else if … { … } else { … }`."""
    condition = blocks.generator.make("bool", 2)
    text = f"if {condition} {{ {blocks.body(1)} }}"
    if blocks.rng.random() < 0.3:
        text += f" else if {blocks.generator.make('bool', 1)} {{ {blocks.body(2)} }}"
    return f"{text} else {{ {blocks.body(1)} }}" if blocks.rng.random() < 0.6 else text


def where(blocks: Blocks, relation: str) -> str:
    """A condition over related records, or none."""
    if blocks.rng.random() < 0.3:
        return ""
    with blocks.generator.within(RELATED[relation]):
        return f" where {blocks.generator.make('bool', 2)}"


def loop(blocks: Blocks) -> str:
    """`for line in lines where … { … }`, which sets a field of each."""
    relation, name = blocks.rng.choice([*LOOPED]), blocks.fresh("each")
    over = f"for {name} in {relation}{where(blocks, relation)}"
    with blocks.apart():
        for kind, fields in RELATED[relation].by_kind.items():
            for field in fields:
                blocks.named(kind, f"{name}.{field}")
        first = blocks.generator.fill(f"set {name}.{blocks.rng.choice(LOOPED[relation])}", 1)
        return f"{over} {{ {first} {blocks.body(2)} }}"


def update(blocks: Blocks) -> str:
    """`update lines where … { … }`."""
    relation = blocks.rng.choice([*LOOPED])
    values = ", ".join(blocks.rng.sample(LOOPED[relation], 2)).replace(" =", ":")
    over = where(blocks, relation)
    return f"update {relation}{over} {{ {blocks.generator.fill(values, 1)} }}"


def delete(blocks: Blocks) -> str:
    """`delete lines where …`."""
    relation = blocks.rng.choice([*LOOPED])
    return f"delete {relation}{where(blocks, relation)}"


COMPOUND: tuple[Make, ...] = (let, create, choose, choose, loop, update, delete)
