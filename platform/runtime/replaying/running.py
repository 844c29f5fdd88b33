"""A whole replay: the history read in its order, every save judged by the current rules and by the candidate's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.model import Model
from kith.rules.sql.values import Engine, from_database
from kith.rules.types import DATETIME
from kith.rules.values import DoesNotFit
from kith.runtime.explaining.past import Noted, NotKept, value_of
from kith.runtime.release import Release
from kith.runtime.replaying.asked import Asked
from kith.runtime.replaying.judging import ASLEEP, KINDS, Difference, Moved, differences, judge
from kith.runtime.replaying.world import Key, Living, View, World
from kith.runtime.schema import system

LISTED = 1_000
"""Differences that are listed; all are counted."""
AT_ONCE = 2_000
"""Rows of the history that are read at a time."""


@dataclass
class RuleCount:
    """What became of one rule: records judged, differences by kind, and what the history cannot tell."""

    judged: int = 0
    undecided: int = 0
    differing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))


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
class Row:
    """A version of a record in the history."""

    save: str
    entity: str
    record: str
    version: int
    op: str
    at: datetime
    actor: str | None
    values: Mapping[str, Any] | None


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

    release: Release
    candidate: Model
    chosen: Sequence[str]
    notes: Callable[[str], Noted]
    """What a save noted beside the history."""
    result: Replayed = field(default_factory=Replayed)
    _noted: tuple[str, Noted] = ("", {})

    def __post_init__(self) -> None:
        models = (self.release.model, self.candidate)
        start = datetime.min.replace(tzinfo=UTC)
        self.asked = Asked(models, self.chosen)
        self.world = World(self.release)
        self.views = tuple(View(self.world, model, self.release.evaluator, start) for model in models)
        paths = dict.fromkeys(path for pairs in self.asked.pairs.values() for path in pairs)
        self.result.rules = {path: RuleCount() for path in paths}

    def take(self, rows: Sequence[Row], *, judged: bool) -> None:
        """One save: its records as they were before, then the world after it, then what rules say."""
        self._look(rows[0])
        pending = self._pending(rows) if judged else []
        for row in rows:
            self.world.apply(row.entity, row.record, row.op, row.version, row.values)
        self._look(rows[0])
        self.result.saves += sum(1 for one in pending if one.rows)
        for one in pending:
            self._judge(rows[0].save, one)

    def _look(self, row: Row) -> None:
        """See the world as it is now, at the instant of a save and as whoever made it."""
        known = self.world.records.get("user", {})
        for view in self.views:
            view.at(row.at)
            view.me = Living(known[row.actor], view, "user") if row.actor in known else {}

    def _judge(self, save: str, one: Pending) -> None:
        moved = tuple(self._moved(one, side) for side in (0, 1))
        for path, rules in self.asked.pairs[one.entity].items():
            count = self.result.rules[path]
            try:
                now, then = (
                    judge(view, rule, at, self._found(save, one, view, path)) if rule is not None else ASLEEP
                    for view, rule, at in zip(self.views, rules, moved, strict=True)
                )
            except NotKept:
                count.undecided += 1
                continue
            if now is then:
                continue
            count.judged += 1
            for found in differences(path, save, moved[0], now, then):
                count.differing[found.kind] += 1
                if len(self.result.listed) < LISTED:
                    self.result.listed.append(found)

    def _found(self, save: str, one: Pending, view: View, path: str) -> Living | None:
        """A record as a rule before the write found it, where other such rules have changed that since."""
        moving = self.asked.moving.get(path)
        if moving is None or one.id not in self.world.records.get(one.entity, {}):
            return None
        if self._noted[0] != save:
            self._noted = (save, self.notes(save))
        fields = view.model.entities[one.entity].fields
        kept = self._noted[1].get(f"{self.release.names.entities[one.entity].table}/{one.id}", {})
        found = Living(self.world.records[one.entity][one.id], view, one.entity)
        for name in moving:
            found.pop(name, None)
            if name in kept and name in fields:
                found[name] = value_of(kept[name], fields[name].type)
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
            old = Living(dict(values), view, key[0]) if values is not None and not is_new else None
            for name in kept[key[0]] if old is not None else ():
                self._value(old, name)
            olds.append(old)
        return Pending(*key, rows, children, (olds[0], olds[1]))

    def _moved(self, one: Pending, side: int) -> Moved:
        """What has happened to a record, once it has: also to its computed values."""
        columns, old = self.world.columns[one.entity], one.olds[side]
        changed = {columns.get(column, "") for row in one.rows for column in row.values or ()}
        for name in self.asked.kept[side][one.entity]:
            after = self._value(self._record(one, side), name)
            if after != self._value(old, name):
                changed.add(name)
        op = one.rows[0].op if one.rows else "update" if changed else ""
        return Moved(one.entity, one.id, op, old, changed, one.children)

    def _record(self, one: Pending, side: int) -> Living | None:
        known = self.world.records.get(one.entity, {})
        return self.views[side].record(one.entity, one.id) if one.id in known else None

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
    release: Release,
    candidate: Model,
    *,
    rules: Sequence[str] = (),
    since: datetime | None = None,
    limit: int = 0,
) -> Replayed:
    """Judge the history by a candidate's rules; nothing is written. `limit` is how many saves of records are judged."""
    running = Replay(release, candidate, rules, partial(_notes, connection))
    for _, group in groupby(_rows(connection, running.world), key=lambda row: row.save):
        rows = list(group)
        running.take(rows, judged=since is None or rows[0].at >= since)
        if limit and running.result.saves >= limit:
            break
    return running.result


def _notes(connection: sa.Connection, save: str) -> Noted:
    read = connection.scalar(sa.select(system.save.c.read).where(system.save.c.id == save))
    found: Noted = (orjson.loads(read) if isinstance(read, str) else read) or {}
    return found


def _rows(connection: sa.Connection, world: World) -> Iterator[Row]:
    """The history in its order, as far as its entities are still there."""
    rows = system.history.c
    columns = (rows.save, rows.entity, rows.record, rows.version, rows.op, rows.at, rows.actor, rows["values"])
    engine, last = world.release.tables.engine, ""
    while True:
        chosen = sa.select(rows.id, *columns).order_by(rows.id).limit(AT_ONCE)
        found = connection.execute(chosen.where(rows.id > last) if last else chosen).all()
        yield from _read(found, world, engine)
        if len(found) < AT_ONCE:
            return
        last = str(found[-1][0])


def _read(found: Iterable[Any], world: World, engine: Engine) -> Iterator[Row]:
    for _, save, table, record, version, op, at, actor, values in found:
        if table in world.tables:
            held = orjson.loads(values) if isinstance(values, str) else values
            moment = from_database(at, DATETIME, engine)
            assert isinstance(moment, datetime)
            who = str(actor) if actor is not None else None
            yield Row(str(save), world.tables[table], str(record), int(version), op, moment, who, held)
