"""Kith's own tables of imports that people carry out on pages: what each has said so far, and its rows that failed."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.columns import ID, TEXT, Instant, Json
from kith.runtime.schema.own import column, index, table

file_import = table(
    "import",
    column("id", ID, key=True),
    column("entity", TEXT),
    column("user", ID),
    column("file", ID, null=True),
    column("name", TEXT),
    column("shape", TEXT),
    column("settings", Json),
    column("tried", ID, null=True),
    column("run", ID, null=True),
    column("at", Instant),
)
"""One import: `file` is the upload until it has run, `shape` a digest of its columns, by which what they feed is remembered;
`tried` and `run` are the jobs that looked at the whole file and that wrote it."""
index(file_import, "user", "entity")

import_failure = table(
    "import_failure",
    column("run", ID, key=True),
    column("row", sa.BigInteger, key=True),
    column("cells", Json),
    column("reasons", Json),
)
"""Rows that a run could not use: their number in the file, the cells as texts in the order of its columns, and why."""
