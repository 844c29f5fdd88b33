"""Checksums of what a workspace holds: equal where every declared value of every live record is the same."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from kith.runtime.workspace import Workspace
from kith.runtime.write.sets import sets_of
from kith.runtime.write.shelf import shelf_of


def checksums(workspace: Workspace) -> dict[str, tuple[int, str]]:
    """Of every entity, how many live records there are and a checksum of their declared values."""
    release = workspace.current()
    found = {}
    with workspace.database.read() as connection:
        for name, entity in release.model.entities.items():
            shelf = shelf_of(release, name)
            ids = [str(id_) for id_ in connection.scalars(sa.select(shelf.table.id).where(shelf.table.live))]
            sets = sets_of(connection, shelf, ids)
            rows = [
                "\t".join(f"{field}={_spelled((one | sets[one['id']]).get(field))}" for field in ("id", *entity.fields))
                for one in shelf.select(connection, ids, lock=False)
            ]
            found[name] = len(rows), hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    return found


def _spelled(value: object) -> str:
    return str(sorted(value)) if isinstance(value, frozenset) else str(value)
