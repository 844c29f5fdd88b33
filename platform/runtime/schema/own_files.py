"""Kith's own tables of files: what is known of each, and its bytes in portions (docs/decisions/0041-files.md)."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.columns import ID, TEXT, Instant
from kith.runtime.schema.own import column, index, table

file = table(
    "file",
    column("id", ID, key=True),
    column("name", TEXT),
    column("type", TEXT),
    column("size", sa.BigInteger),
    column("sha256", TEXT),
    column("width", sa.Integer, null=True),
    column("height", sa.Integer, null=True),
    column("preview", sa.LargeBinary, null=True),
    column("uploaded_at", Instant),
    column("uploaded_by", TEXT),
    column("entity", TEXT, null=True),
    column("record", ID, null=True),
    column("field", TEXT, null=True),
)
"""One row for each file. `name` is for people only; `type` is its kind, told by its content; `sha256` and `size` are those of the
bytes that are kept. It belongs to its uploader until a save takes it: then to that field of that record, for good, whatever the
field holds later. `preview` is a small picture of a picture."""
index(file, "entity", "record")
index(file, "uploaded_at", where=file.c.entity.is_(None))

file_part = table(
    "file_part",
    column("file", ID, key=True),
    column("number", sa.Integer, key=True),
    column("data", sa.LargeBinary),
)
"""The bytes of files, in portions that are read one at a time; the first has the number 0."""
