"""Users as the command line manages them: added, listed, given a new password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER
from kith.runtime.accounts.passwords import Passwords, one_time_password
from kith.runtime.accounts.sessions import close_sessions
from kith.runtime.accounts.signing import set_password
from kith.runtime.context import Context
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.sortkeys import fold
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save_within
from kith.runtime.write.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Added:
    """A new user and the password to be told once; it must be changed at the first sign-in."""

    id: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Known:
    """A user as a list shows him."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    signed_in_at: datetime | None


def add_user(
    database: Database,
    context: Context,
    release: Release,
    passwords: Passwords,
    email: str,
    *,
    name: str = "",
    roles: Sequence[str] = (),
) -> Added | Refused:
    """Add a user through the write gate, with a one-time password."""
    password = one_time_password()
    hashed = passwords.hash(password)
    values = {"email": email, "name": name or email.partition("@")[0], "roles": list(roles), "active": True}

    def work(connection: sa.Connection) -> Added | Refused:
        verdict = save_within(
            connection, context, release, [Change("create", USER, values=values)], Cause("system"), mode="each"
        )[0]
        if isinstance(verdict, Refused):
            return verdict
        set_password(connection, verdict.id, hashed, context.now, must_change=True)
        return Added(verdict.id, email, password)

    return database.run(work)


def reset_password(
    database: Database, release: Release, passwords: Passwords, email: str, now: datetime
) -> Added | None:
    """Give a user a new one-time password and sign him out everywhere; None where there is no such user."""
    password = one_time_password()
    hashed = passwords.hash(password)

    def work(connection: sa.Connection) -> Added | None:
        id_ = find_user(connection, release, email)
        if id_ is None:
            return None
        set_password(connection, id_, hashed, now, must_change=True)
        close_sessions(connection, id_)
        return Added(id_, email, password)

    return database.run(work)


def find_user(connection: sa.Connection, release: Release, email: str) -> str | None:
    """The id of the live user with that address."""
    table = shelf_of(release, USER).table
    columns = table.columns["email"]
    column = columns.folded if columns.folded is not None else columns.value
    found: str | None = connection.scalar(sa.select(table.id).where(table.live, column == fold(email.strip())))
    return found


def list_users(connection: sa.Connection, release: Release) -> list[Known]:
    """All live users by name."""
    table, account = shelf_of(release, USER).table, system.account
    name, email, active = (table.columns[field].value for field in ("name", "email", "active"))
    sort = table.columns["name"].sort
    rows = connection.execute(
        sa.select(table.id, name, email, active, account.c.signed_in_at)
        .outerjoin_from(table.table, account, account.c.user == table.id)
        .where(table.live)
        .order_by(name if sort is None else sort, table.id)
    ).all()
    link = table.links["roles"]
    roles: dict[str, list[str]] = {}
    for record, role in connection.execute(sa.select(link.record, link.value).order_by(link.value)):
        roles.setdefault(record, []).append(role)
    return [Known(row[0], row[1], row[2], tuple(roles.get(row[0], ())), bool(row[3]), row[4]) for row in rows]
