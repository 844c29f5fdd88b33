"""Who agreed to what: a log of each yes and each withdrawal, with when, how and to which version of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Purpose
from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.privacy import ledger
from kith.runtime.release import Release
from kith.runtime.schema import system

HOW = ("form", "paper", "phone", "mail", "in_person", "other")
"""By which way somebody said so."""
_CONSENT = system.consent


@dataclass(frozen=True, slots=True)
class Said:
    """A purpose with what a person said of it last; `entry` is None where that is nothing."""

    purpose: Purpose
    entry: dict[str, Any] | None

    @property
    def given(self) -> bool:
        """Whether the person agrees."""
        return self.entry is not None and bool(self.entry["given"])

    @property
    def outdated(self) -> bool:
        """Whether the person agrees to another text than the one in use."""
        return self.given and self.entry is not None and self.entry["version"] != self.purpose.version


def note(
    connection: sa.Connection,
    context: Context,
    release: Release,
    person: tuple[str, str],
    purpose: str,
    *,
    given: bool,
    how: str,
    at: datetime | None = None,
) -> dict[str, Any]:
    """Note that a person agreed or took it back, to the text in use now; raises ValueError for what is not known."""
    entity, id_ = person
    declared = release.model.entities[entity].consents.get(purpose)
    if declared is None or how not in HOW or (at is not None and at > context.now):
        raise ValueError(purpose if declared is None else how if how not in HOW else str(at))
    row = {
        "id": new_id(),
        "entity": release.tables[entity].stable_name,
        "record": id_,
        "purpose": purpose,
        "given": given,
        "at": at or context.now,
        "how": how,
        "version": declared.version,
        "noted_at": context.now,
        "actor": context.actor.id,
    }
    return ledger.append(connection, _CONSENT, row)


def log_of(connection: sa.Connection, release: Release, entity: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """All that people said, in the order in which it was noted."""
    mine = sa.and_(_CONSENT.c.entity == release.tables[entity].stable_name, _CONSENT.c.record.in_(ids))
    found = connection.execute(sa.select(_CONSENT).where(mine).order_by(_CONSENT.c.number))
    return [dict(row._mapping) for row in found]


def said_by(connection: sa.Connection, release: Release, entity: str, id_: str) -> Iterator[Said]:
    """Each purpose, with what the person said of it last: what was said later counts, whenever it was noted."""
    last: dict[str, dict[str, Any]] = {}
    for entry in log_of(connection, release, entity, [id_]):
        known = last.get(entry["purpose"])
        if known is None or entry["at"] >= known["at"]:
            last[entry["purpose"]] = entry
    for purpose in release.model.entities[entity].consents.values():
        yield Said(purpose, last.get(purpose.name))


def is_sound(connection: sa.Connection) -> bool:
    """Whether no entry was changed or taken away."""
    return all(sound for _, sound in ledger.rows(connection, _CONSENT))
