"""What Kith's own tables know of a person: his history, what explaining kept, jobs, answers, his account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from kith.runtime.accounts.throttling import Subject
from kith.runtime.files.letting_go import named
from kith.runtime.privacy.mentions import mark, replaced, strings
from kith.runtime.privacy.needles import Needles, personal_fields
from kith.runtime.privacy.ties import Ids, chunks
from kith.runtime.release import Release
from kith.runtime.schema import system

SPOKEN: Mapping[sa.Table, tuple[str, ...]] = {
    system.save: ("considered", "read", "moved", "detail"),
    system.job: ("payload", "result", "error", "once"),
    system.idempotency: ("answer",),
    system.reference: ("key", "data", "row", "values"),
    system.token: ("name",),
    system.progress: ("error",),
    system.hold: ("reason",),
    system.saved_view: ("name", "state"),
    system.file_import: ("name", "settings"),
    system.notice: ("text",),
    system.import_failure: ("cells", "reasons"),
}
"""Where Kith's own tables may hold texts of records, beside the history and the search rows."""
OF_USERS = (
    system.session, system.account, system.link, system.sign_in, system.identity, system.saved_view, system.file_import,
    system.notice,
)  # fmt: skip
"""What is known of who signs in, by user."""
UNFINISHED = ("waiting", "running")


