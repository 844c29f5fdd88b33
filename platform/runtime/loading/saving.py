"""Saving rows, and what is said where they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.write.change import Cause, Change, Failure, Refused
from kith.runtime.write.gate import save_within

if TYPE_CHECKING:
    from kith.runtime.release import Release

BATCH = 250
"""Records saved at once."""


class NotLoaded(Exception):
    """Rows that could not be saved: the data set, the row's key and why, for each."""

    def __init__(self, rows: Sequence[tuple[str, str, Failure]]) -> None:
        super().__init__("; ".join(f"{name}/{key}: {failure.message}" for name, key, failure in rows[:5]))
        self.rows = rows


def save_rows(
    connection: sa.Connection, context: Context, release: Release, data: str, changes: Sequence[tuple[str, Change]]
) -> None:
    """Save rows of a data set, each with what it is called; raises NotLoaded, after which nothing of it may be kept."""
    for start in range(0, len(changes), BATCH):
        batch = changes[start : start + BATCH]
        cause = Cause("system", detail=f"data/{data}")
        verdicts = save_within(connection, context, release, [change for _, change in batch], cause, "each")
        refused = [
            (data, name, failure)
            for (name, _), verdict in zip(batch, verdicts, strict=True)
            if isinstance(verdict, Refused)
            for failure in verdict.failures
        ]
        if refused:
            raise NotLoaded(refused)
