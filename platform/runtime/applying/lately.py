"""Which records have to do with what was saved since an instant, by whoever did not yet know what is computed from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.program import Use
from kith.rules.sql.values import to_database
from kith.rules.types import DATETIME
from kith.runtime.ids import first_id
from kith.runtime.release import Release
from kith.runtime.schema import system

DEEP = 4
"""Roll-ups of roll-ups, and copies of copies, that are followed."""
Condition = sa.ColumnElement[bool]


def saved_lately(
    connection: sa.Connection, release: Release, entity: str, fields: Sequence[str], since: datetime
) -> Condition:
    """The condition on an entity's records that they, or what some computed fields read, were saved since."""
    lately = _Lately(connection, release, since)
    declared = release.model.entities[entity].fields
    return sa.or_(*lately.conditions(entity, [declared[name] for name in fields], DEEP))


class _Lately:
    def __init__(self, connection: sa.Connection, release: Release, since: datetime) -> None:
        self.connection, self.release, self.since = connection, release, since
        self.instant = to_database(since, DATETIME, release.tables.engine)

    def conditions(self, entity: str, fields: Sequence[Field], deep: int) -> Iterator[Condition]:
        yield self.release.tables[entity].table.c.updated_at >= self.instant
        if deep:
            uses = {use for field in fields if field.value is not None for use in field.value.uses}
            for use in sorted(uses, key=str):
                yield from self._read(entity, use, deep - 1)

    def _read(self, entity: str, use: Use, deep: int) -> Iterator[Condition]:
        """What a use says of records that another one reads through references, or behind a relation of its own."""
        if use.root != "this":
            return
        if use.relation:
            inverse = self.release.model.entities[entity].inverses.get(use.relation)
            if inverse is not None and not use.through:
                yield self._parents(entity, inverse.entity, inverse.field, use, deep)
        elif use.through:
            yield self._through(entity, [step.name for step in use.through], use, deep)

    def _related(self, entity: str, use: Use, deep: int) -> sa.Select[tuple[str]]:
        """The records of an entity that were saved, or whose field that is read may be another one now."""
        field = self.release.model.entities[entity].fields.get(use.field) if use.entity == entity else None
        table = self.release.tables[entity]
        return sa.select(table.id).where(sa.or_(*self.conditions(entity, [field] if field else [], deep)))

    def _parents(self, entity: str, child: str, reference: str, use: Use, deep: int) -> Condition:
        mine, table = self.release.tables[entity].id, self.release.tables[child]
        saved = self._related(child, use, deep)
        if reference in table.links:
            link = table.links[reference]
            return mine.in_(sa.select(link.value).where(link.record.in_(saved)))
        now = sa.select(table.columns[reference].value).where(table.id.in_(saved))
        return sa.or_(mine.in_(now), mine.in_(self._left(child, reference)))

    def _through(self, entity: str, way: Sequence[str], use: Use, deep: int) -> Condition:
        to = self.release.model.entities[entity].fields[way[0]].to
        found = self._related(to, use, deep)
        here = self.release.tables[entity].columns[way[0]].value
        if len(way) == 1:
            return here.in_(found)
        beyond = sa.select(self.release.tables[to].id).where(self._through(to, way[1:], use, deep))
        return sa.or_(here.in_(found), here.in_(beyond))

    def _left(self, child: str, reference: str) -> list[str]:
        """The records that a reference pointed to before saves since the instant: they lack what has left them."""
        table, history = self.release.tables[child], system.history.c
        base = self.release.names.entities[child].columns[reference]
        rows = self.connection.scalars(
            sa.select(history["values"]).where(
                history.id >= first_id(self.since),
                history.entity == table.stable_name,
                history.op == "update",
                history.at >= self.since,
            )
        )
        found = {change["old"] for values in rows if (change := (values or {}).get(base)) is not None}
        return sorted(str(old) for old in found if old is not None)
