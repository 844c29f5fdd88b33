"""What is known of files: whose they are, and the rows that say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Actor
from kith.runtime.files.described import Described
from kith.runtime.read.cursors import ID
from kith.runtime.schema import system
from kith.runtime.schema.names import EntityNames
from kith.runtime.schema.pairing import went_on

Holder = tuple[str, str, str]
"""The table of an entity, a record of it, and the column of one of its fields: names that outlive renames."""
FILE = system.file.c
_KNOWN = (FILE.id, FILE.name, FILE.type, FILE.size, FILE.sha256, FILE.width, FILE.height)
_WHOSE = (FILE.uploaded_at, FILE.uploaded_by, FILE.entity, FILE.record, FILE.field)


@dataclass(frozen=True, slots=True)
class Kept:
    """One file, without its bytes. It is its uploader's until a record holds it."""

    described: Described
    sha256: str
    width: int | None
    height: int | None
    uploaded_at: datetime
    uploaded_by: str
    holder: Holder | None

    def is_for(self, actor: Actor, table: str, record: str, columns: Collection[str]) -> bool:
        """Whether a field of a record may hold it, because it does or did, or because who acts has just uploaded it."""
        if self.holder is None:
            return self.uploaded_by == uploader(actor)
        return self.holder[:2] == (table, record) and self.holder[2] in columns


def columns_of(names: EntityNames, field: str) -> frozenset[str]:
    """The columns by which files are a field's: its own, and those that it had before its type changed."""
    return frozenset({names.columns[field], *(base for base, name in went_on(names).items() if name == field)})


def uploader(actor: Actor) -> str:
    """Whose a file is that somebody uploads: a user's, or that of a token that stands for itself."""
    return actor.id or f"{actor.kind}:{actor.name}"


def kept_files(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Kept]:
    """What is known of files by id, in one statement; those that are not there are left out."""
    wanted = sorted(id_ for id_ in set(ids) if ID.fullmatch(id_))
    if not wanted:
        return {}
    found = connection.execute(sa.select(*_KNOWN, *_WHOSE).where(FILE.id.in_(wanted)))
    return {str(row[0]): _kept(tuple(row)) for row in found}


def held_files(connection: sa.Connection, table: str, ids: Iterable[str]) -> list[Kept]:
    """The files of records, also those that only the history names, in the order of their uploads."""
    which = sa.and_(FILE.entity == table, FILE.record.in_(list(ids)))
    found = connection.execute(sa.select(*_KNOWN, *_WHOSE).where(which).order_by(FILE.id))
    return [_kept(tuple(row)) for row in found]


def _kept(row: tuple[Any, ...]) -> Kept:
    id_, name, type_, size, sha256, width, height, at, by, entity, record, field = row
    holder = (entity, str(record), field) if entity is not None else None
    return Kept(Described(str(id_), name, type_, size), sha256, width, height, at, by, holder)


def pending_size(connection: sa.Connection, actor: Actor) -> tuple[int, int]:
    """How many files somebody has uploaded that no record holds yet, and their bytes."""
    mine = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(FILE.size), 0))
    row = connection.execute(mine.where(FILE.entity.is_(None), FILE.uploaded_by == uploader(actor))).one()
    return int(row[0]), int(row[1])


def whole_size(connection: sa.Connection) -> int:
    """The bytes of all files."""
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(FILE.size), 0))) or 0)
