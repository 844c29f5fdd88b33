"""When the records of a list are: the fields that place them in time, days of the reader's, and moving them to another day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from kith.runtime.read.query import Masked, Sort
from kith.web.columns import ListColumn, column_at
from kith.web.filters import written
from kith.web.formats import formatter
from kith.web.pages.listed import Listing
from kith.web.typed import raw_of

DAY = timedelta(days=1)
YEARS = (1900, 2199)
"""The years that can be looked at."""


@dataclass(frozen=True, slots=True)
class When:
    """The first and the last day of a record, and of instants when it begins, in the reader's time zone."""

    first: date
    last: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """The fields by which records are in time: `kind` is date, datetime or range."""

    kind: str
    starts: ListColumn
    ends: ListColumn | None
    zone: tzinfo

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields, which moving a record changes."""
        return (self.starts.path, self.ends.path) if self.ends is not None else (self.starts.path,)

    @property
    def sort(self) -> Sort:
        """The order of time."""
        return Sort(self.starts.path)

    def within(self, first: date, last: date) -> str:
        """The condition that a record is in time on some day from one to another."""
        starts, ends = self.starts.path, self.ends.path if self.ends is not None else ""
        if self.kind == "range":
            starts, ends = f"{starts}.start", f"{starts}.end"
        begins, over = (self._edge(first), self._edge(last + DAY)) if self.kind == "datetime" else (first, last + DAY)
        low, high = (written(one, "datetime" if isinstance(one, datetime) else "date") for one in (begins, over))
        alone = f"{starts} >= {low}"
        return f"{starts} < {high} and ({f'{ends} >= {low} or ({ends} is not set and {alone})' if ends else alone})"

    def _edge(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def when(self, values: Sequence[Any]) -> When | None:
        """When a record is, by the values of the fields; None where it is at no time, or may not be told."""
        found = _pair(values)
        begins, ends = found
        if isinstance(begins, datetime):
            local = begins.astimezone(self.zone)
            last = ends.astimezone(self.zone) if isinstance(ends, datetime) else local
            # What ends at midnight ends with the day before.
            until = (last - timedelta(microseconds=1)).date() if last > local else last.date()
            return When(local.date(), max(local.date(), until), local)
        if not isinstance(begins, date):
            return None
        return When(begins, max(begins, ends) if isinstance(ends, date) else begins)

    def moved(self, values: Mapping[str, object], to: date) -> dict[str, object]:
        """What the fields hold once a record begins on another day, as a form sends it: hours and lengths stay."""
        begins, ends = _pair([values.get(name) for name in self.fields])
        when = self.when([values.get(name) for name in self.fields])
        if when is None:
            return {}
        days = to - when.first
        if self.kind == "range":
            return {
                self.starts.path: {part: str(one + days) for part, one in (("start", begins), ("end", ends)) if one}
            }
        found: dict[str, object] = {}
        for column, value in zip((self.starts, self.ends), (begins, ends), strict=True):
            if column is not None and column.declared is not None and value is not None:
                found[column.path] = raw_of(column.declared, self._later(value, days), self.zone)
        return found

    def _later(self, value: Any, days: timedelta) -> Any:
        if not isinstance(value, datetime):
            return value + days
        # The same hour of the clock, whatever the clock has been put to in between.
        local = value.astimezone(self.zone).replace(tzinfo=None)
        return (local + days).replace(tzinfo=self.zone)


def _pair(values: Sequence[Any]) -> tuple[Any, Any]:
    """The beginning and the end."""
    first, *rest = [None if isinstance(value, Masked) else value for value in values]
    if isinstance(first, Mapping):
        return first.get("start"), first.get("end")
    return first, rest[0] if rest else None


def timing_of(listing: Listing) -> Timing | None:
    """The fields that a view says; None where the reader may not read them."""
    view = listing.view
    if view is None or not view.starts:
        return None
    found = [
        column_at(listing.reader, listing.entity.name, name, listing.visit.texts)
        for name in (view.starts, view.ends)
        if name
    ]
    if any(column is None or column.masked for column in found):
        return None
    starts, *ends = [column for column in found if column is not None]
    kind = "range" if starts.type.kind == "record" else starts.type.kind
    return Timing(kind, starts, ends[0] if ends else None, listing.visit.context.reader_zone)


def day_of(listing: Listing) -> date:
    """The day that the address looks at, else today where the reader is; so far off as nothing is there is no such day."""
    today = listing.visit.context.now.astimezone(listing.visit.context.reader_zone).date()
    try:
        found = date.fromisoformat(listing.asked.placed("on"))
    except ValueError:
        return today
    return found if YEARS[0] <= found.year <= YEARS[1] else today


def hour_of(when: When, language: str) -> str:
    """When an instant begins, in words; "" for whole days."""
    return formatter("time", language, width="short")(when.at) if when.at is not None else ""
