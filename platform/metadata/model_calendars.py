"""The calendars of a model: when people work, and which days are off, with their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kith.problems import Span
from kith.rules.calendars import PLAIN, BusinessCalendar

if TYPE_CHECKING:
    from kith.metadata.model import Label

STANDARD = "standard"
"""The calendar of that name is the workspace's."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off under one name, from the first to the last, and the days of work that make up for them."""

    name: str
    label: Label
    first: date
    last: date
    work: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A business calendar."""

    name: str
    label: Label
    business: BusinessCalendar
    holidays: Mapping[str, Holiday]
    span: Span
    layer: str


def standard(calendars: Mapping[str, Calendar]) -> BusinessCalendar:
    """When people of the workspace work."""
    found = calendars.get(STANDARD)
    return found.business if found else PLAIN
