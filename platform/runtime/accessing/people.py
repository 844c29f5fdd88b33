"""Who sees a record: told to those who administer."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.accessing.records import beside, sees
from kith.runtime.accounts.actors import active_actors
from kith.runtime.context import Context
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.write.change import Cause
from kith.runtime.write.session import Session

MOST = 200
"""People who are looked at."""


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees a record, with the labels of all his roles."""

    id: str
    name: str
    roles: tuple[str, ...]


def who_sees(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str
) -> tuple[tuple[Seer, ...], bool]:
    """Who of the active users sees a record, and whether that is all of them; nobody is told who does not administer."""
    if not reader_of(context, release).administers:
        return (), True
    asker = Session(connection, context, release, Cause("form", dry_run=True))
    record = asker.load(entity, id_)
    if record is None:
        return (), True
    actors = active_actors(connection, release, MOST + 1)
    found = []
    for actor in actors[:MOST]:
        if sees(beside(asker, actor), record):
            labels = [
                release.model.roles[name].label.in_(context.language)
                for name in sorted(actor.roles)
                if name in release.model.roles
            ]
            found.append(Seer(actor.id or "", actor.name, tuple(labels)))
    return tuple(found), len(actors) <= MOST
