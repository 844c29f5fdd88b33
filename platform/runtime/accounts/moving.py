"""Another mail address of somebody's own: he signs in with it, so that it is proved by a link to it, and told to the old one."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.accounts.actors import USER, actor_of_user
from kith.runtime.accounts.entries import Device, note
from kith.runtime.accounts.links import end_links, use_link
from kith.runtime.accounts.mailing import post_link, post_told
from kith.runtime.accounts.throttling import Subject, fail, wait_of
from kith.runtime.context import Context
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema.sortkeys import fold
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save_within


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose address is another one now, and which."""

    user: str
    email: str


def address_of(typed: str) -> str:
    """An address as it is kept; "" where it is none."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return ""


def ask_move(database: Database, context: Context, release: Release, user: str, email: str) -> bool:
    """Have a link mailed to the address that somebody wants; False where too many were sent there.

    Whether somebody else has it is told to who reads its mail only.
    """
    subject, now = Subject("mail", fold(email)), context.now

    def work(connection: sa.Connection) -> bool:
        if wait_of(connection, (subject,), now):
            return False
        fail(connection, subject, now)
        post_link(connection, release, "email", user, now, made_by=user, to=email)
        return True

    return database.run(work)


def move_by_link(
    database: Database, context: Context, release: Release, secret: str, device: Device
) -> Moved | Refused | None:
    """Take the address that a link was sent to; None where it is not good any more. The context is the system's."""

    def work(connection: sa.Connection) -> Moved | Refused | None:
        link = use_link(connection, secret, context.now)
        if link is None or link.kind != "email" or not link.about:
            return None
        return _moved(connection, context, release, link.user, link.about, device, mailed=True)

    return database.run(work)


def move_now(
    database: Database, context: Context, release: Release, user: str, email: str, device: Device
) -> Moved | Refused | None:
    """The same at once, where no mail is sent: the password is all the proof there is."""
    return database.run(lambda connection: _moved(connection, context, release, user, email, device, mailed=False))


def _moved(
    connection: sa.Connection,
    context: Context,
    release: Release,
    user: str,
    email: str,
    device: Device,
    *,
    mailed: bool,
) -> Moved | Refused | None:
    actor = actor_of_user(connection, release, user)
    if actor is None:
        return None
    change = Change("update", USER, user, {"email": email})
    verdict = save_within(connection, context, release, [change], Cause("system"), mode="each")[0]
    if isinstance(verdict, Refused):
        return verdict
    note(connection, user, "email_changed", context.now, device)
    end_links(connection, user)
    if mailed:
        post_told(connection, release, user, str(actor.record["email"]), context.now)
    return Moved(user, email)
