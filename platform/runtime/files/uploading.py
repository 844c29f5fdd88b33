"""Taking a file in: looked at first, then kept as its uploader's own until a save takes it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

import sqlalchemy as sa

from kith.metadata.fields.files import KINDS, LARGEST, PICTURES, accepted
from kith.metadata.model import Field
from kith.runtime.context import Context
from kith.runtime.files.blocks import Broken, Piece
from kith.runtime.files.described import Described
from kith.runtime.files.keeping import Kept, pending_size, uploader, whole_size
from kith.runtime.files.kinds import kind_of
from kith.runtime.files.names import cleaned
from kith.runtime.files.pictures import picture_of
from kith.runtime.ids import new_id
from kith.runtime.schema import system

MEGABYTE = 1_000_000
LARGEST_OF_ALL = 100 * MEGABYTE
"""Bytes of a file that any field may ask for."""
PORTION = 256 * 1024
"""Bytes of a file that are in memory at once, and in one row of its table."""
MOST_PENDING, LARGEST_PENDING = 200, 500 * MEGABYTE
"""Files, and their bytes, of one uploader that no record holds yet."""
WAITS = timedelta(days=1)
"""How long an upload waits for a save that takes it."""
PREVIEW_SIDE, PREVIEW_SIZE = 320, 64 * 1024
"""The longest side of a small picture, and its bytes."""


class Unfit(Exception):
    """A file that is not taken: a key of the texts of uploads, and its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that may be kept: what it is, and its bytes in order."""

    file: IO[bytes]
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    pieces: tuple[Piece, ...] = ()
    """What of it is kept, where that is not all."""
    preview: bytes | None = None

    def portions(self) -> Iterator[bytes]:
        """Its bytes, of which few are in memory at once."""
        if not self.pieces:
            self.file.seek(0)
            while data := self.file.read(PORTION):
                yield data
            return
        waiting = b""
        for part in self._parts():
            waiting += part
            if len(waiting) >= PORTION:
                yield waiting[:PORTION]
                waiting = waiting[PORTION:]
        if waiting:
            yield waiting

    def _parts(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            self.file.seek(piece.start)
            left = piece.length
            while left:
                data = self.file.read(min(left, PORTION))
                if not data:
                    raise Broken
                left -= len(data)
                yield data


def look(file: IO[bytes], name: str, field: Field | None = None, preview: IO[bytes] | None = None) -> Looked:
    """What a file is, and whether it may be kept, by what its field takes; raises Unfit.

    `preview` is a small picture of a picture, which the sender has made; one that is not so small, or no picture, is left out.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise Unfit("empty")
    largest = int(str(field.params.get("max_size", LARGEST))) * MEGABYTE if field is not None else LARGEST_OF_ALL
    if size > largest:
        raise Unfit("too_large", limit=largest // MEGABYTE)
    kind = kind_of(file, name)
    takes = accepted(field.params.get("accept"), field.type_name) if field is not None else EVERY
    if kind not in takes:
        raise Unfit("kind", kinds=", ".join(takes))
    if kind not in PICTURES:
        return Looked(file, cleaned(name, kind), kind, size)
    try:
        picture = picture_of(file, kind)
    except Broken as broken:
        raise Unfit(broken.reason) from None
    small = _small(preview) if preview is not None else None
    return Looked(
        file, cleaned(name, kind), kind, picture.size, picture.width, picture.height, picture.pieces, preview=small
    )


EVERY = tuple(kind for group in KINDS.values() for kind in group)


def _small(file: IO[bytes]) -> bytes | None:
    if file.seek(0, os.SEEK_END) > PREVIEW_SIZE or (kind := kind_of(file, "")) not in ("jpeg", "png", "webp"):
        return None
    try:
        picture = picture_of(file, kind)
    except Broken:
        return None
    if max(picture.width, picture.height) > PREVIEW_SIDE:
        return None
    return b"".join(Looked(file, "", kind, picture.size, pieces=picture.pieces).portions())


def keep(connection: sa.Connection, context: Context, looked: Looked, most: int = 0) -> Kept:
    """Keep a file for its uploader, in the caller's transaction; raises Unfit where there is no room.

    `most` are the bytes that all files may have, 0 for as many as the disk holds.
    """
    count, size = pending_size(connection, context.actor)
    if count >= MOST_PENDING or size + looked.size > LARGEST_PENDING:
        raise Unfit("too_many")
    if most and whole_size(connection) + looked.size > most:
        raise Unfit("full")
    id_, sum_ = new_id(), hashlib.sha256()
    for number, data in enumerate(looked.portions()):
        sum_.update(data)
        connection.execute(sa.insert(system.file_part), {"file": id_, "number": number, "data": data})
    row = {
        "id": id_,
        "name": looked.name,
        "type": looked.type,
        "size": looked.size,
        "sha256": sum_.hexdigest(),
        "width": looked.width,
        "height": looked.height,
        "preview": looked.preview,
        "uploaded_at": context.now,
        "uploaded_by": uploader(context.actor),
    }
    connection.execute(sa.insert(system.file), row)
    described = Described(id_, looked.name, looked.type, looked.size)
    by = uploader(context.actor)
    return Kept(described, sum_.hexdigest(), looked.width, looked.height, context.now, by, None)
