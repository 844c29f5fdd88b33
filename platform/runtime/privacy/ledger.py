"""Logs that are only added to: each row is chained to the one before by a hash, so that none can change or go unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa


def append(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Add a row to the log; what was added."""
    if connection.dialect.name == "postgresql":
        # One at a time: two that follow the same row would part the chain.
        connection.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
    last = connection.execute(sa.select(table.c.number, table.c.hash).order_by(table.c.number.desc()).limit(1)).first()
    made = {**row, "number": last.number + 1 if last else 1, "previous": last.hash if last else ""}
    made["hash"] = chained(table, made)
    connection.execute(sa.insert(table), made)
    return made


def chained(table: sa.Table, row: Mapping[str, Any]) -> str:
    """The hash over a row and, through `previous`, over all before it; what is noted later (`info`) stays outside."""
    covered = {str(column.name): row[column.name] for column in table.c if column.name != "hash" and not column.info}
    return hashlib.sha256(
        orjson.dumps(covered, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    ).hexdigest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def rows(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every row in order, and whether the chain is sound up to it."""
    previous, sound = "", True
    for number, found in enumerate(connection.execute(sa.select(table).order_by(table.c.number)), 1):
        row = dict(found._mapping)
        sound = sound and row["number"] == number and row["previous"] == previous and row["hash"] == chained(table, row)
        previous = row["hash"]
        yield row, sound
