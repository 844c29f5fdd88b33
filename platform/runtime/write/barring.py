"""Who reads what is copied says so until he has committed, so that the job that follows a change can wait for him.

A record that is saved while what it copies changes elsewhere may have read the old value, and may not be there yet for the
job to find. PostgreSQL's advisory locks tell the two apart; SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kith.metadata.analysis.copies import copies_of

if TYPE_CHECKING:
    from kith.runtime.release import Release
    from kith.runtime.write.session import Session

_SEED = 7_101
"""Sets these locks apart from others by the same ids."""
_NUMBER = sa.func.hashtextextended(sa.func.unnest(sa.bindparam("ids", type_=ARRAY(sa.Text))), _SEED)
_READ = sa.select(sa.func.pg_advisory_xact_lock_shared(_NUMBER))
_WAIT = sa.select(sa.func.pg_advisory_xact_lock(_NUMBER))


def copied_entities(release: Release) -> frozenset[str]:
    """The entities whose records' values are copied into others."""

    def make() -> frozenset[str]:
        return frozenset(name for name in release.model.entities if copies_of(release.model, name))

    found: frozenset[str] = release.cached(("copied entities",), make)
    return found


def announce(session: Session, wanted: Mapping[str, Iterable[str]]) -> None:
    """Say, before records are read of which this transaction may keep copies, that it reads them; their ids by entity."""
    copied = copied_entities(session.release) if session.release.tables.engine == "postgresql" else ()
    ids = sorted(id_ for name in wanted if name in copied for id_ in wanted[name])
    if ids:
        session.connection.execute(_READ, {"ids": ids})


def wait_for_readers(connection: sa.Connection, ids: Iterable[str]) -> None:
    """Wait for all transactions that have read these records before now; to be committed before anything else is done."""
    if connection.dialect.name == "postgresql":
        connection.execute(_WAIT, {"ids": sorted(ids)})
