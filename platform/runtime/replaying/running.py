"""A whole replay: the history read in its order, every save judged by the current rules and by the candidate's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby

import sqlalchemy as sa

from kith.metadata.model import Model, Rule
from kith.rules.values import DoesNotFit
from kith.runtime.context import Context
from kith.runtime.explaining.asking import Asking
from kith.runtime.explaining.deciding import ACTION, inputs_of
from kith.runtime.explaining.past import NotKept, value_of
from kith.runtime.release import Release
from kith.runtime.replaying.asked import Asked
from kith.runtime.replaying.effects import KINDS, Kind
from kith.runtime.replaying.history import Notes, Row, notes_of, rows_of
from kith.runtime.replaying.judging import ASLEEP, Moved, differing, judge
from kith.runtime.replaying.naming import Naming
from kith.runtime.replaying.telling import Difference, Side, difference
from kith.runtime.replaying.world import Key, Living, View, World
from kith.runtime.schema.names import named
from kith.runtime.write.noting import found_by

LISTED = 1_000
"""Differences that are listed; all are counted."""


@dataclass
class RuleCount:
    """What became of one rule: records judged, differences by kind, and what the history cannot tell."""

    label: str = ""
    judged: int = 0
    undecided: int = 0
    differing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    groups: dict[str, Counter[str]] = field(default_factory=dict)
    """By kind: how many differences fall on which value, in words, of the field that they are grouped by."""


@dataclass
class Replayed:
    """The result: saves of records that were looked at, counts by rule, and the differences, the first of them listed."""

    saves: int = 0
    rules: dict[str, RuleCount] = field(default_factory=dict)
    listed: list[Difference] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether anything would be otherwise."""
        return any(any(one.differing.values()) for one in self.rules.values())


@dataclass(frozen=True, slots=True)
class Pending:
    """A record that a save moves, looked at before the save: its rows, and what it was in either view."""

    entity: str
    id: str
    rows: Sequence[Row]
    children: frozenset[str]
    olds: tuple[Living | None, Living | None]


