"""Which record a key names: looked up for a whole batch at once, and remembered for the next one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.read.labels import labels_of
from kith.runtime.read.reader import reader_of
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.release import Release

REMEMBERED = 100_000
"""Keys of one kind that are kept; then they are looked up again."""
Key = tuple[Any, ...]
Kind = tuple[str, tuple[str, ...]]


class Identity:
    """The ids of records by key, of those that are there and those that this import makes."""

    def __init__(self, connection: sa.Connection, context: Context, release: Release) -> None:
        self.connection = connection
        self.context = context
        self.release = release
        self._known: dict[Kind, dict[Key, str]] = {}

    def look_up(self, entity: str, names: tuple[str, ...], keys: Iterable[Key]) -> None:
        """Have at hand which of these keys there are, in one statement."""
        known = self._known.setdefault((entity, names), {})
        if len(known) > REMEMBERED:
            known.clear()
        wanted = {key: same for key in keys if (same := self._same(entity, names, key)) is not None}
        missing = [key for key, same in wanted.items() if same not in known]
        found = shelf_of(self.release, entity).find(self.connection, names, missing)
        seen = self._seen(entity, found.values())
        known |= {wanted[key]: id_ for key, id_ in found.items() if id_ in seen}

    def _seen(self, entity: str, ids: Collection[str]) -> Collection[str]:
        """Those of some records that the actor sees: a key is no way to learn of others."""
        reader = reader_of(self.context, self.release)
        if reader.may_read(entity) and not reader.is_limited(entity):
            return ids
        labels = labels_of(self.connection, self.context, reader, entity, ids)
        return {id_ for id_, label in labels.items() if label.visible}

    def find(self, entity: str, names: tuple[str, ...], key: Key) -> str | None:
        """The id of the record with a key that was looked up; None where there is none."""
        same = self._same(entity, names, key)
        return self._known.get((entity, names), {}).get(same) if same is not None else None

    def remember(self, entity: str, names: tuple[str, ...], key: Key, id_: str) -> None:
        """A record that is being made."""
        same = self._same(entity, names, key)
        if same is not None:
            self._known.setdefault((entity, names), {})[same] = id_

    def forget(self, entity: str, ids: frozenset[str]) -> None:
        """Records that were refused."""
        for (name, _), known in self._known.items():
            if name == entity:
                for key in [key for key, id_ in known.items() if id_ in ids]:
                    del known[key]

    def _same(self, entity: str, names: tuple[str, ...], key: Key) -> Key | None:
        if any(part is None for part in key):
            return None
        return tuple(str(part) for part in shelf_of(self.release, entity).comparable(names, key))
