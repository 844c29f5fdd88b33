"""One case played: records given, somebody acts at a fixed time, and what happened is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.model import Case, TestSet
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.context import SYSTEM, Actor, Context, context_of
from kith.runtime.ids import new_id
from kith.runtime.read.query import Denied
from kith.runtime.read.records import get_record
from kith.runtime.testing.comparing import Comparing, verdict_differs
from kith.runtime.testing.given import Known, Ungiven, World
from kith.runtime.testing.outcome import Mismatch
from kith.runtime.testing.stage import Stage
from kith.runtime.write.authorising import may_see
from kith.runtime.write.change import Cause, Change, Op, Refused, Saved, Verdict
from kith.runtime.write.gate import RolledBack, save_within
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.runtime.release import Release

ACT = Cause("api")
ANYBODY = {"name": "Me", "email": "me@test.example"}
"""The user that `me` is."""
OPS: Mapping[str, Op] = {"update": "update", "delete": "delete", "restore": "restore"}


def mismatches_of(stage: Stage, test: TestSet, case: Case) -> tuple[Mismatch, ...]:
    """What came otherwise than a case expects."""
    with stage.case() as connection:
        try:
            return tuple(Play(stage, connection, test, case).run())
        except Ungiven as error:
            return (Mismatch("given", "", str(error)),)


@dataclass(frozen=True, slots=True)
class Play:
    """One case on the stage."""

    stage: Stage
    connection: sa.Connection
    test: TestSet
    case: Case

    @property
    def release(self) -> Release:
        """The app with its rules."""
        return self.stage.release

    def run(self) -> Iterator[Mismatch]:
        """What came otherwise than expected; raises Ungiven."""
        context = self.context()
        world = World(self.connection, context, self.stage.bare)
        role = self.case.as_role
        world.me = world.make("user", ANYBODY | ({"roles": [role]} if role else {}))
        if "read" in self.case.act:
            subject = world.make(self.test.of, self.case.given)
            yield from self._reads(context.as_(self.actor(world.me)), subject)
            return
        changes = self.changes(world)
        before = self._ids()
        actor = self.actor(world.me)
        verdict = self._save(context.as_(actor), changes)
        yield from verdict_differs(self.case.expect, verdict)
        if isinstance(verdict, Saved):
            yield from self._compared(world, changes[0], before)

    def context(self) -> Context:
        """The system at the case's time."""
        app = self.release.model.app
        now = self.stage.clock()
        if self.case.at:
            now = datetime.fromisoformat(self.case.at)
            now = (now if now.tzinfo else now.replace(tzinfo=ZoneInfo(app.time_zone))).astimezone(UTC)
        return context_of(SYSTEM, now, language=app.languages[0], time_zone=app.time_zone)

    def actor(self, me: str) -> Actor:
        """The user with the role of the case; without one he may do everything."""
        found = actor_of_user(self.connection, self.release, me)
        if found is None:
            raise Ungiven("user me")
        return found if self.case.as_role else replace(found, kind="system")

    def changes(self, world: World) -> list[Change]:
        """What is asked of the gate: the act, and the records of other relations that it names."""
        ((op, asked),) = self.case.act.items()
        values = asked if isinstance(asked, Mapping) else {}
        if op == "create":
            return self._creates(world, {**self.case.given, **values})
        subject = world.make(self.test.of, self.case.given)
        if op == "restore":
            self._put_away(world, subject)
        own, children, later = world.parts(self.release.model.entities[self.test.of], values)
        change = Change(OPS[op], self.test.of, subject, own, children)
        return [change, *self._related(world, subject, later)]

    def _creates(self, world: World, values: Mapping[str, object]) -> list[Change]:
        subject = new_id()
        own, children, later = world.parts(self.release.model.entities[self.test.of], values)
        world.records.setdefault(self.test.of, {})[subject] = values
        change = Change("create", self.test.of, subject, own, children)
        return [change, *self._related(world, subject, later)]

    def _related(
        self, world: World, subject: str, later: Sequence[tuple[str, Mapping[str, object]]]
    ) -> Iterator[Change]:
        for name, item in later:
            inverse = self.release.model.entities[self.test.of].inverses[name]
            entity = self.release.model.entities[inverse.entity]
            own, children, _ = world.parts(entity, {**item, inverse.field: Known(subject)})
            yield Change("create", inverse.entity, new_id(), own, children)

    def _put_away(self, world: World, subject: str) -> None:
        change = Change("delete", self.test.of, subject)
        save_within(self.connection, world.context, self.stage.bare, [change], ACT)

    def _save(self, context: Context, changes: Sequence[Change]) -> Verdict:
        try:
            verdicts = save_within(self.connection, context, self.release, changes, ACT)
        except RolledBack as refused:
            verdicts = refused.verdicts
        real = [one for one in verdicts if isinstance(one, Refused) and one.failures != ()]
        told = [one for one in real if one.failures[0].code != "not_carried_out"]
        return next(iter(told or real), verdicts[0])

    def _reads(self, actor: Context, subject: str) -> Iterator[Mismatch]:
        try:
            seen = get_record(self.connection, actor, self.release, self.test.of, subject) is not None
        except Denied:
            seen = False
        yield from self._sees_alike(actor, subject, seen)
        wanted = self.case.expect.get("visible", not self.case.expect.get("denied", False))
        if seen != wanted:
            yield Mismatch("visible", str(wanted).lower(), str(seen).lower())

    def _sees_alike(self, actor: Context, subject: str, seen: bool) -> Iterator[Mismatch]:
        """Lists ask the database who sees a record, the write gate asks the record itself: both must say the same."""
        session = Session(self.connection, actor, self.release, ACT)
        record = session.load(self.test.of, subject)
        if record is not None and (saves := may_see(session, self.test.of, record)) != seen:
            yield Mismatch("visible (SQL)", str(saves).lower(), str(seen).lower())

    def _compared(self, world: World, change: Change, before: Mapping[str, frozenset[str]]) -> Iterator[Mismatch]:
        session = Session(self.connection, world.context, self.release, ACT)
        comparing = Comparing(world, session)
        values = self.case.expect.get("values")
        if isinstance(values, Mapping) and change.id:
            differs = list(comparing.record(self.test.of, change.id, values))
            yield from differs
            if not differs and self.stage.reads_back:
                # The same once more as lists and reports see it: computed by the database where it computes.
                view = get_record(self.connection, world.context, self.release, self.test.of, change.id)
                if view is not None:
                    yield from comparing.view(view.values, self.test.of, values)
        yield from self._created(comparing, change, before)

    def _created(
        self, comparing: Comparing, change: Change, before: Mapping[str, frozenset[str]]
    ) -> Iterator[Mismatch]:
        after = self._ids()
        for entity, expected in self._wanted().items():
            new = sorted(after[entity] - before[entity] - {change.id})
            if len(new) != len(expected):
                yield Mismatch(f"created {entity}", str(len(expected)), str(len(new)))
                continue
            for id_, values in zip(new, expected, strict=True):
                yield from comparing.record(entity, id_, values)

    def _wanted(self) -> dict[str, list[Mapping[str, object]]]:
        created = self.case.expect.get("created")
        found: dict[str, list[Mapping[str, object]]] = {}
        for entity, expected in created.items() if isinstance(created, Mapping) else ():
            items = expected if isinstance(expected, (list, tuple)) else [expected]
            found[entity] = [item for item in items if isinstance(item, Mapping)]
        return found

    def _ids(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for entity in self._wanted():
            table = self.release.tables[entity]
            rows = self.connection.execute(sa.select(table.id).where(table.live))
            found[entity] = frozenset(str(id_) for (id_,) in rows)
        return found
