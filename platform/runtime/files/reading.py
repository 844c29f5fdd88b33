"""Who gets a file: whoever may read the field that holds it, or its version in the history; before that its uploader alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.files.described import ids_in
from kith.runtime.files.keeping import Holder, Kept, columns_of, kept_files, uploader
from kith.runtime.files.kinds import kind_of_bytes
from kith.runtime.files.uploading import PORTION
from kith.runtime.read import get_record, history
from kith.runtime.read.cursors import ID
from kith.runtime.read.query import Denied
from kith.runtime.release import Release
from kith.runtime.schema import system

VERSIONS = 10_000
SMALL = 512 * 1024
"""Bytes of a picture that can stand for itself in a list."""
_FILE = system.file.c
_PART = system.file_part.c


def readable_file(connection: sa.Connection, context: Context, release: Release, id_: str) -> Kept | None:
    """A file that whoever acts may have; None as well where there is none."""
    kept = kept_files(connection, [id_]).get(id_) if ID.fullmatch(id_) else None
    if kept is None or not _may_have(connection, context, release, kept):
        return None
    return kept


def _may_have(connection: sa.Connection, context: Context, release: Release, kept: Kept) -> bool:
    if kept.holder is None:
        return kept.uploaded_by == uploader(context.actor)
    named = _named(release, kept.holder)
    if named is None:
        return False
    entity, record, field = named
    try:
        view = get_record(connection, context, release, entity, record, deleted=True)
        if view is None or field in view.masked:
            return False
        if kept.described.id in ids_in(view.values.get(field)):
            return True
        # What the field held before: who reads that in the history may have it.
        entries = history(connection, context, release, entity, record, limit=VERSIONS)
    except Denied:
        return False
    return any(kept.described.id in ids_in(one) for entry in entries for one in entry.changes.get(field, ()))


def _named(release: Release, holder: Holder) -> tuple[str, str, str] | None:
    """What holds a file, by the names of today; None where there is no such field any more."""
    table, record, column = holder
    entity = release.names.by_table.get(table)
    if entity is None or entity not in release.model.entities:
        return None
    fields, names = release.model.entities[entity].fields, release.names.entities[entity]
    field = next((name for name in names.columns if column in columns_of(names, name)), None)
    return (entity, record, field) if field is not None and field in fields else None


def portion(connection: sa.Connection, id_: str, number: int) -> bytes | None:
    """One portion of a file's bytes; None where it has no more, or is gone."""
    found = connection.scalar(sa.select(_PART.data).where(_PART.file == id_, _PART.number == number))
    return bytes(found) if found is not None else None


def whole(connection: sa.Connection, id_: str) -> Iterator[bytes]:
    """All portions of a file, one after the other."""
    number = 0
    while (data := portion(connection, id_, number)) is not None:
        yield data
        number += 1


def portions_of(first: int, last: int) -> list[tuple[int, int, int]]:
    """Which portions hold the bytes from `first` to `last`, and where in each they begin and end."""
    return [
        (number, max(0, first - number * PORTION), min(PORTION, last + 1 - number * PORTION))
        for number in range(first // PORTION, last // PORTION + 1)
    ]


@dataclass(frozen=True, slots=True)
class Small:
    """A small picture, and its kind."""

    data: bytes
    type: str


def small_picture(connection: sa.Connection, kept: Kept) -> Small | None:
    """What stands for a picture in a list: its preview, or itself where it is no larger; None where neither is there."""
    made = connection.scalar(sa.select(_FILE.preview).where(_FILE.id == kept.described.id))
    if made is not None:
        return Small(bytes(made), kind_of_bytes(bytes(made[:16])))
    if kept.width is None or kept.described.size > SMALL:
        return None
    parts = sa.select(_PART.data).where(_PART.file == kept.described.id).order_by(_PART.number)
    return Small(b"".join(bytes(one) for one in connection.scalars(parts)), kept.described.type)
