"""Records without their personal data: written as saves write them, so that search, sort keys, copies and sums follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.context import SYSTEM, Context
from kith.runtime.files.letting_go import of_records
from kith.runtime.privacy.mentions import FREE, Mention, mark, replaced, without
from kith.runtime.privacy.needles import Needles, personal_fields
from kith.runtime.privacy.ties import CHUNK, Ids, chunks
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.keeping import columns_of, points_to
from kith.runtime.schema.names import EntityNames, link_table
from kith.runtime.write.change import Cause
from kith.runtime.write.computing import take
from kith.runtime.write.converting import convert_first, refresh
from kith.runtime.write.copying import reaching
from kith.runtime.write.draft import Draft
from kith.runtime.write.plans import plan_of
from kith.runtime.write.renewing import renew
from kith.runtime.write.session import Session
from kith.runtime.write.storing import record_save, store

Values = Mapping[str, Any]
Becomes = Callable[[Values], dict[str, Any]]
"""What of a record changes, and to what."""
NOBODY: frozenset[str] = frozenset()
ALSO: Mapping[str, dict[str, Any]] = {"user": {"active": False}}
"""What else a record becomes: nobody works any more as somebody who is not there."""


class Emptying:
    """One erasure's writes to records, in one transaction; `batch` is the id of the erasure."""

    def __init__(self, connection: sa.Connection, context: Context, release: Release, batch: str) -> None:
        self.connection = connection
        self.context = context.as_(SYSTEM)
        self.release = release
        self.cause = Cause("erasure", batch=batch)
        self.followers: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        """Whom copies of these records are in, by entity and way, with the ids of the records."""

    def empty(self, records: Ids, needles: Needles) -> None:
        """Empty the personal fields of records; the other texts lose what the person is known by."""
        for entity, ids in records.items():
            becomes = self._emptying(entity, needles)
            for some in chunks(ids):
                self._write(entity, dict.fromkeys(some, becomes))
            self._empty_kept(entity, ids)
            self._let_go_of_files(entity, ids)

    def _let_go_of_files(self, entity: str, ids: Iterable[str]) -> None:
        """The bytes of personal files, also of former ones, and of what is kept aside."""
        names = self.release.names.entities[entity]
        personal = {names.columns[one.name] for one in personal_fields(self.release, entity) if one.type_name in FILES}
        for some in chunks(ids):
            of_records(self.connection, names.table, some, personal | names.kept.keys())

    def _emptying(self, entity: str, needles: Needles) -> Becomes:
        fields, by = personal_fields(self.release, entity), mark(self.release)
        declared = self.release.model.entities[entity].fields.values()
        free = [one for one in declared if _can_mention(one)]
        files = [one for one in declared if one.type_name in FILES and not one.personal]

        def becomes(record: Values) -> dict[str, Any]:
            found = {one.name: replaced(record[one.name], needles, by) for one in free}
            found |= {one.name: without(record[one.name], needles) for one in files}
            return found | {one.name: nothing(one, self.release) for one in fields} | ALSO.get(entity, {})

        return becomes

    def unmention(self, mentions: Iterable[Mention], needles: Needles) -> None:
        """Let other records no longer mention the person."""
        by_record: dict[str, dict[str, list[Field]]] = {}
        for one in mentions:
            by_record.setdefault(one.entity, {}).setdefault(one.id, []).append(one.field)
        for entity, records in by_record.items():
            for some in chunks(records):
                self._write(entity, {id_: self._unmentioning(records[id_], needles) for id_ in some})

    def _unmentioning(self, fields: Sequence[Field], needles: Needles) -> Becomes:
        by = mark(self.release)

        def becomes(record: Values) -> dict[str, Any]:
            return {
                one.name: replaced(record[one.name], needles, by)
                if one.type_name in FREE
                else without(record[one.name], needles)
                if one.type_name in FILES
                else nothing(one, self.release)
                for one in fields
            }

        return becomes

    def _write(self, entity: str, wanted: Mapping[str, Becomes]) -> None:
        session = Session(self.connection, self.context, self.release, self.cause, tops=CHUNK)
        drafts = list(_drafts(session, entity, wanted))
        for draft in drafts:
            refresh(draft)
            convert_first(draft)
            for step in draft.plan.steps:
                if step.field is not None:
                    take(session, draft, step)
        self._finish(session, drafts)

    def _finish(self, session: Session, everyone: Sequence[Draft]) -> None:
        drafts = [draft for draft in everyone if draft.is_dirty]
        if not drafts:
            return
        store(session, drafts)
        record_save(session)
        session.out.send()
        for draft in drafts:
            for copied in draft.plan.copies:
                self.followers.setdefault((copied.entity, copied.through), set()).add(draft.id)

    def remove(self, records: Ids) -> None:
        """Take records out of their tables; their histories say that they went."""
        parents = list(self._parents(records))
        for entity, going in records.items():
            for some in chunks(going):
                session = Session(self.connection, self.context, self.release, self.cause, tops=CHUNK)
                session.load_many(entity, some, lock=True)
                known = session.records[entity]
                drafts = [
                    Draft(session.plan(entity), id_, "delete", known[id_], session.becoming(known[id_], "delete"), 0)
                    for id_ in some
                    if id_ in known
                ]
                self._finish(session, drafts)
        for entity, going in records.items():
            self._untie(entity, going, records)
        for entity, going in records.items():
            self._drop(entity, going)
        for entity, ids in parents:
            left = [id_ for id_ in ids if id_ not in records.get(entity, ())]
            self._renew(entity, left)

    def _parents(self, records: Ids) -> Iterator[tuple[str, set[str]]]:
        """The records whose roll-ups count those that go."""
        for entity, ids in records.items():
            table = self.release.tables[entity]
            for feed in {(feed.parent, feed.reference) for feed in plan_of(self.release, entity).feeds}:
                column = table.columns[feed[1]].value
                for some in chunks(ids):
                    found = self.connection.scalars(sa.select(column).where(table.id.in_(some)).distinct())
                    yield feed[0], {str(id_) for id_ in found if id_ is not None}

    def _untie(self, entity: str, ids: Iterable[str], records: Ids) -> None:
        """Let records that go no longer refer to others that go with them: a database lets none go that is referred to."""
        table = self.release.tables[entity]
        ties = [one.value for one in table.columns.values() if one.field.type.entity in records and "" in one.parts]
        for some in chunks(ids) if ties else ():
            self.connection.execute(sa.update(table.table).where(table.id.in_(some)).values(dict.fromkeys(ties)))

    def _drop(self, entity: str, ids: Iterable[str]) -> None:
        table, names = self.release.tables[entity], self.release.names.entities[entity]
        self._empty_kept(entity, ids)
        for some in chunks(ids):
            for link in table.links.values():
                self.connection.execute(sa.delete(link.table).where(link.record.in_(some)))
            self._let_go(names.table, some)
            self.connection.execute(sa.delete(table.table).where(table.id.in_(some)))
            of_records(self.connection, names.table, some)
            for known in (system.search, system.reference, system.delta):
                self.connection.execute(known.delete().where(known.c.entity == names.table, known.c.record.in_(some)))

    def _let_go(self, table: str, ids: Sequence[str]) -> None:
        """What is kept aside of fields that led to records leads nowhere any more."""
        known: list[EntityNames] = [
            *self.release.names.entities.values(),
            *(one.names for one in self.release.names.kept.values()),
        ]
        for names in known:
            for base, kept in names.kept.items():
                if points_to(kept.stored) == table:
                    self._forget_kept(names.table, base, ids, "value")

    def _empty_kept(self, entity: str, ids: Iterable[str]) -> None:
        """What is kept aside of a record's former fields goes with its personal data: nobody knows what it was."""
        names = self.release.names.entities[entity]
        for base in names.kept:
            for some in chunks(ids):
                self._forget_kept(names.table, base, some, "record")

    def _forget_kept(self, table: str, base: str, ids: Sequence[str], side: str) -> None:
        inspector = sa.inspect(self.connection)
        link = link_table(table, base)
        id_type = system.history.c.record.type
        if inspector.has_table(link):
            column = sa.column(side, id_type)
            self.connection.execute(sa.delete(sa.table(link, column)).where(column.in_(ids)))
            return
        there = [one["name"] for one in inspector.get_columns(table)] if inspector.has_table(table) else []
        columns = columns_of(there, base)
        if columns:
            by = sa.column("id" if side == "record" else base, id_type)
            target = sa.table(table, by, *(sa.column(name) for name in columns if name != by.name))
            self.connection.execute(sa.update(target).where(by.in_(ids)).values(dict.fromkeys(columns)))

    def follow(self) -> None:
        """Bring copies of what was emptied up to date, at once: no job may still hold what is gone."""
        for (entity, through), ids in self.followers.items():
            table = self.release.tables[entity]
            for some in chunks(ids):
                wanted = sa.select(table.id).where(reaching(self.release, entity, through, some))
                self._renew(entity, [str(id_) for id_ in self.connection.scalars(wanted)])

    def _renew(self, entity: str, ids: Iterable[str]) -> None:
        fields = [one.name for one in self.release.model.entities[entity].fields.values() if one.type_name == "rollup"]
        for some in chunks(ids):
            renew(self.connection, self.context, self.release, entity, fields, some)


def _drafts(session: Session, entity: str, wanted: Mapping[str, Becomes]) -> Iterator[Draft]:
    session.load_many(entity, wanted, lock=True)
    for id_, becomes in wanted.items():
        record = session.records[entity].get(id_)
        if record is not None:
            draft = Draft(session.plan(entity), id_, "update", record, record.copy(), 0)
            draft.after.update(becomes(record))
            session.place(draft)
            yield draft


def _can_mention(field: Field) -> bool:
    return field.type_name in FREE and not field.is_computed and not field.personal


def nothing(field: Field, release: Release) -> Any:
    """What a field holds that was emptied: a required text says why there is nothing."""
    if field.type.kind == "set":
        return NOBODY
    if field.required and not field.unique and field.type_name in ("text", "long_text"):
        limit = field.params.get("max_length")
        return mark(release)[: limit if isinstance(limit, int) else None]
    return None
