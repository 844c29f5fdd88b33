"""What tiles of dashboards show, as plain values: numbers, bars, plots and lists, with the way to the records behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kith.web.charts import Plot
from kith.web.view import Link, Table

State = Literal["ready", "empty", "later", "slow", "denied", "failed"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a number stands to that of the period before, where that leads, and when that was."""

    text: str
    href: str
    when: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number: in brief and in full, how many records it is made of, and the list of those."""

    brief: str
    full: str
    href: str
    records: str = ""
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A group as a bar: what it is called, its value and records in words, the length of the bar, and its list."""

    label: str
    value: str
    full: str
    records: str
    share: str
    href: str
    hue: str = ""
    place: str = ""
    """Its place in a ranking."""
    inset: str = ""
    """Where the bar begins, in a funnel."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to do: what, by when, and whether that day has gone."""

    label: str
    href: str
    due: str
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A tile as it shows."""

    name: str
    kind: str
    label: str
    href: str
    """Its own page, or for a list that list."""
    fetch: str
    """Where it is fetched alone, also once more."""
    help: str = ""
    note: str = ""
    """The period that it goes by, in words."""
    width: int = 2
    state: State = "ready"
    said: str = ""
    """What is said in place of what cannot be shown."""
    figure: Figure | None = None
    bars: Sequence[Bar] = ()
    plot: Plot | None = None
    summary: str = ""
    """The chart in a sentence, for those who do not see it."""
    table: Table | None = None
    things: Sequence[Thing] = ()
    rest: str = ""
    """How many groups a chart leaves out."""
    all: Link | None = None
    """The list of all records behind it."""
    behind: Table | None = None
    """Everything that a chart shows, and what it leaves out, as a table."""
    csv: str = ""
    level: int = field(default=2)

    @property
    def id(self) -> str:
        """Its element."""
        return f"tile-{self.name}"
