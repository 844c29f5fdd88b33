"""Secrets that open one door once: invitations, other passwords and addresses, the second step of signing in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from kith.runtime.accounts.passwords import digest, new_secret
from kith.runtime.schema import system

Kind = Literal["invite", "reset", "second", "email"]
LIFETIMES: Mapping[Kind, timedelta] = {
    "invite": timedelta(days=7),
    "reset": timedelta(hours=4),
    "second": timedelta(minutes=10),
    "email": timedelta(hours=4),
}
_LINK = system.link
_SAID = _LINK.c.kind, _LINK.c.user, _LINK.c.expires_at, _LINK.c.about


@dataclass(frozen=True, slots=True)
class Link:
    """What a secret is good for, and whose it is; `about` is the address that it was sent to, where that is another one."""

    kind: Kind
    user: str
    expires_at: datetime
    about: str | None = None


def make_link(
    connection: sa.Connection,
    kind: Kind,
    user: str,
    now: datetime,
    *,
    made_by: str | None = None,
    about: str | None = None,
) -> tuple[str, datetime]:
    """A new secret, which is not kept as it is, and until when it is good; one of that kind that was made before is over."""
    secret, until = new_secret(), now + LIFETIMES[kind]
    old = sa.and_(_LINK.c.user == user, _LINK.c.kind == kind)
    # Whoever signs in on two devices at once has two second steps.
    connection.execute(sa.delete(_LINK).where(_LINK.c.expires_at < now if kind == "second" else old))
    row = {"digest": digest(secret), "kind": kind, "user": user, "created_at": now, "expires_at": until}
    connection.execute(sa.insert(_LINK), row | {"made_by": made_by, "about": about})
    return secret, until


def link_of(connection: sa.Connection, secret: str, now: datetime) -> Link | None:
    """What a secret is good for; None where it is used, over or was never one."""
    asked = sa.select(*_SAID)
    row = connection.execute(asked.where(_LINK.c.digest == digest(secret), _LINK.c.expires_at > now)).first()
    return Link(*row) if row is not None else None


def use_link(connection: sa.Connection, secret: str, now: datetime) -> Link | None:
    """Use a secret up; of several who try at once one gets it."""
    gone = sa.delete(_LINK).where(_LINK.c.digest == digest(secret), _LINK.c.expires_at > now)
    row = connection.execute(gone.returning(*_SAID)).first()
    return Link(*row) if row is not None else None


def end_links(connection: sa.Connection, user: str) -> None:
    """Nothing that was made for a user before opens anything any more."""
    connection.execute(sa.delete(_LINK).where(_LINK.c.user == user))
