"""How long something may take that goes through a whole table, by how long a part of it takes here and now."""

from __future__ import annotations

import time

import sqlalchemy as sa

SAMPLE = 2_000
"""Records of which the time is taken."""


def time_of(connection: sa.Connection, table: str, rows: int) -> float:
    """Seconds that writing so many records of a table may take, by how long some of them take to be read and shown."""
    began = time.perf_counter()
    read = connection.execute(sa.select(sa.text("*")).select_from(sa.table(table)).limit(SAMPLE)).all()
    took = time.perf_counter() - began
    return took / len(read) * rows if read else 0.0
