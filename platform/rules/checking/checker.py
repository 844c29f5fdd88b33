"""What a check carries: the place, the names in sight, what is known to be set, and the problems found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kith.problems import Excerpt, Fix, Mistake, Problem, Value, Words
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Syntax
from kith.rules.tree import Node, Root
from kith.rules.types import Type

Key = tuple[str, ...]
"""A fact: a path by its root and names that is set; "≠0" in front: a number that is not zero; "~": nobody need guard against its
being missing, though its type stays nullable; "~≠0": the same of its being zero."""
Facts = frozenset[Key]
NOTHING: Facts = frozenset()
Handler = Callable[["Checker", Any], Node | None]
VOLATILE = ("", "today", "now")


@dataclass
class Checker:
    """One check of one expression or block; `None` from a check means that its problems have been told."""

    excerpt: Excerpt
    scope: Scope
    slot: Slot
    handlers: Mapping[type[Syntax], Handler]
    problems: list[Problem] = field(default_factory=list)
    row: Scope | None = None
    """The names of the related record, inside `where`, `by` and a test."""
    lets: dict[str, Type] = field(default_factory=dict)
    known: Facts = NOTHING
    volatile: str = ""

    def check(self, syntax: Syntax) -> Node | None:
        """The typed tree of a piece of syntax."""
        return self.handlers[type(syntax)](self, syntax)

    def quietly(self, syntax: Syntax) -> Node | None:
        """The same for a piece that is checked elsewhere, where its problems are told."""
        told = len(self.problems)
        found = self.check(syntax)
        del self.problems[told:]
        return found

    def report(
        self,
        mistake: Mistake,
        place: Syntax | Node | tuple[int, int],
        *,
        hint: Words | None = None,
        fix: str | None = None,
        other_fix: tuple[Node, str] | None = None,
        **values: Value,
    ) -> None:
        """Tell a problem at a piece of text; `fix` is the text to put in its place, `other_fix` in that of a part."""
        start, end = place if isinstance(place, tuple) else (place.start, place.end)
        span = self.excerpt.span(start, end)
        first = Fix(span, fix) if fix is not None else None
        second = Fix(self.excerpt.span(other_fix[0].start, other_fix[0].end), other_fix[1]) if other_fix else None
        self.problems.append(Problem(mistake, span, values, hint, first, other_fix=second))

    def text(self, place: Syntax | Node) -> str:
        """What the author wrote there."""
        return self.excerpt.text[place.start : place.end]

    def reads_time(self, volatile: str) -> None:
        """Note that the expression depends on the day or the instant."""
        self.volatile = max(self.volatile, volatile, key=VOLATILE.index)

    @contextmanager
    def knowing(self, facts: Facts) -> Iterator[None]:
        """Check a part in which these facts hold as well."""
        before = self.known
        self.known = before | facts
        try:
            yield
        finally:
            self.known = before

    @contextmanager
    def inside(self, row: Scope) -> Iterator[None]:
        """Check a part in which bare names are fields of a related record."""
        before, self.row = self.row, row
        try:
            yield
        finally:
            self.row = before


def key_of(root: Root, names: tuple[str, ...]) -> Key:
    """The fact that a path is set."""
    return (root, *names)
