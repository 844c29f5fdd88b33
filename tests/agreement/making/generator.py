"""Random expressions as authors would type them: every form is dealt in turn, its parts are by chance."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.scope import Slot
from tests.agreement.making import functions
from tests.agreement.making.forms import FORMS, SAVING, SHOWN
from tests.agreement.making.names import LITERALS, OPTIONS, RELATED, THIS, WRITTEN, Names
from tests.agreement.world import scope

CHOICE = re.compile("«([^«»]*)»")
PART = re.compile(r"\$(\w+)([!.]?)|%(\w+)(?::(\w+))?")
BARE = {"bool": "ok", "number": "n", "text": "name", "date": "due"}
ORDERED = ("first", "last")
HALF, FEW = 0.5, 2
UNSORTED = ("bool", "set", "ref", "other_ref")


class Generator:
    """Makes expressions from a seed."""

    def __init__(self, rng: random.Random, *, saving: bool = False) -> None:
        self.rng = rng
        self.saving = saving
        self.forms = {kind: [*forms] for kind, forms in FORMS.items()}
        if saving:
            self.forms["bool"] += SAVING
            self.forms["text"] += SHOWN
        self.names = THIS
        self.lets: dict[str, list[str]] = {}
        self.deck: list[str] = []
        self.chosen = ""
        self.few: dict[tuple[int, str], list[str]] | None = None

    def expression(self) -> str:
        """One expression of any type: the next form of the deck; every other is about few fields, each read again and again."""
        self.few = {} if self.rng.random() < HALF else None
        if not self.deck:
            self.deck = self.shuffled()
        return self.fill(self.deck.pop(), self.rng.choice([0, 1, 1, 2, 2, 3]))

    def shuffled(self) -> list[str]:
        """Every form once; about a save, those of a save and twice as many of the others."""
        deck = [form for forms in (*self.forms.values(), *called().values()) for form in forms]
        if self.saving:
            own = [*SAVING, *SHOWN]
            deck = [*own, *self.rng.sample(deck, 2 * len(own))]
        self.rng.shuffle(deck)
        return deck

    def pick(self, options: list[str]) -> str:
        """One of several."""
        return self.rng.choice(options)

    def fill(self, form: str, depth: int) -> str:
        """A form with its parts, which are at most so deep."""
        while found := CHOICE.search(form):
            form = form[: found.start()] + self.pick(found[1].split("|")) + form[found.end() :]
        return PART.sub(lambda part: self.part(part, depth), form)

    def part(self, part: re.Match[str], depth: int) -> str:
        """What stands for one part of a form."""
        kind, mark, function, over = part.groups()
        if function:
            return self.related(function, over, depth)
        if kind == "option":
            return self.pick(OPTIONS.get(self.chosen) or OPTIONS[self.chosen.partition(".")[2]])
        if kind in WRITTEN:
            whole = kind == "whole" and self.names is THIS and self.rng.random() < 0.4
            return self.pick(["n", "k", "account.rank", "floor(amount)"] if whole else WRITTEN[kind])
        if mark:
            return self.leaf(kind, written=mark == "!")
        return self.make(kind, depth)

    def make(self, kind: str, depth: int) -> str:
        """An expression of a family, at most so deep."""
        if depth <= 0 or self.rng.random() < 0.12 or kind not in self.forms:
            return self.leaf(kind)
        if kind in called() and self.rng.random() < 0.15:
            return self.fill(self.pick(called()[kind]), depth - 1)
        form = self.pick(self.forms[kind])
        # No aggregate stands within another.
        return self.leaf(kind) if "%" in form and self.names is not THIS else self.fill(form, depth - 1)

    def leaf(self, kind: str, *, written: bool = True) -> str:
        """A field, or now and then a written value."""
        fields, literals = self.fields(kind), LITERALS.get(kind, []) if written else []
        if kind == "choice":
            self.chosen = self.pick(fields)
            return ("old." if self.old(self.chosen) else "") + self.chosen
        if fields and (self.rng.random() < 0.8 or not literals):
            name = self.pick(fields)
            return ("old." if self.old(name) else "") + name
        return self.pick(literals or ["null"])

    def old(self, name: str) -> bool:
        """Whether the record before the save is read."""
        return (
            self.saving
            and self.names is THIS
            and name.split(".", maxsplit=1)[0] not in {"me", *self.known()}
            and self.rng.random() < 0.2
        )

    def known(self) -> Iterator[str]:
        """The variables of a block."""
        return (name.split(".")[0] for names in self.lets.values() for name in names)

    def fields(self, kind: str) -> list[str]:
        """The fields of a family that may be read here."""
        outer = [_outer(name) for name in self.some(THIS, kind)] if self.names is not THIS else []
        own = self.some(self.names, kind)
        return own * 3 + outer if self.names is not THIS else own + self.lets.get(kind, []) * 3

    def some(self, names: Names, kind: str) -> list[str]:
        """All fields of a family, or the two that an expression about few fields knows."""
        fields = names.by_kind.get(kind, [])
        if self.few is None or len(fields) <= FEW:
            return fields
        return self.few.setdefault((id(names), kind), self.rng.sample(fields, FEW))

    # --- aggregates ------------------------------------------------------------------------------------------------

    def related(self, function: str, kind: str | None, depth: int) -> str:
        """An aggregate over a relation."""
        able = [name for name, names in RELATED.items() if kind is None or kind in names.by_kind]
        relation = self.pick([*able, able[0]])
        with self.within(RELATED[relation]):
            value = f"{relation}.{self.pick(self.names.by_kind[kind])}" if kind else relation
            test = self.make("bool", min(depth, 2)) if function == "all" else ""
            wanted = self.rng.random() < 0.6 or function == "any"
            where = f" where {self.make('bool', min(depth, 2))}" if wanted else ""
            by = f" by {self.keys()}" if function in ORDERED else ""
        after = f", {test}" if test else self.pick(["", ', "; "']) if function == "join" else ""
        return f"{function}({value}{where}{by}{after})"

    @contextmanager
    def within(self, names: Names) -> Iterator[None]:
        """Names mean the fields of related records."""
        before, self.names = self.names, names
        try:
            yield
        finally:
            self.names = before

    def keys(self) -> str:
        """What records are sorted by."""
        sortable = [name for kind, names in self.names.by_kind.items() if kind not in UNSORTED for name in names]
        keys = self.rng.sample(sortable, self.rng.choice([1, 1, 2]))
        return ", ".join(key + self.pick(["", " desc", " asc"]) for key in keys)


def _outer(name: str) -> str:
    """How a field of the record is written where a bare name is one of a related record."""
    return name if name.split(".", 1)[0] in ("me", "this") else f"this.{name}"


@cache
def called() -> dict[str, list[str]]:
    """The functions of the table as forms, by the family that they give."""
    names, generator = scope(), Generator(random.Random(7))  # noqa: S311  # repeatable on purpose

    def kind(form: str) -> str | None:
        for _ in range(40):
            made, _ = compile_expression(Excerpt.whole(generator.fill(form, 0)), names, Slot("agreement", actor=True))
            if made is not None and made.type.kind != "null":
                return str(made.type)
        return None

    return functions.by_kind(kind)
