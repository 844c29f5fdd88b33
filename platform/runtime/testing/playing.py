"""One case played: records given, somebody acts at a fixed time, and what happened is compared."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.model import Act, Case, TestSet
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.context import SYSTEM, Actor, Context, context_of
from kith.runtime.ids import new_id
from kith.runtime.read.records import get_record
from kith.runtime.testing.comparing import Comparing, verdict_differs
from kith.runtime.testing.filling import filled
from kith.runtime.testing.given import GIVEN, Known, Ungiven, World
from kith.runtime.testing.looking import Looking, looked_up
from kith.runtime.testing.midnight import day_begins
from kith.runtime.testing.outcome import Mismatch
from kith.runtime.testing.sending import Sent, outbox, sent_otherwise
from kith.runtime.testing.stage import Stage
from kith.runtime.write.change import Cause, Change, Op, Refused, Saved, Verdict
from kith.runtime.write.gate import RolledBack, save_within
from kith.runtime.write.session import Session
from kith.runtime.write.timed import Slot, is_about, matching, woken

if TYPE_CHECKING:
    from kith.runtime.release import Release

ACT = Cause("api")
ANYBODY = {"name": "Me", "email": "me@test.example"}
"""The user that `me` is."""
OPS: Mapping[str, Op] = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "restore": "restore",
    "fill": "update",
    "action": "update",
    "transition": "update",
}
"""What is asked of the gate for each kind of act."""
TIME = frozenset({"schedule", "midnight"})
"""Acts of nobody: time passes."""


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
        first = self.case.acts[0]
        context = self.context(first, self.stage.clock())
        world = World(self.connection, context, self.stage.bare)
        world.me = world.make("user", {**ANYBODY, **self.case.me})
        subject = ""
        if "create" not in first.act:
            subject = world.make(self.test.of, self.case.given)
        for act in self.case.acts:
            context = self.context(act, context.now)
            world.context = context
            self._be(world, act.as_role)
            turn = Turn(self, act, world, context)
            subject = yield from turn.taken(subject)

    def context(self, act: Act, now: datetime) -> Context:
        """The system at the time of an act; that of the act before unless it says another."""
        app = self.release.model.app
        if act.at:
            now = datetime.fromisoformat(act.at)
            now = (now if now.tzinfo else now.replace(tzinfo=ZoneInfo(app.time_zone))).astimezone(UTC)
        return context_of(SYSTEM, now, language=app.languages[0], time_zone=app.time_zone)

    def _be(self, world: World, role: str) -> None:
        """Give the one who acts the role of the act."""
        roles = frozenset({role} if role else ())
        change = Change("update", "user", world.me, {"roles": sorted(roles)})
        save_within(self.connection, world.context.as_(SYSTEM), self.stage.bare, [change], GIVEN)


@dataclass(frozen=True, slots=True)
class Turn:
    """One act of a case."""

    play: Play
    act: Act
    world: World
    context: Context

    @property
    def release(self) -> Release:
        """The app with its rules."""
        return self.play.release

    @property
    def connection(self) -> sa.Connection:
        """The case's own."""
        return self.play.connection

    @property
    def of(self) -> str:
        """The entity that is tested."""
        return self.play.test.of

    def taken(self, subject: str) -> Generator[Mismatch, None, str]:
        """Act; what came otherwise is told, and the record that it was about is given on to the next act."""
        actor = self.context.as_(self.actor())
        if "read" in self.act.act:
            yield from looked_up(Looking(self.connection, actor, self.release, self.of), subject, self.act.expect)
            return subject
        if "fill" in self.act.act:
            change = self.changes(subject)[0]
            comparing = Comparing(self.world, Session(self.connection, self.context, self.release, ACT))
            yield from filled(comparing, actor, change, self.act)
            return subject
        timed = not TIME.isdisjoint(self.act.act)
        changes = [Change("update", self.of, subject)] if timed else self.changes(subject)
        if "schedule" in self.act.act:
            yield from self._chosen_alike(subject)
        before, sent = self._ids(), self._sent()
        verdict = self._time_passes(subject) if timed else self._save(actor, changes)
        yield from verdict_differs(self.act.expect, verdict)
        if isinstance(verdict, Saved):
            yield from self._compared(changes[0], before)
            if "sent" in self.act.expect:
                new = [one for id_, one in self._sent().items() if id_ not in sent]
                yield from sent_otherwise(self.world, self.act.expect["sent"], new)
        return changes[0].id or subject

    def actor(self) -> Actor:
        """The user with the role of the act; without one he may do everything."""
        found = actor_of_user(self.connection, self.release, self.world.me)
        if found is None:
            raise Ungiven("user me")
        return found if self.act.as_role else replace(found, kind="system")

    def changes(self, subject: str) -> list[Change]:
        """What is asked of the gate: the act, and the records of other relations that it names."""
        op = next(name for name in OPS if name in self.act.act)
        asked = self.act.act.get("values" if op == "transition" else op)
        values = asked if isinstance(asked, Mapping) else {}
        if op == "create":
            return self._creates(values if subject else {**self.play.case.given, **values})
        if op == "restore" and self.act is self.play.case.acts[0]:
            self._put_away(subject)
        own, children, later = self.world.parts(self.release.model.entities[self.of], values)
        change = Change(
            OPS[op],
            self.of,
            subject,
            own,
            children,
            action=str(self.act.act.get(op)) if op in ("action", "transition") else "",
            inputs=self._inputs(),
        )
        return [change, *self._related(subject, later)]

    def _inputs(self) -> dict[str, object]:
        """What comes along with a named action; records are meant as in values."""
        action = self.release.model.entities[self.of].actions.get(str(self.act.act.get("action")))
        raw = self.act.act.get("inputs")
        found = dict(raw) if isinstance(raw, Mapping) else {}
        for name, declared in action.inputs.items() if action is not None else ():
            if declared.to and found.get(name) is not None:
                found[name] = self.world.reference(declared.to, found[name])
        return found

    def _creates(self, values: Mapping[str, object]) -> list[Change]:
        subject = new_id()
        own, children, later = self.world.parts(self.release.model.entities[self.of], values)
        self.world.records.setdefault(self.of, {})[subject] = values
        change = Change("create", self.of, subject, own, children)
        return [change, *self._related(subject, later)]

    def _related(self, subject: str, later: Sequence[tuple[str, Mapping[str, object]]]) -> Iterator[Change]:
        for name, item in later:
            inverse = self.release.model.entities[self.of].inverses[name]
            entity = self.release.model.entities[inverse.entity]
            own, children, _ = self.world.parts(entity, {**item, inverse.field: Known(subject)})
            yield Change("create", inverse.entity, new_id(), own, children)

    def _put_away(self, subject: str) -> None:
        change = Change("delete", self.of, subject)
        save_within(self.connection, self.world.context, self.play.stage.bare, [change], ACT)

    def _save(self, context: Context, changes: Sequence[Change]) -> Verdict:
        try:
            verdicts = save_within(self.connection, context, self.release, changes, ACT)
        except RolledBack as refused:
            verdicts = refused.verdicts
        real = [one for one in verdicts if isinstance(one, Refused) and one.failures != ()]
        told = [one for one in real if one.failures[0].code != "not_carried_out"]
        return next(iter(told or real), verdicts[0])

    def _slot(self) -> Slot:
        """The slot of the rule that comes up."""
        path = str(self.act.act["schedule"])
        rule = next(one for one in self.release.model.rules[self.of] if path in (one.name, one.path))
        context = self.context.as_(SYSTEM)
        return Slot(self.connection, context, self.release, rule, context.now, Cause("job", detail=f"schedule/{path}"))

    def _chosen_alike(self, subject: str) -> Iterator[Mismatch]:
        """Whom a rule is for, the database says, and the rule itself of one record: both the same."""
        slot = self._slot()
        session = Session(self.connection, slot.context, self.release, slot.cause)
        record = session.load(self.of, subject)
        alone, among = record is not None and is_about(slot, session, record), subject in matching(slot)
        if alone != among:
            yield Mismatch(f"for {slot.rule.path}", str(alone).lower(), str(among).lower())

    def _time_passes(self, subject: str) -> Verdict:
        """A slot of a rule, at the time of the act and for all records that it is about; or a new day."""
        if "midnight" in self.act.act:
            return day_begins(self.connection, self.context.as_(SYSTEM), self.release, self.of, subject)
        _, waking = woken(self._slot())
        if waking.refused:
            return Refused("invalid", tuple(chain.from_iterable(waking.refused.values())))
        return Saved("update", self.of, subject, 0, "", created=False)

    def _compared(self, change: Change, before: Mapping[str, frozenset[str]]) -> Iterator[Mismatch]:
        session = Session(self.connection, self.world.context, self.release, ACT)
        comparing = Comparing(self.world, session)
        values = self.act.expect.get("values")
        if isinstance(values, Mapping) and change.id:
            differs = list(comparing.record(self.of, change.id, values))
            yield from differs
            if not differs and self.play.stage.reads_back:
                # The same once more as lists and reports see it: computed by the database where it computes.
                view = get_record(self.connection, self.world.context, self.release, self.of, change.id)
                if view is not None:
                    yield from comparing.view(view.values, self.of, values)
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
        created = self.act.expect.get("created")
        found: dict[str, list[Mapping[str, object]]] = {}
        for entity, expected in created.items() if isinstance(created, Mapping) else ():
            items = expected if isinstance(expected, (list, tuple)) else [expected]
            found[entity] = [item for item in items if isinstance(item, Mapping)]
        return found

    def _sent(self) -> dict[str, Sent]:
        return outbox(self.connection) if "sent" in self.act.expect else {}

    def _ids(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for entity in self._wanted():
            table = self.release.tables[entity]
            rows = self.connection.execute(sa.select(table.id).where(table.live))
            found[entity] = frozenset(str(id_) for (id_,) in rows)
        return found
