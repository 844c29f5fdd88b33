"""How many records a list has: exactly where they are not too many to be counted, else about how many, under the same rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.read.lists import Listing, listing_of
from kith.runtime.read.query import Query
from kith.runtime.read.walking import count_some, each
from kith.runtime.release import Release

CERTAIN = 10_000
"""Up to this many records every list is counted."""
COUNTED = {"postgresql": CERTAIN, "sqlite": 100_000}
"""Up to this many each database counts; SQLite keeps no statistics of conditions, and is quick at counting."""
DIGITS = 2
"""Digits of an estimate that are told: it knows no more."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of records; `sense` says whether it is exact, an estimate, or whether there are more."""

    number: int
    sense: Literal["exact", "about", "more"]


def count_records(connection: sa.Connection, context: Context, release: Release, query: Query) -> Counted:
    """How many records match a query that the actor may read; raises Denied and BadQuery.

    It takes longer than a page: ask for it when the page is there.
    """
    listing, cap = listing_of(connection, context, release, query), COUNTED[release.tables.engine]
    number = int(listing.run(listing.counter(cap, lambda statement: count_some(statement, cap))))
    if number <= cap:
        return Counted(number, "exact")
    estimate = _rounded(_estimate(listing)) if release.tables.engine == "postgresql" else 0
    return Counted(estimate, "about") if estimate > cap else Counted(cap, "more")


def _estimate(listing: Listing) -> int:
    """What PostgreSQL expects to find, from its statistics."""
    counter = listing.counter("each", each)
    asked = replace(counter.prepared, text=f"EXPLAIN (FORMAT JSON) {counter.prepared.text}", is_plain=False)
    (plan,) = listing.run(replace(counter, prepared=asked))
    return int(plan["Plan"]["Plan Rows"])


def _rounded(number: int) -> int:
    step: int = 10 ** max(0, len(str(number)) - DIGITS)
    return round(number / step) * step
