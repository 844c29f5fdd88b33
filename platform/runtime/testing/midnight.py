"""A new day in a test: values that change with the day are renewed, and the rules that read them woken, as the worker does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.write.change import Failure, Refused, Saved, Verdict
from kith.runtime.write.overdue import renew_overdue

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.release import Release


def day_begins(connection: sa.Connection, context: Context, release: Release, of: str, subject: str) -> Verdict:
    """Everything that has run out is renewed, batch by batch; what rules refused meanwhile is told like a refused save."""
    so_far: Mapping[str, Any] = {}
    more = True
    while more:
        so_far, more = renew_overdue(connection, context, release, so_far)
    if refusals := so_far["refusals"]:
        return Refused("invalid", tuple(Failure(one["code"], one["message"], rule=one["rule"]) for one in refusals))
    return Saved("update", of, subject, 0, "", created=False)
