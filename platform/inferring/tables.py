"""Tables: a sheet, or the part of one that is about something of its own, with its key and what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kith.inferring.columns import Column, Sheet
from kith.inferring.findings import Doubt
from kith.inferring.guessing.guess import Guess
from kith.problems import Words


@dataclass(frozen=True)
class Link:
    """A column whose values are keys of another table."""

    column: str
    target: Table
    map: Mapping[str, str]
    """Texts that are keys but for blanks, signs and capitals."""
    misses: tuple[str, ...]
    """Texts that are no keys; records with nothing but their key are made for them."""
    missing: int
    why: Words


@dataclass(eq=False)
class Table:
    """What becomes an entity. Tables are told apart by identity."""

    sheet: Sheet
    about: str
    """The heading or name that says what one row is."""
    columns: list[str]
    guesses: Mapping[str, Guess]
    key: tuple[str, ...] = ()
    why_key: Words = field(default_factory=lambda: Words("", ""))
    links: dict[str, Link] = field(default_factory=dict)
    parts: dict[str, Table] = field(default_factory=dict)
    """Tables that were split off, by the column that is their key (the first of several): each row names one."""
    owner: Table | None = None
    """The table whose lines these rows are."""
    count: int = 0
    """Records."""
    why: Words | None = None
    """Of a table that was split off: the figures."""
    doubts: list[Doubt] = field(default_factory=list)

    def column(self, name: str) -> Column:
        """A column without what means nothing."""
        return self.guesses[name].column

    @property
    def is_split(self) -> bool:
        """Whether it is a part of a sheet."""
        return self.why is not None
