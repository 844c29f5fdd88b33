"""The part of the model that is about dashboards: tiles, each a measure or a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.problems import Excerpt, Span

if TYPE_CHECKING:
    from kith.metadata.model import Label
    from kith.rules.program import Expression
    from kith.rules.types import Type

COUNT = "count()"
PERIOD = "this_month"
"""What a dashboard begins with that names no period."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: a function over a value, None for the records themselves, of those for which `where` holds."""

    excerpt: Excerpt
    function: str
    value: Expression | None
    where: Expression | None
    type: Type


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: `kind` is number, bar, line, funnel, leaderboard, table or tasks; what a kind has no use for is empty.

    Texts that are paths stand beside what they are compiled to, since the reader's own rights decide what they read.
    """

    name: str
    kind: str
    label: Label
    help: Label
    of: str
    view: str
    segment: str
    filter: Expression | None
    measure: Measure | None
    group: Expression | None
    bucket: str
    date: Expression | None
    """The day or instant that the period goes by."""
    due: Expression | None
    owner: Expression | None
    period: str
    compare: str
    most: int
    width: int
    span: Span

    @property
    def is_list(self) -> bool:
        """Whether it shows records themselves."""
        return self.kind in ("table", "tasks")

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything that it reads."""
        measure = self.measure
        parts = (measure.value, measure.where) if measure is not None else ()
        found = (self.filter, *parts, self.group, self.date, self.due, self.owner)
        return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Tiles on one page; `roles` are those whose home page shows it, everybody's where none is named."""

    name: str
    label: Label
    help: Label
    icon: str
    roles: tuple[str, ...]
    period: str
    tiles: Mapping[str, Tile]
    span: Span
    layer: str
