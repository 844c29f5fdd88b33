"""Signing in: the same answer, after the same time, for addresses that are known and unknown; guesses are slowed down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER, actor_of_user
from kith.runtime.accounts.choosing import wrong_with
from kith.runtime.accounts.codes import take_code
from kith.runtime.accounts.entries import NOWHERE, Device, What, note
from kith.runtime.accounts.links import end_links, link_of, make_link, use_link
from kith.runtime.accounts.passwords import LONGEST, Passwords
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
class Due:
    """The password is right; a code is wanted as well. `secret` is what the second step is asked for with."""

    secret: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Not signed in; `wait` is how long further tries are refused. `over`: what one came with is not good any more."""

    reason: Literal["wrong", "wait", "over"]
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in has to know of an active user."""

    user: str
    password: str | None
    must_change: bool
    has_codes: bool


def sign_in(
    database: Database,
    release: Release,
    passwords: Passwords,
    login: tuple[str, str],
    now: datetime,
    device: Device = NOWHERE,
) -> Entered | Due | Failed:
    """Try an e-mail address and password; takes as long as hashing does, so it belongs into a thread."""
    mail, password = fold(login[0].strip()), login[1][:LONGEST]
    subjects = (Subject("login", mail), Subject("address", machine(device.address)))
    with database.read() as connection:
        wait = wait_of(connection, subjects, now)
        found = _account(connection, release, mail)
    if wait:
        return Failed("wait", wait)
    right = passwords.verify(found.password if found else None, password)

    def work(connection: sa.Connection) -> Entered | Due | Failed:
        if found is None or not right:
            if found is not None:
                note(connection, found.user, "wrong_password", now, device)
            return Failed("wrong", max(fail(connection, subject, now) for subject in subjects))
        forgive(connection, subjects[0])
        return _enter(connection, found, "password", now, device)

    return database.run(work)


def take_second_step(
    database: Database, secret: str, typed: str, now: datetime, device: Device = NOWHERE
) -> Entered | Failed:
    """Try a code of the second step; `secret` is what the first one has given."""

    def work(connection: sa.Connection) -> Entered | Failed:
        link = link_of(connection, secret, now)
        if link is None or link.kind != "second":
            return Failed("over")
        subjects = (Subject("code", link.user), Subject("address", machine(device.address)))
        if wait := wait_of(connection, subjects, now):
            return Failed("wait", wait)
        what = take_code(connection, link.user, typed, now)
        if not what or use_link(connection, secret, now) is None:
            note(connection, link.user, "wrong_code", now, device)
            return Failed("wrong", max(fail(connection, subject, now) for subject in subjects))
        forgive(connection, subjects[0])
        must_change = connection.scalar(sa.select(_ACCOUNT.c.must_change).where(_ACCOUNT.c.user == link.user))
        return _opened(connection, link.user, bool(must_change), what, now, device)

    return database.run(work)


def enter_by_link(
    database: Database, release: Release, passwords: Passwords, sent: tuple[str, str], now: datetime, device: Device
) -> Entered | Due | Failed:
    """Choose a password with the secret of an invitation or reset, which is used up, and sign in; see `wrong_with` first."""
    secret, hashed = sent[0], passwords.hash(sent[1])

    def work(connection: sa.Connection) -> Entered | Due | Failed:
        link = use_link(connection, secret, now)
        if (
            link is None
            or link.kind not in ("invite", "reset")
            or actor_of_user(connection, release, link.user) is None
        ):
            return Failed("over")
        set_password(connection, link.user, hashed, now, must_change=False)
        close_sessions(connection, link.user, now)
        end_links(connection, link.user)
        found = _account_of(connection, _ACCOUNT.c.user == link.user)
        return _enter(connection, found, "link", now, device) if found is not None else Failed("over")

    return database.run(work)


def enter_known(
    connection: sa.Connection, user: str, now: datetime, device: Device, *, second: bool, wanted: bool
) -> Entered | Due:
    """Sign in somebody whom another provider of identities knows: the second step is the provider's.

    `second` is that it has proven one. Where it has not and one is `wanted`, the user's own is asked for.
    """
    if not connection.scalar(sa.select(sa.func.count()).where(_ACCOUNT.c.user == user)):
        set_password(connection, user, None, now, must_change=False)
    found = _account_of(connection, _ACCOUNT.c.user == user)
    if wanted and not second and found is not None and found.has_codes:
        return _enter(connection, found, "provider", now, device)
    return _opened(connection, user, False, "provider", now, device, second=second)


def knows_password(
    database: Database, passwords: Passwords, user: str, password: str, now: datetime, device: Device = NOWHERE
) -> Failed | None:
    """Whether somebody who is signed in knows his password: he may have left his screen open. None where he does."""
    subjects = (Subject("login", user), Subject("address", machine(device.address)))
    with database.read() as connection:
        wait = wait_of(connection, subjects, now)
        found = _account_of(connection, _ACCOUNT.c.user == user)
    if wait:
        return Failed("wait", wait)
    if passwords.verify(found.password if found else None, password[:LONGEST]):
        return None

    def work(connection: sa.Connection) -> Failed:
        note(connection, user, "wrong_password", now, device)
        return Failed("wrong", max(fail(connection, subject, now) for subject in subjects))

    return database.run(work)


def change_password(
    database: Database,
    passwords: Passwords,
    user: str,
    password: str,
    now: datetime,
    *,
    keep: str = "",
    about: Iterable[str] = (),
    breached: Path | None = None,
    device: Device = NOWHERE,
) -> str:
    """Give a user the password that he has chosen and sign him out everywhere else; "" or why it is refused."""
    if wrong := wrong_with(password, about, breached):
        return wrong
    hashed = passwords.hash(password)

    def work(connection: sa.Connection) -> None:
        set_password(connection, user, hashed, now, must_change=False)
        close_sessions(connection, user, now, except_secret=keep)
        end_links(connection, user)
        note(connection, user, "password_changed", now, device)

    database.run(work)
    return ""


_ACCOUNT = system.account


def _enter(connection: sa.Connection, account: Account, what: What, now: datetime, device: Device) -> Entered | Due:
    if account.has_codes:
        return Due(make_link(connection, "second", account.user, now)[0])
    return _opened(connection, account.user, account.must_change, what, now, device)


def _opened(
    connection: sa.Connection,
    user: str,
    must_change: bool,
    what: What,
    now: datetime,
    device: Device,
    *,
    second: bool = False,
) -> Entered:
    secret, csrf = open_session(connection, user, now, device.agent, second=second)
    note(connection, user, what, now, device)
    return Entered(user, secret, csrf, must_change)


def _account(connection: sa.Connection, release: Release, mail: str) -> Account | None:
    """The account of an active user with that address."""
    shelf = shelf_of(release, USER)
    table = shelf.table
    folded = table.columns["email"].folded
    active = True if release.tables.engine == "postgresql" else 1
    named = (folded if folded is not None else table.columns["email"].value) == mail
    users = sa.select(table.id).where(table.live, table.columns["active"].value == active, named)
    return _account_of(connection, _ACCOUNT.c.user.in_(users))


def _account_of(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Account | None:
    """An account that people sign in to: one of a program has tokens only."""
    columns = _ACCOUNT.c.user, _ACCOUNT.c.password, _ACCOUNT.c.must_change, _ACCOUNT.c.totp
    row = connection.execute(sa.select(*columns).where(which, _ACCOUNT.c.service.isnot(sa.true()))).first()
    return Account(row[0], row[1], bool(row[2]), row[3] is not None) if row is not None else None


def set_password(connection: sa.Connection, user: str, hashed: str | None, now: datetime, *, must_change: bool) -> None:
    """Keep a password's hash for a user, whether he has had an account before or not."""
    account = system.account
    values: dict[str, Any] = {"password": hashed, "must_change": must_change, "changed_at": now}
    updated = connection.execute(sa.update(account).where(account.c.user == user).values(**values))
    if not updated.rowcount:
        connection.execute(sa.insert(account), {"user": user, "signed_in_at": None, **values})