@dataclass
class Replay:
    """A replay on its way: one world, seen through the current documents and through the candidate's."""

    connection: sa.Connection
    context: Context
    release: Release
    candidate: Model
    chosen: Sequence[str]
    by: str = ""
    """A field by whose values differences are counted."""
    result: Replayed = field(default_factory=Replayed)
    _noted: tuple[str, Notes] = ("", Notes({}, ()))

    def __post_init__(self) -> None:
        now, names = self.release, named(self.candidate, self.release.names, self.release.model)
        then = replace(now.again(model=self.candidate), names=names)
        releases = (now, then)
        namings = (Naming.of(now, now), Naming.of(then, now))
        start = datetime.min.replace(tzinfo=UTC)
        self.asked = Asked((now.model, self.candidate), namings, self.chosen)
        self.world = World(now)
        self.views = tuple(
            View(self.world, one.model, naming, now.evaluator, start)
            for one, naming in zip(releases, namings, strict=True)
        )
        self.askings = tuple(Asking(self.connection, self.context, now, one) for one in releases)
        for pairs in self.asked.pairs.values():
            for path, rules in pairs.items():
                label = next(one.label for one in reversed(rules) if one is not None)
                self.result.rules[path] = RuleCount(label.in_(self.context.language))

    def take(self, rows: Sequence[Row], *, judged: bool) -> None:
        """One save: its records as they were before, then the world after it, then what rules say."""
        self._look(rows[0])
        pending = self._pending(rows) if judged else []
        for row in rows:
            self.world.apply(row.entity, row.record, row.op, row.version, row.values)
        self._look(rows[0])
        self.result.saves += sum(1 for one in pending if one.rows)
        for one in pending:
            self._judge(rows[0], one)

    def _look(self, row: Row) -> None:
        """See the world as it is now, at the instant of a save and as whoever made it."""
        known = self.world.records.get("user", {})
        for view in self.views:
            view.at(row.at)
            view.me = view.living("user", known[row.actor]) if row.actor in known else {}

    def _judge(self, row: Row, one: Pending) -> None:
        moved = (self._moved(row.save, one, 0), self._moved(row.save, one, 1))
        for path, rules in self.asked.pairs[one.entity].items():
            count = self.result.rules[path]
            try:
                now, then = (self._side(row.save, one, path, rules[side], moved[side], side) for side in (0, 1))
            except NotKept:
                count.undecided += 1
                continue
            if now.said is then.said:
                continue
            count.judged += 1
            for kind in differing(now.said, then.said):
                count.differing[kind] += 1
                self._group(count, kind, one)
                if len(self.result.listed) < LISTED:
                    actor = row.actor or ""
                    self.result.listed.append(difference(kind, path, row.save, row.at, actor, (now, then)))

    def _side(self, save: str, one: Pending, path: str, rule: Rule | None, moved: Moved, side: int) -> Side:
        view = self.views[side]
        found = self._found(save, one, view, path) if rule is not None else None
        said = judge(view, rule, moved, found) if rule is not None else ASLEEP
        return Side(self.askings[side], view, rule, moved, found, said)

    def _group(self, count: RuleCount, kind: Kind, one: Pending) -> None:
        """Count a difference by the value that its record had."""
        declared = self.release.model.entities[one.entity].fields.get(self.by)
        if declared is not None:
            value = self._value(self._record(one, 0), self.by)
            said = self.askings[0].reader_of_values().value(value, declared.type)
            count.groups.setdefault(kind, Counter())[said] += 1

    def _notes(self, save: str) -> Notes:
        if self._noted[0] != save:
            self._noted = (save, notes_of(self.connection, save))
        return self._noted[1]

    def _found(self, save: str, one: Pending, view: View, path: str) -> Living | None:
        """A record as a rule before the write found it, where other such rules have changed that since."""
        moving = self.asked.moving.get(path)
        if moving is None or one.id not in self.world.records.get(one.entity, {}):
            return None
        own = view.naming.own[one.entity]
        fields = view.model.entities[own].fields
        kept = self._notes(save).read.get(found_by(self.release.names.entities[one.entity].table, one.id, path, 1), {})
        found = view.living(own, self.world.records[one.entity][one.id])
        for name in moving:
            own_name = view.naming.own_field(own, name)
            found.pop(own_name, None)
            if name in kept and own_name in fields:
                found[own_name] = value_of(kept[name], fields[own_name].type)
        return found

    def _pending(self, rows: Sequence[Row]) -> list[Pending]:
        """The records that rules are about: those saved, and those whose relations or roll-ups the save moves."""
        mine: dict[Key, list[Row]] = {}
        watching: dict[Key, set[str]] = {}
        fed: dict[Key, None] = {}
        for row in rows:
            mine.setdefault((row.entity, row.record), []).append(row)
            for entity, relation, reference in self.asked.watches.get(row.entity, ()):
                for parent in self._named(row, reference):
                    watching.setdefault((entity, parent), set()).add(relation)
            for entity, reference in self.asked.fed.get(row.entity, ()):
                for parent in self._named(row, reference):
                    self._feed(fed, (entity, parent))
        keys = [key for key in dict.fromkeys((*mine, *watching, *fed)) if key[0] in self.asked.pairs]
        return [self._before(key, mine.get(key, []), frozenset(watching.get(key, ()))) for key in keys]

    def _named(self, row: Row, reference: str) -> set[str]:
        """The records that a row's reference names, before and after it."""
        known = self.world.records.get(row.entity, {}).get(row.record, {})
        column = self.release.names.entities[row.entity].columns.get(reference, "")
        entry = (row.values or {}).get(column, {})
        return {str(one) for one in (known.get(reference), entry.get("new")) if one is not None}

    def _feed(self, fed: dict[Key, None], key: Key) -> None:
        """A record whose roll-ups may move, and those that it feeds in turn."""
        if key in fed:
            return
        fed[key] = None
        record = self.world.records.get(key[0], {}).get(key[1], {})
        for entity, reference in self.asked.fed.get(key[0], ()):
            if record.get(reference) is not None:
                self._feed(fed, (entity, str(record[reference])))

    def _before(self, key: Key, rows: Sequence[Row], children: frozenset[str]) -> Pending:
        values = self.world.records.get(key[0], {}).get(key[1])
        is_new = values is None or (bool(rows) and rows[0].op == "create")
        olds: list[Living | None] = []
        for view, kept in zip(self.views, self.asked.kept, strict=True):
            own = view.naming.own.get(key[0], "")
            old = view.living(own, values) if values is not None and own and not is_new else None
            for name in kept[key[0]] if old is not None else ():
                self._value(old, name)
            olds.append(old)
        return Pending(*key, rows, children, (olds[0], olds[1]))

    def _moved(self, save: str, one: Pending, side: int) -> Moved:
        """What has happened to a record, once it has: also to its computed values."""
        columns, old, naming = self.world.columns[one.entity], one.olds[side], self.views[side].naming
        own = naming.own.get(one.entity, "")
        changed = {naming.own_field(own, columns.get(column, "")) for row in one.rows for column in row.values or ()}
        for name in self.asked.kept[side][one.entity]:
            after = self._value(self._record(one, side), name)
            if after != self._value(old, name):
                changed.add(name)
        op = one.rows[0].op if one.rows else "update" if changed else ""
        return Moved(own, one.id, op, old, changed, one.children, self._actions(save, own, one.id, side))

    def _actions(self, save: str, own: str, id_: str, side: int) -> Mapping[str, Mapping[str, object]]:
        """The named actions that a save carried out on a record, as far as rules wait for any."""
        considered = self._notes(save).considered if self.asked.wants_actions else ()
        mine = [one for one in considered if one["record"] == id_ and one["rule"].startswith(ACTION)]
        model = self.views[side].model
        return {one["rule"].removeprefix(ACTION): inputs_of(model, own, [one]).get(id_, {}) for one in mine}

    def _record(self, one: Pending, side: int) -> Living | None:
        known = self.world.records.get(one.entity, {})
        view = self.views[side]
        return view.record(view.naming.own.get(one.entity, ""), one.id) if one.id in known else None

    def _value(self, record: Living | None, name: str) -> object:
        """A computed value, worked out while the world is what it is; None where it cannot be."""
        if record is None:
            return None
        try:
            return record[name]
        except (NotKept, KeyError, DoesNotFit):
            return None


def replay(
    connection: sa.Connection,
    context: Context,
    release: Release,
    candidate: Model,
    *,
    rules: Sequence[str] = (),
    since: datetime | None = None,
    limit: int = 0,
    by: str = "",
) -> Replayed:
    """Judge the history by a candidate's rules; nothing is written. `limit` is how many saves of records are judged.

    `by` names a field by whose values differences are counted.
    """
    running = Replay(connection, context, release, candidate, rules, by)
    for _, group in groupby(rows_of(connection, running.world), key=lambda row: row.save):
        rows = list(group)
        running.take(rows, judged=since is None or rows[0].at >= since)
        if limit and running.result.saves >= limit:
            break
    return running.result