class Sweep:
    """One erasure's writes to Kith's own tables, in its transaction; `counts` says how many rows each lost or changed."""

    def __init__(self, connection: sa.Connection, release: Release, needles: Needles, now: datetime) -> None:
        self.connection, self.release, self.needles, self.now = connection, release, needles, now
        self.counts: dict[str, int] = {}
        self._by = mark(release)

    def history(self, gone: Ids, emptied: Ids, known: Needles) -> None:
        """Versions keep their digests and lose values and salts: all of what went, and what was personal of the rest."""
        for entity, ids in gone.items():
            self._history(entity, ids, lambda _: None)
        for entity, ids in emptied.items():
            fields = self.release.model.entities[entity].fields
            columns = self.release.names.entities[entity].columns
            personal = {columns[one.name] for one in personal_fields(self.release, entity)}
            kept = frozenset({columns[name] for name in fields} - personal)
            self._history(entity, ids, partial(_remaining, kept=kept, needles=known))

    def _history(
        self, entity: str, ids: Iterable[str], remaining: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    ) -> None:
        history, table = system.history, self.release.tables[entity].stable_name
        for some in chunks(ids):
            mine = sa.and_(history.c.entity == table, history.c.record.in_(some))
            self._explained(self.connection.scalars(sa.select(history.c.save).where(mine).distinct()))
            held = sa.select(history.c.id, history.c["values"]).where(mine, history.c["values"].is_not(None))
            self._keep(self.connection.execute(held).all(), remaining)

    def _keep(
        self, rows: Iterable[Sequence[Any]], remaining: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    ) -> None:
        history = system.history
        changed = [(id_, left) for id_, values in rows if (left := remaining(values)) != values]
        statement = (
            sa.update(history).where(history.c.id == sa.bindparam("id_")).values({"values": sa.bindparam("left")})
        )
        if changed:
            self.connection.execute(statement, [{"id_": id_, "left": left} for id_, left in changed])
        self._count("history", len(changed))

    def mentions_in_history(self) -> None:
        """Versions of other records that once named the person lose those values."""
        history = system.history
        if not self.needles.texts:
            return
        held = sa.select(history.c.id, history.c["values"]).where(self._holding(history.c["values"]))

        def remaining(values: Mapping[str, Any]) -> dict[str, Any] | None:
            return _remaining(values, values, self.needles)

        self._keep(self.connection.execute(held).all(), remaining)

    def _explained(self, saves: Iterable[str]) -> None:
        """What explaining kept of saves goes, but for which rules were considered."""
        save = system.save
        for some in chunks(str(one) for one in saves):
            rows = self.connection.execute(sa.select(save.c.id, save.c.considered).where(save.c.id.in_(some))).all()
            statement = sa.update(save).where(save.c.id == sa.bindparam("id_"))
            statement = statement.values(read=None, moved=None, considered=sa.bindparam("left"))
            bare = [
                {"id_": id_, "left": [{k: v for k, v in one.items() if k != "inputs"} for one in considered or ()]}
                for id_, considered in rows
            ]
            if bare:
                self.connection.execute(statement, bare)
            self._count("explanations", len(bare))

    def read_elsewhere(self, records: Ids) -> None:
        """What other saves read of these records goes from what explaining kept."""
        save = system.save
        for entity, ids in records.items():
            for some in chunks(ids):
                names = {f"{entity}/{id_}" for id_ in some}
                needles = Needles(tuple(sorted(names)))
                asked = sa.select(save.c.id, save.c.read).where(
                    needles.condition(save.c.read, self.release.tables.engine)
                )
                found = [(id_, read) for id_, read in self.connection.execute(asked) if read]
                for id_, read in found:
                    left = {name: value for name, value in read.items() if name not in names} or None
                    self.connection.execute(sa.update(save).where(save.c.id == id_).values(read=left))

    def answers(self, records: Ids) -> None:
        """Answers to requests with a key that show one of the records say nothing any more."""
        table = system.idempotency
        ids = Needles(tuple(id_ for some in records.values() for id_ in some))
        for row in self.connection.execute(sa.select(table).where(table.c.answer.is_not(None))).all():
            answer = row.answer
            if self.needles.pattern.search(row.key):
                # Somebody else's choice of a key: a second request with it finds no answer, and is a new one.
                self.connection.execute(sa.delete(table).where(table.c.actor == row.actor, table.c.key == row.key))
                self._count("answers", 1)
            elif isinstance(answer, dict) and ids.pattern.search(str(answer.get("body", ""))):
                same = sa.and_(table.c.actor == row.actor, table.c.key == row.key)
                self.connection.execute(sa.update(table).where(same).values(answer={**answer, "body": "{}"}))
                self._count("answers", 1)

    def everywhere(self) -> None:
        """Whatever else holds a text by which the person is known says that it was erased; such jobs end."""
        for table, columns in SPOKEN.items():
            for row in self._rows(table, columns):
                # Names of parts are ours: somebody called Rule shall not make a job unreadable.
                changed = {name: replaced(row[name], self.needles, self._by, names=False) for name in columns}
                if changed.get("once") != row.get("once"):
                    changed["once"] = None
                if table is system.job and row["state"] in UNFINISHED:
                    changed |= {"state": "done", "leased_by": None, "leased_until": None, "finished_at": self.now}
                    changed |= {"result": {"erased": True}}
                same = sa.and_(*(column == row[column.name] for column in table.primary_key))
                self.connection.execute(sa.update(table).where(same).values(changed))
                self._count(table.name.removeprefix("kith_"), 1)

    def _rows(self, table: sa.Table, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        if not self.needles.texts:
            return
        held = sa.or_(*(self._holding(table.c[name]) for name in columns))
        for found in self.connection.execute(sa.select(table).where(held)).all():
            row = dict(found._mapping)
            if any(_mention(row[name], self.needles) for name in columns):
                yield row

    def files(self) -> None:
        """Files in whose names the person is named go, whatever holds them."""
        if self.needles.texts:
            held = sa.select(system.file.c.id, system.file.c.name).where(self._holding(system.file.c.name))
            ids = [str(id_) for id_, name in self.connection.execute(held) if self.needles.pattern.search(name)]
            for some in chunks(ids):
                self._count("file", named(self.connection, some))

    def users(self, ids: Iterable[str]) -> None:
        """Accounts, sessions, sign-ins and tokens of users go; their names leave what they have done."""
        for some in chunks(ids):
            for table in OF_USERS:
                done = self.connection.execute(sa.delete(table).where(table.c.user.in_(some)))
                self._count(table.name.removeprefix("kith_"), done.rowcount)
            self.connection.execute(sa.delete(system.session).where(system.session.c.acting.in_(some)))
            done = self.connection.execute(sa.delete(system.token).where(system.token.c.user.in_(some)))
            self._count("token", done.rowcount)
            for signed in (system.save, system.release):
                self.connection.execute(sa.update(signed).where(signed.c.actor.in_(some)).values(actor_name=self._by))

    def attempts(self) -> None:
        """Failed tries of a password go by the digest of an address, which whoever knows the address could make."""
        digests = [Subject(kind, text.lower()).digest for text in self.needles.texts for kind in ("login", "mail")]
        for some in chunks(digests):
            self.connection.execute(sa.delete(system.attempt).where(system.attempt.c.subject.in_(some)))

    def _holding(self, column: Any) -> sa.ColumnElement[bool]:
        return self.needles.condition(column, self.release.tables.engine)

    def _count(self, what: str, count: int) -> None:
        if count:
            self.counts[what] = self.counts.get(what, 0) + count


def _remaining(values: Mapping[str, Any], kept: Iterable[str], needles: Needles) -> dict[str, Any] | None:
    """What stays of a version's values."""
    left = {name: values[name] for name in values if name in kept and not _mention(values[name], needles)}
    return left or None


def _mention(value: Any, needles: Needles) -> bool:
    return bool(needles.pattern.search("\n".join(strings(value))))
