"""What happened to an account, for its user and for those who administer: signing in and failing to, new secrets, acting as him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa

from kith.runtime.ids import new_id
from kith.runtime.schema import system

KEPT = timedelta(days=180)
"""How long it is kept."""

What = Literal[
    "password",
    "code",
    "recovery",
    "provider",
    "link",
    "wrong_password",
    "wrong_code",
    "password_changed",
    "email_changed",
    "codes_on",
    "codes_off",
    "token_made",
    "token_revoked",
    "signed_out_elsewhere",
    "acting_began",
    "acting_ended",
]
"""Signed in by password, code of the second step, recovery code, provider or link; failed; secrets changed; somebody acted."""
WHAT: Sequence[What] = get_args(What)


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from: its address and what the browser calls itself."""

    address: str = ""
    agent: str = ""


NOWHERE = Device()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `acted_by` is the administrator who did it in the user's stead."""

    id: str
    user: str
    at: datetime
    what: What
    address: str
    agent: str
    acted_by: str | None


def note(
    connection: sa.Connection,
    user: str,
    what: What,
    now: datetime,
    device: Device = NOWHERE,
    *,
    acted_by: str | None = None,
) -> None:
    """Write down what happened."""
    row = {"id": new_id(), "user": user, "at": now, "what": what, "acted_by": acted_by}
    connection.execute(sa.insert(system.sign_in), row | {"address": device.address[:64], "agent": device.agent[:200]})


def entries(connection: sa.Connection, user: str, *, before: str = "", limit: int = 50) -> list[Entry]:
    """What happened to an account, the latest first; `before` is the id of the last one that was shown."""
    table = system.sign_in
    columns = (table.c.id, table.c.user, table.c.at, table.c.what, table.c.address, table.c.agent, table.c.acted_by)
    asked = sa.select(*columns).where(table.c.user == user).order_by(table.c.id.desc()).limit(limit)
    if before:
        asked = asked.where(table.c.id < before)
    return [Entry(*row) for row in connection.execute(asked)]


def forget_entries(connection: sa.Connection, now: datetime) -> int:
    """Let go of what is older than it is kept; how much that is."""
    return connection.execute(sa.delete(system.sign_in).where(system.sign_in.c.at < now - KEPT)).rowcount
