"""API tokens: shown once, kept as a hash, with roles, an end and the time of their last use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kith.runtime.accounts.passwords import digest, new_secret
from kith.runtime.ids import new_id
from kith.runtime.schema import system

PREFIX = "kith_"
"""What tokens begin with, so that scanners of leaked secrets know them."""
REFRESH = timedelta(minutes=1)
"""How often a token's use is written down."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as a list shows it; its secret is not among what is kept."""

    id: str
    name: str
    user: str | None
    roles: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


def issue_token(
    connection: sa.Connection,
    name: str,
    now: datetime,
    *,
    user: str | None = None,
    roles: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Make a token; its id and its secret. Without roles of its own it has those of its user."""
    secret, id_ = PREFIX + new_secret(), new_id()
    row = {"id": id_, "digest": digest(secret), "name": name, "user": user, "roles": sorted(roles)}
    times = {"created_at": now, "expires_at": expires_at, "used_at": None, "revoked_at": None}
    connection.execute(sa.insert(system.token), row | times)
    return id_, secret


def list_tokens(connection: sa.Connection, user: str | None = None) -> list[IssuedToken]:
    """All tokens, or those of a user, the newest first."""
    token = system.token.c
    columns = (token.id, token.name, token.user, token.roles, token.created_at, token.expires_at, token.used_at)
    asked = sa.select(*columns, token.revoked_at).order_by(token.created_at.desc())
    rows = connection.execute(asked if user is None else asked.where(token.user == user))
    return [IssuedToken(*row[:3], tuple(row[3] or ()), *row[4:]) for row in rows]


def revoke_token(connection: sa.Connection, id_: str, now: datetime, *, user: str | None = None) -> bool:
    """End a token at once, of a user only where one is named; whether there was such a live one."""
    token = system.token
    update = sa.update(token).where(token.c.id == id_, token.c.revoked_at.is_(None)).values(revoked_at=now)
    if user is not None:
        update = update.where(token.c.user == user)
    return connection.execute(update).rowcount == 1


def touch_token(connection: sa.Connection, id_: str, now: datetime) -> None:
    """Note that a token is used."""
    connection.execute(sa.update(system.token).where(system.token.c.id == id_).values(used_at=now))
