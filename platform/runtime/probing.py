"""Unique keys and duplicates tell a writer one bit, that there is such a record: who asks for it again and again has to wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from kith.runtime.accounts.throttling import LIMITS, Subject, Throttle, fail, wait_of
from kith.runtime.calling import Doors
from kith.runtime.context import Context
from kith.runtime.rights import rights_of
from kith.runtime.write.change import Refused, Verdict

if TYPE_CHECKING:
    from kith.runtime.database import Connection, Database
    from kith.runtime.release import Release

MOST = LIMITS["key"].tries
"""Taken values that one answer tells of at most, where the records that hold them may not be read."""


def wait(doors: Doors, context: Context, caller: str = "") -> timedelta:
    """How long somebody has to wait; asked before a save: otherwise being stopped would tell as much as being refused.

    `caller` names who is no user.
    """
    return doors.throttle.wait(_prober(context, caller), context.now)


def count(doors: Doors, context: Context, verdicts: Iterable[Verdict], caller: str = "") -> None:
    """Count what was refused because a value is taken."""
    times = taken(verdicts)
    if times:
        doors.throttle.failed(doors.workspace.database, _prober(context, caller), context.now, times)


def taken(verdicts: Iterable[Verdict]) -> int:
    """How many values were refused because they are taken, or told of that a record which one may not see is like them."""
    found = 0
    for verdict in verdicts:
        failures = verdict.failures if isinstance(verdict, Refused) else ()
        found += sum(failure.code in ("taken", "duplicate_hidden") for failure in failures)
        found += sum(not alike.id and not alike.refuses for alike in verdict.alike)
    return found


def tells_more(context: Context, release: Release, entity: str, times: int) -> bool:
    """Whether to tell of so many taken values of an entity would be more than one may try out."""
    return times > MOST and is_secret(context, release, entity)


def is_secret(context: Context, release: Release, entity: str) -> bool:
    """Whether somebody learns by a taken value what he may not read; who reads all keys of all records does not."""
    if context.actor.kind == "system":
        return False
    rights, declared = rights_of(release.model, context.actor.roles)[entity], release.model.entities[entity]
    names = {name for key in declared.keys.values() for name in key.fields}
    names |= {one.name for one in declared.fields.values() if one.unique}
    names |= {name for rule in declared.duplicates.values() for name in rule.match}
    return not (rights.right("read").always and all(rights.reading(name).read.always for name in names))


def has_to_wait(connection: Connection, context: Context) -> timedelta:
    """The same as `wait` for a process that remembers nothing: it asks the database."""
    return wait_of(connection, [_prober(context, "")], context.now)


def note(database: Database, context: Context, times: int) -> None:
    """Count for such a process what was refused because a value is taken."""
    if times and context.actor.kind != "system":
        Throttle().failed(database, _prober(context, ""), context.now, times)


def note_within(connection: Connection, context: Context, times: int) -> None:
    """The same in the caller's transaction."""
    if times and context.actor.kind != "system":
        fail(connection, _prober(context, ""), context.now, times)


def _prober(context: Context, caller: str) -> Subject:
    """The person, whichever token is used."""
    return Subject("key", context.actor.id or caller)
