"""What somebody may do with a record, and what of it he sees: asked of both gates, which must say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.read.query import Denied, RecordView
from kith.runtime.read.records import get_record
from kith.runtime.testing.outcome import Mismatch
from kith.runtime.write.authorising import holds, is_seen_with, may_see, right, rights
from kith.runtime.write.change import Cause
from kith.runtime.write.session import Session, Values

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks, at records of what."""

    connection: sa.Connection
    context: Context
    release: Release
    entity: str


def looked_up(looking: Looking, subject: str, expect: Mapping[str, object]) -> Iterator[Mismatch]:
    """What the one who looks may do and sees otherwise than expected."""
    view = _view(looking, subject)
    session = Session(looking.connection, looking.context, looking.release, Cause("api"))
    record = session.load(looking.entity, subject)
    if record is None:
        return
    wanted = expect.get("visible", not expect["denied"] if "denied" in expect else None)
    if wanted is not None and (view is not None) != wanted:
        yield Mismatch("visible", str(wanted).lower(), str(view is not None).lower())
    if (saves := may_see(session, looking.entity, record)) != (view is not None):
        yield Mismatch("visible (SQL)", str(saves).lower(), str(view is not None).lower())
    yield from _rights(session, looking.entity, record, expect)
    yield from _fields(session, view, looking.entity, record, expect)


def _view(looking: Looking, subject: str) -> RecordView | None:
    try:
        return get_record(looking.connection, looking.context, looking.release, looking.entity, subject)
    except Denied:
        return None


def _rights(session: Session, entity: str, record: Values, expect: Mapping[str, object]) -> Iterator[Mismatch]:
    for key, wanted in (("may", True), ("may_not", False)):
        for name in _names(expect, key):
            seen = holds(session, right(session, entity, name), record) and is_seen_with(session, entity, record)
            if seen != wanted:
                yield Mismatch(name, "may" if wanted else "may not", "may not" if wanted else "may")


def _fields(
    session: Session, view: RecordView | None, entity: str, record: Values, expect: Mapping[str, object]
) -> Iterator[Mismatch]:
    for key, wanted in (("reads", True), ("reads_not", False)):
        for name in _names(expect, key):
            found = view is not None and holds(session, rights(session, entity).reading(name).read, record)
            if found != wanted:
                yield Mismatch(f"{entity}.{name}", "read" if wanted else "hidden", "read" if found else "hidden")


def _names(expect: Mapping[str, object], key: str) -> Sequence[str]:
    names = expect.get(key)
    return [str(name) for name in names] if isinstance(names, list | tuple) else []
