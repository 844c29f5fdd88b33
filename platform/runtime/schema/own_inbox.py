"""Kith's own table of what people are told."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.columns import ID, TEXT, Instant
from kith.runtime.schema.own import column, index, table

notice = table(
    "notice",
    column("id", ID, key=True),
    column("user", ID),
    column("kind", TEXT),
    column("text", TEXT),
    column("entity", TEXT, null=True),
    column("record", ID, null=True),
    column("at", Instant),
    column("read_at", Instant, null=True),
)
"""What somebody is told: `rule` with the text of a rule, `due` with the title of what is due, `job` with the kind of a job that
has ended, whose id is `record`. `entity` and `record` say what it is about."""
index(notice, "user", "id")
index(notice, "user", where=notice.c.read_at.is_(sa.null()))
