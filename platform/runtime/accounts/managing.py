"""Users as those who administer manage them: added, invited, listed, given a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER, actor_of_user
from kith.runtime.accounts.entries import note
from kith.runtime.accounts.links import Kind, end_links, make_link
from kith.runtime.accounts.mailing import post_link
from kith.runtime.accounts.passwords import Passwords, one_time_password
from kith.runtime.accounts.sessions import close_sessions
from kith.runtime.accounts.signing import set_password
from kith.runtime.context import Context
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.sortkeys import fold
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save_within
from kith.runtime.write.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Added:
    """A new user and the password to be told once; it must be changed at the first sign-in."""

    id: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody to be added; without a name the first part of the address is one."""

    email: str
    name: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """A link for a user: its secret, to be shown once, "" where it goes by mail."""

    user: str
    kind: Kind
    secret: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: known at all, with a password, of a program, with a second step; when it was last used."""

    known: bool = False
    password: bool = False
    service: bool = False
    codes: bool = False
    signed_in_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A user as a list shows him."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    signed_in_at: datetime | None
    service: bool = False


def add_user(
    database: Database,
    context: Context,
    release: Release,
    passwords: Passwords,
    person: NewUser,
) -> Added | Refused:
    """Add a user through the write gate, with a one-time password."""
    password = one_time_password()
    hashed = passwords.hash(password)

    def work(connection: sa.Connection) -> Added | Refused:
        verdict = made_by_gate(connection, context, release, person)
        if isinstance(verdict, Refused):
            return verdict
        set_password(connection, verdict.id, hashed, context.now, must_change=True)
        return Added(verdict.id, person.email, password)

    return database.run(work)


def add_service(database: Database, context: Context, release: Release, person: NewUser) -> Added | Refused:
    """Add an account for a program: nobody can sign in to it, and its tokens act in its name."""

    def work(connection: sa.Connection) -> Added | Refused:
        verdict = made_by_gate(connection, context, release, person)
        if isinstance(verdict, Refused):
            return verdict
        set_password(connection, verdict.id, None, context.now, must_change=False)
        made = sa.update(system.account).where(system.account.c.user == verdict.id)
        connection.execute(made.values(service=True))
        return Added(verdict.id, person.email, "")

    return database.run(work)


def invite(
    database: Database, context: Context, release: Release, person: NewUser, *, mailed: bool = False
) -> Invited | Refused:
    """Add a user and make a link with which he chooses a password; `mailed` sends it to him instead."""

    def work(connection: sa.Connection) -> Invited | Refused:
        verdict = made_by_gate(connection, context, release, person)
        if isinstance(verdict, Refused):
            return verdict
        set_password(connection, verdict.id, None, context.now, must_change=False)
        return _linked(connection, context, release, "invite", verdict.id, mailed)

    return database.run(work)


def link_again(
    database: Database, context: Context, release: Release, user: str, *, mailed: bool = False
) -> Invited | None:
    """Another link for a user: an invitation where he has never chosen a password, else to choose another one.

    None for those who cannot sign in: inactive, or accounts of programs.
    """

    def work(connection: sa.Connection) -> Invited | None:
        standing = standing_of(connection, user)
        if standing.service or actor_of_user(connection, release, user) is None:
            return None
        if not standing.known:
            set_password(connection, user, None, context.now, must_change=False)
        return _linked(connection, context, release, "reset" if standing.password else "invite", user, mailed)

    return database.run(work)


def _linked(
    connection: sa.Connection, context: Context, release: Release, kind: Kind, user: str, mailed: bool
) -> Invited:
    made_by = context.actor.id
    if mailed:
        post_link(connection, release, kind, user, context.now, made_by=made_by)
        return Invited(user, kind, "", None)
    secret, until = make_link(connection, kind, user, context.now, made_by=made_by)
    return Invited(user, kind, secret, until)


def made_by_gate(connection: sa.Connection, context: Context, release: Release, person: NewUser) -> Saved | Refused:
    """The user's record, by the gate like any other."""
    name = person.name or person.email.partition("@")[0]
    values = {"email": person.email, "name": name, "roles": list(person.roles), "active": True}
    cause = Cause("form" if context.actor.id else "system")
    return save_within(connection, context, release, [Change("create", USER, values=values)], cause, mode="each")[0]


def standing_of(connection: sa.Connection, user: str) -> Standing:
    """How a user's account stands."""
    account = system.account.c
    columns = account.password, account.service, account.totp, account.signed_in_at, account.changed_at
    row = connection.execute(sa.select(*columns).where(account.user == user)).first()
    if row is None:
        return Standing()
    return Standing(True, row[0] is not None, bool(row[1]), row[2] is not None, row[3], row[4])


def reset_password(
    database: Database, release: Release, passwords: Passwords, email: str, now: datetime
) -> Added | None:
    """Give a user a new one-time password and sign him out everywhere; None where there is no such person."""
    password = one_time_password()
    hashed = passwords.hash(password)

    def work(connection: sa.Connection) -> Added | None:
        id_ = find_user(connection, release, email)
        if id_ is None or standing_of(connection, id_).service:
            return None
        set_password(connection, id_, hashed, now, must_change=True)
        close_sessions(connection, id_, now)
        end_links(connection, id_)
        note(connection, id_, "password_changed", now)
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
        sa.select(table.id, name, email, active, account.c.signed_in_at, account.c.service)
        .outerjoin_from(table.table, account, account.c.user == table.id)
        .where(table.live)
        .order_by(name if sort is None else sort, table.id)
    ).all()
    link = table.links["roles"]
    roles: dict[str, list[str]] = {}
    for record, role in connection.execute(sa.select(link.record, link.value).order_by(link.value)):
        roles.setdefault(record, []).append(role)
    return [
        Known(row[0], row[1], row[2], tuple(roles.get(row[0], ())), bool(row[3]), row[4], bool(row[5])) for row in rows
    ]
