"""Links that go by mail: the letter is made when it leaves, so that no secret waits in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime import queue
from kith.runtime.accounts.actors import USER, actor_of_user
from kith.runtime.accounts.links import LIFETIMES, Kind, make_link
from kith.runtime.accounts.throttling import Subject, fail, machine, wait_of
from kith.runtime.context import Actor, Context
from kith.runtime.database import Database
from kith.runtime.queue.telling import texts_of
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.sortkeys import fold
from kith.runtime.settings import Settings
from kith.runtime.write.shelf import shelf_of

LINK = "/link/"
"""Where the pages take a secret; the secret follows."""
KIND = "email"
"""What such jobs are called."""


class NoMail(Exception):
    """A letter is to be sent, and the server that does the work has no outgoing mail."""


def post_link(
    connection: sa.Connection,
    release: Release,
    kind: Kind,
    user: str,
    now: datetime,
    *,
    made_by: str | None = None,
    to: str | None = None,
) -> str:
    """Have a link mailed to a user, `to` an address that is not yet his; the job's id."""
    payload = {"link": kind, "user": user, "made_by": made_by, "to": to}
    return queue.enqueue(connection, release, KIND, payload, now=now)


def post_told(connection: sa.Connection, release: Release, user: str, to: str, now: datetime) -> str:
    """Have the address that a user had until now told that he has another one; the job's id."""
    return queue.enqueue(connection, release, KIND, {"link": "", "user": user, "to": to}, now=now)


def ask_reset(database: Database, release: Release, email: str, now: datetime, address: str) -> bool:
    """Have a link mailed to whoever has forgotten his password, if there is such a person: the asker is told the same.

    False where too many were asked for.
    """
    address_ = fold(email.strip())
    subjects = (Subject("mail", address_), Subject("link", machine(address)))

    def work(connection: sa.Connection) -> bool:
        if wait_of(connection, subjects, now):
            return False
        for subject in subjects:
            fail(connection, subject, now)
        user = _who_may_reset(connection, release, address_)
        if user is not None:
            post_link(connection, release, "reset", user, now)
        return True

    return database.run(work)


def _who_may_reset(connection: sa.Connection, release: Release, email: str) -> str | None:
    """The active user with that address whose account people sign in to: one statement, whoever it is."""
    table = shelf_of(release, USER).table
    columns = table.columns["email"]
    named = (columns.folded if columns.folded is not None else columns.value) == email
    account, active = system.account, True if release.tables.engine == "postgresql" else 1
    user: str | None = connection.scalar(
        sa.select(table.id)
        .join(account, account.c.user == table.id)
        .where(table.live, table.columns["active"].value == active, named, account.c.service.isnot(sa.true()))
    )
    return user


def send_link(
    database: Database, context: Context, release: Release, settings: Settings, job: str, payload: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Make the link of a job and send it; one that was made by an earlier try is over. What only tells has none."""
    # Pages only ask for letters; what sends them costs to import.
    from kith.runtime import mail

    if settings.mail is None:
        raise NoMail("KITH_SMTP_URL is not set where the work is done")
    user, kind, to = str(payload["user"]), _kind(payload["link"]), payload.get("to")

    def work(connection: sa.Connection) -> tuple[Actor, str] | None:
        actor = actor_of_user(connection, release, user)
        if actor is None or kind is None:
            return (actor, "") if actor is not None else None
        return actor, make_link(connection, kind, user, context.now, made_by=payload.get("made_by"), about=to)[0]

    made = database.run(work)
    if made is None:
        return {"gone": True}
    actor, secret = made
    subject, text = written(release, actor, kind, f"{settings.address}{LINK}{secret}")
    mail.send(settings.mail, mail.letter(settings.mail, context, to or str(actor.record["email"]), subject, text, job))
    return {}


def written(release: Release, actor: Actor, kind: Kind | None, link: str) -> tuple[str, str]:
    """The subject and text of a letter, in the language of whom it is to; without a kind, that his address is another one."""
    app = release.model.app
    language = actor.language or app.languages[0]
    texts, title = texts_of(language), app.title.in_(language)
    if kind is None:
        return texts("mail.moved.subject", app=title), texts("mail.moved.text", name=actor.name, app=title)
    hours = int(LIFETIMES[kind].total_seconds()) // 3600
    lasts = texts("mail.days", count=hours // 24) if hours >= 24 else texts("mail.hours", count=hours)
    values = {"name": actor.name, "app": title, "link": link, "lasts": lasts}
    return texts(f"mail.{kind}.subject", app=title), texts(f"mail.{kind}.text", **values)


def _kind(name: object) -> Kind | None:
    return next((kind for kind in LIFETIMES if kind == name), None)
