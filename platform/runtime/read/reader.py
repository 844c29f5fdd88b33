"""Who reads: the rights of a set of roles in a release, and what conditions of rights are in SQL."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.rules.sql.tables import Element, Rows
from kith.runtime.context import Context
from kith.runtime.layout import Layout
from kith.runtime.read.arrays import Asking
from kith.runtime.release import Release
from kith.runtime.rights import Condition, EntityRights, FieldAccess, Rights, rights_of

Clause = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Reader:
    """What some roles may read of a release; `key` tells readers apart in the release's cache."""

    release: Release
    rights: Rights
    key: Hashable

    def entity(self, name: str) -> Entity:
        """An entity of the model."""
        return self.release.model.entities[name]

    def field(self, entity: str, name: str) -> Field | None:
        """A declared field; None for those that every record has."""
        return self.entity(entity).fields.get(name)

    def access(self, entity: str, field: str) -> FieldAccess:
        """How a field may be read."""
        return self.rights[entity].reading(field)

    @property
    def administers(self) -> bool:
        """Whether these roles write everything: what is told of documents then names fields of every entity."""
        return all(one.wide == "write" for one in self.rights.entities.values())

    def may_read(self, entity: str) -> bool:
        """Whether some record of an entity may be read; of owned lines only with their parents."""
        return entity in self._readable

    @cached_property
    def _readable(self) -> frozenset[str]:
        return frozenset(name for name in self.rights.entities if self._may_read(name))

    def _may_read(self, entity: str) -> bool:
        if entity not in self.rights.entities or self.rights[entity].right("read").never:
            return False
        owner = self.owner(entity)
        return owner is None or self._may_read(owner.type.entity)

    def is_limited(self, entity: str) -> bool:
        """Whether some record of an entity may be out of scope."""
        owner = self.owner(entity)
        return (
            not self.rights[entity].right("read").always
            or (owner is not None and self.is_limited(owner.type.entity))
            or any(not self.may_read(to) or self.is_limited(to) for to in self.sights(entity))
        )

    def owner(self, entity: str) -> Field | None:
        """The reference from owned lines to their parent."""
        name = self.entity(entity).owner_of_lines
        return self.entity(entity).fields[name] if name else None

    def sights(self, entity: str) -> tuple[str, ...]:
        """The entities with whose records those of an entity are seen; none for who reads everything anyway."""
        seen_with = self.entity(entity).seen_with
        if seen_with is None or self.rights[entity].wide:
            return ()
        return self.entity(entity).fields[seen_with.field].refers_to

    # Conditions of rights in SQL

    def holds(self, layout: Layout, rows: Rows, condition: Condition) -> Clause | None:
        """SQL of a condition about a record, as declared logic sees it; None where it always holds."""
        if condition.always:
            return None
        about = Layout(layout.model, layout.tables, layout.dialect, rows)
        scopes = [Asking(about, layout.dialect).holds(scope.tree) for scope in condition.scopes]
        return sa.or_(*scopes) if scopes else sa.false()

    def allowed(self, layout: Layout, rows: Rows, action: str = "read") -> Clause | None:
        """Where an action is allowed: a line's with its own grants and its parent's; None where everywhere."""
        return self.restricted(layout, rows, self.rights[rows.entity].right(action), action)

    def restricted(self, layout: Layout, rows: Rows, condition: Condition, action: str) -> Clause | None:
        """A condition about a record and, where it is a line, what its parent allows."""
        own = both(self.holds(layout, rows, condition), self.seen(layout, rows))
        owner = self.owner(rows.entity)
        if owner is None:
            return own
        above = Layout(layout.model, layout.tables, layout.dialect, rows)
        parent = above.found(owner.type.entity, above.column(rows, owner.name))
        of_parent = self.allowed(layout, parent, "read" if action == "read" else "update")
        if of_parent is None:
            return own
        return both(own, exists_in(parent, of_parent))

    def seen(self, layout: Layout, rows: Rows) -> Clause | None:
        """Where the record that a record is seen with may be read, or need not be; None where that is so everywhere."""
        sights, seen_with = self.sights(rows.entity), self.entity(rows.entity).seen_with
        if seen_with is None or not any(not self.may_read(to) or self.is_limited(to) for to in sights):
            return None
        columns = layout.tables[rows.entity].columns[seen_with.field]
        id_: Element = rows.source.c[columns.tie.name]
        ways: list[Clause] = [id_.is_(None)]
        if seen_with.besides is not None:
            about = Layout(layout.model, layout.tables, layout.dialect, rows)
            ways.append(Asking(about, layout.dialect).holds(seen_with.besides.tree))
        for to in filter(self.may_read, sights):
            is_of = (
                rows.source.c[columns.parts["entity"].name] == layout.tables[to].stable_name
                if columns.entities
                else None
            )
            other = Layout(layout.model, layout.tables, layout.dialect, rows).found(to, id_)
            allowed = self.allowed(layout, other)
            way = both(is_of, None if allowed is None else exists_in(other, allowed))
            ways.append(sa.true() if way is None else way)
        return sa.or_(*ways)


def both(one: Clause | None, other: Clause | None) -> Clause | None:
    """Two conditions of which each may hold everywhere."""
    return other if one is None else one if other is None else sa.and_(one, other)


def exists_in(rows: Rows, condition: Clause) -> Clause:
    """Whether there is one of these records that meets a condition, which may speak of the statement around."""
    chosen: sa.Select[tuple[object]] = sa.select(sa.literal_column("1")).select_from(rows.source).where(condition)
    if rows.where is not None:
        chosen = chosen.where(rows.where)
    return chosen.correlate_except(rows.source).exists()


def reader_of(context: Context, release: Release) -> Reader:
    """The reader that a context's actor is; the system reads everything."""
    key = "system" if context.actor.kind == "system" else context.actor.roles
    return release.cached(("reader", key), lambda: _reader(release, key))


def _reader(release: Release, key: str | frozenset[str]) -> Reader:
    if isinstance(key, frozenset):
        return Reader(release, rights_of(release.model, key), key)
    everything = {name: EntityRights(entity, (), "write") for name, entity in release.model.entities.items()}
    return Reader(release, Rights(everything), key)
