"""Signing in: the same answer, after the same time, for addresses that are known and unknown; guesses are slowed down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER
from kith.runtime.accounts.passwords import LONGEST, SHORTEST, Passwords
from kith.runtime.accounts.sessions import close_sessions, open_session
from kith.runtime.accounts.throttling import Subject, fail, forgive, machine, wait_of
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.sortkeys import fold
from kith.runtime.write.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in: the cookie's value, the secret against forged requests, and whether a new password is due."""

    user: str
    secret: str
    csrf: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """Not signed in; `wait` is how long further tries are refused."""

    reason: Literal["wrong", "wait"]
    wait: timedelta = timedelta()


def sign_in(
    database: Database,
    release: Release,
    passwords: Passwords,
    login: tuple[str, str],
    now: datetime,
    *,
    address: str = "",
    agent: str = "",
) -> Entered | Failed:
    """Try an e-mail address and password; takes as long as hashing does, so it belongs into a thread."""
    mail, password = fold(login[0].strip()), login[1][:LONGEST]
    subjects = (Subject("login", mail), Subject("address", machine(address)))
    with database.read() as connection:
        wait = wait_of(connection, subjects, now)
        found = _account(connection, release, mail)
    if wait:
        return Failed("wait", wait)
    right = passwords.verify(found[1] if found else None, password)
    return database.run(lambda connection: _finish(connection, subjects, found if right else None, now, agent))


def _finish(
    connection: sa.Connection, subjects: Sequence[Subject], found: tuple[Any, ...] | None, now: datetime, agent: str
) -> Entered | Failed:
    if found is None:
        return Failed("wrong", max(fail(connection, subject, now) for subject in subjects))
    forgive(connection, subjects[0])
    secret, csrf = open_session(connection, found[0], now, agent)
    return Entered(found[0], secret, csrf, bool(found[2]))


def _account(connection: sa.Connection, release: Release, mail: str) -> tuple[Any, ...] | None:
    """The user's id, hash and whether a new password is due, of an active user."""
    shelf, account = shelf_of(release, USER), system.account
    table = shelf.table
    folded = table.columns["email"].folded
    active = True if release.tables.engine == "postgresql" else 1
    statement = (
        sa.select(account.c.user, account.c.password, account.c.must_change)
        .join(table.table, table.id == account.c.user)
        .where(table.live, table.columns["active"].value == active)
        .where((folded if folded is not None else table.columns["email"].value) == mail)
    )
    row = connection.execute(statement).first()
    return tuple(row) if row is not None else None


def change_password(
    database: Database, passwords: Passwords, user: str, password: str, now: datetime, *, keep: str = ""
) -> str:
    """Give a user the password that he has chosen and sign him out everywhere else.

    Returns "" or why it is refused: `too_short` or `too_long`.
    """
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    hashed = passwords.hash(password)

    def work(connection: sa.Connection) -> None:
        set_password(connection, user, hashed, now, must_change=False)
        close_sessions(connection, user, except_secret=keep)

    database.run(work)
    return ""


def set_password(connection: sa.Connection, user: str, hashed: str | None, now: datetime, *, must_change: bool) -> None:
    """Keep a password's hash for a user, whether he has had an account before or not."""
    account = system.account
    values: dict[str, Any] = {"password": hashed, "must_change": must_change, "changed_at": now}
    updated = connection.execute(sa.update(account).where(account.c.user == user).values(**values))
    if not updated.rowcount:
        connection.execute(sa.insert(account), {"user": user, "signed_in_at": None, **values})
