"""Signing in: the same answer, after the same time, for addresses that are known and unknown; guesses are slowed down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER
from kith.runtime.accounts.passwords import LONGEST, SHORTEST, Passwords
from kith.runtime.accounts.sessions import close_sessions, open_session
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.sortkeys import fold
from kith.runtime.write.shelf import shelf_of

TRIES = {"login": 5, "address": 30}
"""Failures after which an address (of mail, of a machine) has to wait."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


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
    subjects = {"login": _hidden("login", mail), "address": _hidden("address", address)}
    with database.read() as connection:
        wait = _wait(connection, subjects.values(), now)
        found = _account(connection, release, mail)
    if wait:
        return Failed("wait", wait)
    right = passwords.verify(found[1] if found else None, password)
    return database.run(lambda connection: _finish(connection, subjects, found if right else None, now, agent))


def _finish(
    connection: sa.Connection, subjects: dict[str, str], found: tuple[Any, ...] | None, now: datetime, agent: str
) -> Entered | Failed:
    if found is None:
        return Failed("wrong", max(_fail(connection, kind, subject, now) for kind, subject in subjects.items()))
    gone = sa.delete(system.attempt).where(system.attempt.c.subject == subjects["login"])
    connection.execute(gone)
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


def _hidden(kind: str, subject: str) -> str:
    return hashlib.sha256(f"{kind}:{subject}".encode()).hexdigest()


def _wait(connection: sa.Connection, subjects: Any, now: datetime) -> timedelta:
    attempt = system.attempt.c
    blocked = sa.select(sa.func.max(attempt.blocked_until)).where(attempt.subject.in_(list(subjects)))
    until: datetime | None = connection.scalar(blocked)
    return until - now if until is not None and until > now else timedelta()


def _fail(connection: sa.Connection, kind: str, subject: str, now: datetime) -> timedelta:
    """Count a failure; how long the subject has to wait now."""
    attempt = system.attempt
    failures = 1 + int(
        connection.scalar(
            sa.select(attempt.c.failures).where(
                attempt.c.subject == subject, attempt.c.last_at > now - timedelta(days=1)
            )
        )
        or 0
    )
    over = failures - TRIES[kind]
    wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else timedelta()
    connection.execute(sa.delete(attempt).where(attempt.c.subject == subject))
    row = {"subject": subject, "failures": failures, "last_at": now, "blocked_until": now + wait if wait else None}
    connection.execute(sa.insert(attempt), row)
    return wait


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
