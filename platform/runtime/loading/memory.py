"""What the release before has put into records: the table `kith_reference`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.runtime.schema.system import reference

Entry = tuple[Any, Any]
"""What a record held after its row was applied, and what the document said."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A row as it was last applied; `entity` and the keys of `values` are physical names."""

    entity: str
    record: str
    key: str
    data: str
    row: str
    version: int
    """0 where a person had changed the record before; below 0, where a release took it away, that of the deleted record."""
    values: Mapping[str, Entry]

    @property
    def is_away(self) -> bool:
        """Whether a release without the row has taken the record away."""
        return self.version < 0

    @property
    def left_at(self) -> int:
        """The version of a record that was taken away, as long as nobody has touched it since."""
        return -self.version


def recall(connection: sa.Connection) -> list[Memory]:
    """Everything that is remembered; nothing in a database that a Kith before this one has made."""
    if not sa.inspect(connection).has_table(reference.name):
        return []
    rows = connection.execute(sa.select(reference).order_by(reference.c.entity, reference.c.record))
    return [
        Memory(
            row.entity,
            row.record,
            row.key,
            row.data,
            row.row,
            row.version,
            {name: (entry[0], entry[1]) for name, entry in row._mapping["values"].items()},
        )
        for row in rows
    ]


def remember(connection: sa.Connection, memories: Iterable[Memory]) -> None:
    """Keep rows as they now are."""
    memories = list(memories)
    kept = [(one.entity, one.record) for one in memories]
    rows = [
        {
            "entity": one.entity,
            "record": one.record,
            "key": one.key,
            "data": one.data,
            "row": one.row,
            "version": one.version,
            "values": {name: list(entry) for name, entry in one.values.items()},
        }
        for one in memories
    ]
    forget(connection, kept)
    if rows:
        connection.execute(reference.insert(), rows)


def forget(connection: sa.Connection, records: Iterable[tuple[str, str]]) -> None:
    """Let go of rows."""
    gone = [{"of": entity, "id_": record} for entity, record in records]
    if gone:
        named = (reference.c.entity == sa.bindparam("of")) & (reference.c.record == sa.bindparam("id_"))
        connection.execute(sa.delete(reference).where(named), gone)
