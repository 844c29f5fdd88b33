"""Reminders: in the morning everybody is told what of his activities is due that day."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.inbox import tell
from kith.runtime.read import list_records
from kith.runtime.read.cells import TITLE
from kith.runtime.read.query import Query
from kith.runtime.release import Release

ACTIVITY = "activity"
READ = ("owner", "due_on", "status")
DUE = 'status == "open" and due_on == today() and owner is set'
MOST = 500
"""Activities that are looked at in one statement."""


def remind(connection: sa.Connection, context: Context, release: Release) -> int:
    """Tell the owners of what is due today; how many notices that makes. Nothing where an app keeps no such activities."""
    entity = release.model.entities.get(ACTIVITY)
    if entity is None or not {*READ} <= {*entity.fields}:
        return 0
    told = 0
    cursor: str | None = ""
    while cursor is not None:
        query = Query(ACTIVITY, ("owner.id", TITLE), filter=DUE, limit=MOST, cursor=cursor, count="none")
        found = list_records(connection, context, release, query)
        for id_, _, owner, title in found.rows:
            about = {"entity": ACTIVITY, "record": str(id_)}
            told += tell(connection, release, [str(owner)], "due", str(title), at=context.now, **about)
        cursor = found.next or None
    return told
