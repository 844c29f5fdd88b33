"""Sessions: opened at sign-in, kept alive by use, closed at once when somebody says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from kith.runtime.accounts.passwords import digest, new_secret
from kith.runtime.schema import system

LIFETIME = timedelta(days=14)
"""How long a session lasts without being used."""
REFRESH = timedelta(minutes=10)
"""How often its use is written down."""


def open_session(connection: sa.Connection, user: str, now: datetime, agent: str = "") -> tuple[str, str]:
    """Open a session; the cookie's value and the secret against forged requests, neither of which is kept as it is."""
    secret, csrf = new_secret(), new_secret()
    row = {"digest": digest(secret), "user": user, "csrf": csrf, "created_at": now, "seen_at": now}
    connection.execute(sa.insert(system.session), row | {"expires_at": now + LIFETIME, "agent": agent[:200]})
    connection.execute(sa.update(system.account).where(system.account.c.user == user).values(signed_in_at=now))
    connection.execute(sa.delete(system.session).where(system.session.c.expires_at < now))
    return secret, csrf


def touch_session(connection: sa.Connection, secret: str, now: datetime) -> None:
    """Note that a session is used: it lasts longer."""
    session = system.session
    update = sa.update(session).where(session.c.digest == digest(secret))
    connection.execute(update.values(seen_at=now, expires_at=now + LIFETIME))


def close_session(connection: sa.Connection, secret: str) -> None:
    """Sign out."""
    connection.execute(sa.delete(system.session).where(system.session.c.digest == digest(secret)))


def close_sessions(connection: sa.Connection, user: str, *, except_secret: str = "") -> None:
    """Sign a user out everywhere, but for one session."""
    session = system.session
    gone = sa.delete(session).where(session.c.user == user, session.c.digest != digest(except_secret))
    connection.execute(gone)
