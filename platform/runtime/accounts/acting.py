"""An administrator looks at the CRM as somebody else: in his own session, for an hour, and everything says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from kith.runtime.accounts.actors import actor_of_user, administering
from kith.runtime.accounts.entries import NOWHERE, Device, note
from kith.runtime.accounts.managing import standing_of
from kith.runtime.accounts.passwords import digest, new_secret
from kith.runtime.accounts.sessions import LIFETIME
from kith.runtime.context import Actor
from kith.runtime.release import Release
from kith.runtime.schema import system

LASTS = timedelta(hours=1)
"""How long it lasts; then the administrator signs in again."""
_SESSION = system.session


def may_be_acted_as(connection: sa.Connection, release: Release, user: str, own: Actor) -> bool:
    """Whether somebody may act as a user: never as himself, as one who administers, as a program, or as two at once."""
    other = actor_of_user(connection, release, user)
    roles = administering(release)
    return (
        other is not None
        and own.acted_by is None
        and bool(own.roles & roles)
        and user != own.id
        and not other.roles & roles
        and not standing_of(connection, user).service
    )


def begin_acting(connection: sa.Connection, secret: str, own: str, user: str, now: datetime, device: Device) -> None:
    """From now on the session is one of the user. Forms that are open cannot be sent any more: their secret is another."""
    values = {"acting": user, "csrf": new_secret(), "expires_at": now + LASTS, "seen_at": now}
    connection.execute(sa.update(_SESSION).where(_SESSION.c.digest == digest(secret)).values(**values))
    note(connection, user, "acting_began", now, device, acted_by=own)


def end_acting(connection: sa.Connection, secret: str, now: datetime, device: Device = NOWHERE) -> None:
    """The session is its user's own again."""
    row = connection.execute(
        sa.select(_SESSION.c.user, _SESSION.c.acting).where(_SESSION.c.digest == digest(secret))
    ).first()
    if row is None or row[1] is None:
        return
    values = {"acting": None, "csrf": new_secret(), "expires_at": now + LIFETIME, "seen_at": now}
    connection.execute(sa.update(_SESSION).where(_SESSION.c.digest == digest(secret)).values(**values))
    note(connection, row[1], "acting_ended", now, device, acted_by=row[0])
