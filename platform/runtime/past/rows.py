"""Rows of the history, as whoever tells or takes back what was reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime.schema import system

_HISTORY = system.history.c
_COLUMNS = ("id", "record", "version", "op", "channel", "batch", "at", "values", "digests")


@dataclass(frozen=True, slots=True)
class Row:
    """One version of a record; `values` are None where they have been erased, `touched` are the columns that changed."""

    id: str
    record: str
    version: int
    op: str
    channel: str
    batch: str | None
    at: datetime
    values: Mapping[str, Mapping[str, Any]] | None
    touched: frozenset[str]

    @property
    def is_cycle(self) -> bool:
        """Whether the record went into the recycle bin with it, or came out."""
        return self.op in ("delete", "restore")


def rows_of(connection: sa.Connection, table: str, ids: Iterable[str]) -> dict[str, list[Row]]:
    """The history of some records of a table, each oldest first."""
    found: dict[str, list[Row]] = {id_: [] for id_ in ids}
    chosen = sa.select(*(_HISTORY[name] for name in _COLUMNS)).where(
        _HISTORY.entity == table, _HISTORY.record.in_(sorted(found))
    )
    for row in connection.execute(chosen.order_by(_HISTORY.record, _HISTORY.version)):
        found[row[1]].append(_row(*row))
    return found


def _row(
    id_: str,
    record: str,
    version: int,
    op: str,
    channel: str,
    batch: str | None,
    at: datetime,
    values: Any,
    digests: Any,
) -> Row:
    return Row(id_, record, version, op, channel, batch, at, values, frozenset(digests))
