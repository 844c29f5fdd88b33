"""Sessions: opened at sign-in, kept alive by use, closed at once when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime.accounts.entries import note
from kith.runtime.accounts.passwords import digest, new_secret
from kith.runtime.schema import system

LIFETIME = timedelta(days=14)
"""How long a session lasts without being used, where the app does not say less."""
LONGEST = timedelta(days=90)
"""How long a session lasts however much it is used."""
REFRESH = timedelta(minutes=10)
"""How often its use is written down."""
HANDLE = 24
"""Characters of its hash that a session is named by."""


def unused_for(model: Model) -> timedelta:
    """How long a session lasts without being used: a setting of the platform layer, which may be changed at any time."""
    setting = model.app.settings.get("session_days")
    return timedelta(days=setting.value) if setting and isinstance(setting.value, int) else LIFETIME


@dataclass(frozen=True, slots=True)
class Session:
    """A device on which somebody is signed in; `handle` names it without opening it."""

    handle: str
    created_at: datetime
    seen_at: datetime
    agent: str
    acting: str | None
    here: bool


def open_session(
    connection: sa.Connection, user: str, now: datetime, agent: str = "", *, second: bool = False
) -> tuple[str, str]:
    """Open a session; the cookie's value and the secret against forged requests, neither of which is kept as it is.

    `second` where a provider of identities has seen to the second step.
    """
    secret, csrf = new_secret(), new_secret()
    row = {"digest": digest(secret), "user": user, "csrf": csrf, "created_at": now, "seen_at": now}
    connection.execute(
        sa.insert(system.session), row | {"expires_at": now + LIFETIME, "agent": agent[:200], "second": second}
    )
    connection.execute(sa.update(system.account).where(system.account.c.user == user).values(signed_in_at=now))
    _close(connection, system.session.c.expires_at < now, now)
    return secret, csrf


def list_sessions(connection: sa.Connection, user: str, now: datetime, here: str = "") -> list[Session]:
    """The devices on which a user is signed in, the one used last first; `here` is the secret of the one that asks."""
    session = system.session.c
    columns = session.digest, session.created_at, session.seen_at, session.agent, session.acting
    asked = sa.select(*columns).where(session.user == user, session.expires_at > now)
    rows = connection.execute(asked.order_by(session.seen_at.desc(), session.digest)).all()
    mine = digest(here) if here else ""
    return [Session(row[0][:HANDLE], row[1], row[2], row[3], row[4], row[0] == mine) for row in rows]


def end_session(connection: sa.Connection, user: str, handle: str, now: datetime) -> bool:
    """Sign a user out on one device; whether there was such a one."""
    session = system.session.c
    named = sa.and_(session.user == user, session.digest.startswith(handle, autoescape=True))
    return len(handle) == HANDLE and _close(connection, named, now) > 0


def touch_session(connection: sa.Connection, secret: str, now: datetime) -> None:
    """Note that a session is used: it lasts longer, unless it nears its last end or somebody acts as another in it."""
    session = system.session
    update = sa.update(session).where(session.c.digest == digest(secret), session.c.acting.is_(None))
    expires_at = session.c.expires_at
    later = sa.literal(now + LIFETIME, expires_at.type)
    until = sa.case((session.c.created_at > now + LIFETIME - LONGEST, later), else_=expires_at)
    connection.execute(update.values(seen_at=now, expires_at=until))


def close_session(connection: sa.Connection, secret: str, now: datetime) -> None:
    """Sign out."""
    _close(connection, system.session.c.digest == digest(secret), now)


def close_sessions(connection: sa.Connection, user: str, now: datetime, *, except_secret: str = "") -> None:
    """Sign a user out everywhere, but for one session."""
    session = system.session.c
    _close(connection, sa.and_(session.user == user, session.digest != digest(except_secret)), now)


def _close(connection: sa.Connection, which: sa.ColumnElement[bool], now: datetime) -> int:
    """End sessions; that somebody acted as another until then is written down."""
    session = system.session
    gone = sa.delete(session).where(which).returning(session.c.user, session.c.acting, session.c.expires_at)
    ended = connection.execute(gone).all()
    for user, acting, expires_at in ended:
        if acting is not None:
            note(connection, acting, "acting_ended", min(expires_at, now), acted_by=user)
    return len(ended)
