"""Kith's own table of records that look alike and are not the same."""

from __future__ import annotations

from kith.runtime.schema.columns import ID, TEXT, Instant
from kith.runtime.schema.own import column, table

apart = table(
    "apart",
    column("entity", TEXT, key=True),
    column("one", ID, key=True),
    column("other", ID, key=True),
    column("at", Instant),
    column("actor", ID, null=True),
)
"""Pairs of which somebody has said that they are not the same, the lower id first: they are told of each other no more."""
