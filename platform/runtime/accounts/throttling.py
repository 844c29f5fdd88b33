"""Trying things out is slowed down: who fails too often has to wait, twice as long each time."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.database import Database
from kith.runtime.schema import system

LOG = logging.getLogger("kith.throttling")
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)
KNOWN = 10_000
"""Subjects that a process remembers."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Failures after which one has to wait; a pause of `within` wipes the slate."""

    tries: int
    within: timedelta


LIMITS: Mapping[str, Limit] = {
    "login": Limit(5, timedelta(days=1)),
    "address": Limit(30, timedelta(days=1)),
    "token": Limit(30, timedelta(minutes=10)),
    "key": Limit(100, timedelta(minutes=10)),
    "code": Limit(5, timedelta(days=1)),
    "link": Limit(20, timedelta(hours=1)),
    "mail": Limit(3, timedelta(hours=1)),
}
"""What is tried: a password by mail address and by machine, tokens by machine, values of unique keys by actor, codes of the
second step by user, links by machine; and mail that somebody asks for, by its address."""

_TABLE = system.attempt
_INSERTS: Mapping[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Subject:
    """Who tries what; only a digest is kept."""

    kind: str
    name: str

    @property
    def digest(self) -> str:
        """What stands in the table."""
        return hashlib.sha256(f"{self.kind}:{self.name}".encode()).hexdigest()


def machine(address: str) -> str:
    """What counts as one machine: of IPv6, whose owners have a network each, that network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def wait_of(connection: sa.Connection, subjects: Iterable[Subject], now: datetime) -> timedelta:
    """How long some subjects have to wait still."""
    digests = [subject.digest for subject in subjects]
    blocked = sa.select(sa.func.max(_TABLE.c.blocked_until)).where(_TABLE.c.subject.in_(digests))
    until: datetime | None = connection.scalar(blocked)
    return until - now if until is not None and until > now else timedelta()


def fail(connection: sa.Connection, subject: Subject, now: datetime, times: int = 1) -> timedelta:
    """Count failures; how long the subject has to wait now."""
    limit = LIMITS[subject.kind]
    # One statement, so that failures of the same moment are counted one after the other.
    row = {"subject": subject.digest, "failures": times, "last_at": now, "blocked_until": None}
    insert = _INSERTS[connection.dialect.name](_TABLE).values(row)
    recent = sa.case((_TABLE.c.last_at > now - limit.within, _TABLE.c.failures), else_=0)
    count = insert.on_conflict_do_update(
        index_elements=[_TABLE.c.subject], set_={"failures": recent + times, "last_at": now}
    ).returning(_TABLE.c.failures)
    failures = int(connection.execute(count).scalar_one())
    over = failures - limit.tries
    wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else timedelta()
    update = sa.update(_TABLE).where(_TABLE.c.subject == subject.digest)
    connection.execute(update.values(blocked_until=now + wait if wait else None))
    if subject.digest.startswith("00"):
        # Now and then, whoever it is.
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.last_at < now - FORGOTTEN))
    return wait


def forgive(connection: sa.Connection, subject: Subject) -> None:
    """Forget the failures of a subject."""
    connection.execute(sa.delete(_TABLE).where(_TABLE.c.subject == subject.digest))


@dataclass(frozen=True, slots=True)
class Throttle:
    """Who has to wait, as far as this process knows: it is asked before every save, which no statement may make dearer.

    Another process learns of it when it is the next to count a failure.
    """

    _until: dict[Subject, datetime] = field(default_factory=dict)

    def wait(self, subject: Subject, now: datetime) -> timedelta:
        """How long a subject has to wait still."""
        until = self._until.get(subject)
        return until - now if until is not None and until > now else timedelta()

    def failed(self, database: Database, subject: Subject, now: datetime, times: int = 1) -> timedelta:
        """Count failures; how long the subject has to wait now. Who waits already costs no write."""
        wait = self.wait(subject, now)
        if wait:
            return wait
        wait = database.run(lambda connection: fail(connection, subject, now, times))
        if wait:
            # Who it is stands in the table as well by this digest alone.
            said = {"kind": subject.kind, "seconds": int(wait.total_seconds()), "subject": subject.digest[:16]}
            LOG.warning("too many failures: somebody has to wait", extra=said)
            if len(self._until) >= KNOWN:
                self._until.clear()
            self._until[subject] = now + wait
        return wait
