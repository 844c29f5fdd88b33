"""Why somebody sees a record or does not: which of his roles says what, and what its scope makes of the record."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.accessing import record_access
from kith.runtime.accessing.told import verdict_lines
from kith.runtime.context import Actor, Context
from kith.runtime.release import Release
from kith.runtime.write.messages import texts


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whether somebody sees a record, with a line for each role and for what its scope reads."""

    sees: bool
    lines: tuple[str, ...]


def explain_visibility(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, who: Actor
) -> Visibility | None:
    """Explain to the context's actor whether `who` sees a record; None where it may not be told (see `record_access`)."""
    found = record_access(connection, context, release, entity, id_, who)
    if found is None:
        return None
    say = texts(context.language)
    deleted = (say("access.deleted"),) if found.deleted else ()
    return Visibility(found.sees, (*deleted, *verdict_lines(say, found.verdicts[0])))
