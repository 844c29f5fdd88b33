"""Requests that carry a key are carried out once: the key and its answer are rows of the save's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.schema import system

KEPT = timedelta(hours=48)
"""How long an answer is kept; a day is promised."""

_TABLE = system.idempotency
_CLAIMS = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key),
}
_FIND = sa.select(_TABLE.c.request, _TABLE.c.status, _TABLE.c.answer).where(
    _TABLE.c.actor == sa.bindparam("actor_"), _TABLE.c.key == sa.bindparam("key_")
)
_KEEP = (
    sa.update(_TABLE)
    .where(_TABLE.c.actor == sa.bindparam("actor_"), _TABLE.c.key == sa.bindparam("key_"))
    .values(status=sa.bindparam("status_"), answer=sa.bindparam("answer_", type_=_TABLE.c.answer.type))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered to the first request with a key; `request` is the digest of that request."""

    request: str
    status: int
    answer: Mapping[str, Any]


def claim(connection: sa.Connection, actor: str, key: str, request: str, now: datetime) -> Kept | None:
    """None where this transaction is the first with that key, else what the first has answered.

    A second transaction waits here until the first has ended: nothing is done twice, and what was rolled back leaves no
    key behind.
    """
    row = {"actor": actor, "key": key, "request": request, "status": 0, "answer": None, "created_at": now}
    if connection.execute(_CLAIMS[connection.dialect.name], row).first() is not None:
        return None
    return find(connection, actor, key)


def find(connection: sa.Connection, actor: str, key: str) -> Kept | None:
    """What was answered to the first request with a key, None where there was none."""
    found = connection.execute(_FIND, {"actor_": actor, "key_": key}).one_or_none()
    return None if found is None else Kept(*found)


def keep(connection: sa.Connection, actor: str, key: str, status: int, answer: Mapping[str, Any]) -> None:
    """Keep the answer of the request that has claimed a key."""
    connection.execute(_KEEP, {"actor_": actor, "key_": key, "status_": status, "answer_": dict(answer)})


def forget_old(connection: sa.Connection, now: datetime) -> int:
    """Let go of answers that nobody will ask for again; how many they were."""
    return connection.execute(sa.delete(_TABLE).where(_TABLE.c.created_at < now - KEPT)).rowcount
