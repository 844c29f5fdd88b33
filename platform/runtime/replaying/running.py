"""A whole replay: the history read in its order, every save judged by the current rules and by the candidate's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.analysis.order import watched
from kith.metadata.analysis.steps import steps_of
from kith.metadata.model import Model, Rule
from kith.rules.program import Use
from kith.rules.sql.values import Engine, from_database
from kith.rules.types import DATETIME
from kith.runtime.explaining.past import NotKept
from kith.runtime.release import Release
from kith.runtime.replaying.judging import KINDS, Difference, Moved, Said, differences, judge
from kith.runtime.replaying.world import Living, View, World
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


@dataclass
class Replay:
    """A replay on its way: one world, seen through the current documents and through the candidate's."""

    release: Release
    candidate: Model
    chosen: Sequence[str]
    """Rules by `set/rule` or by their set; none: every rule that either has."""
    result: Replayed = field(default_factory=Replayed)

    def __post_init__(self) -> None:
        start = datetime.min.replace(tzinfo=UTC)
        self.world = World(self.release)
        self.views = tuple(
            View(self.world, model, self.release.evaluator, start) for model in (self.release.model, self.candidate)
        )
        self.pairs: dict[str, dict[str, tuple[Rule | None, Rule | None]]] = {}
        for side, model in enumerate((self.release.model, self.candidate)):
            for entity, rules in model.rules.items():
                for rule in rules:
                    if self.is_chosen(rule):
                        pair = list(self.pairs.setdefault(entity, {}).get(rule.path, (None, None)))
                        pair[side] = rule
                        self.pairs[entity][rule.path] = (pair[0], pair[1])
                        self.result.rules.setdefault(rule.path, RuleCount())
        self.watches = self._watched()
        self.olds = tuple(self._olds(model) for model in (self.release.model, self.candidate))
        self.unsure = frozenset(path for model in (self.release.model, self.candidate) for path in self._unsure(model))

    def is_chosen(self, rule: Rule) -> bool:
        """Whether a rule is asked about."""
        return not self.chosen or rule.path in self.chosen or rule.set_name in self.chosen

    def take(self, rows: Sequence[Row], *, judged: bool) -> None:
        """One save: its records as they were before, then the world after it, then what rules say."""
        self._look(rows[0])
        moved = self._moved(rows) if judged else []
        for row in rows:
            self.world.apply(row.entity, row.record, row.op, row.version, row.values)
        if not judged:
            return
        self._look(rows[0])
        self.result.saves += sum(1 for one, _ in moved if one.op)
        for pair in moved:
            self._judge(rows[0].save, pair)

    def _look(self, row: Row) -> None:
        """See the world as it is now, at the instant of a save and as whoever made it."""
        known = self.world.records.get("user", {})
        for view in self.views:
            view.at(row.at)
            view.me = Living(known[row.actor], view, "user") if row.actor in known else {}

    def _judge(self, save: str, moved: tuple[Moved, Moved]) -> None:
        for path, rules in self.pairs.get(moved[0].entity, {}).items():
            count = self.result.rules[path]
            if path in self.unsure:
                count.undecided += 1
                continue
            try:
                now, then = (
                    judge(view, rule, one) if rule is not None else Said("asleep")
                    for view, rule, one in zip(self.views, rules, moved, strict=True)
                )
            except NotKept:
                count.undecided += 1
                continue
            count.judged += now.verdict != "asleep" or then.verdict != "asleep"
            for found in differences(path, save, moved[0], now, then):
                count.differing[found.kind] += 1
                if len(self.result.listed) < LISTED:
                    self.result.listed.append(found)

    def _moved(self, rows: Sequence[Row]) -> list[tuple[Moved, Moved]]:
        """What the save does to each record that rules are about, with what it was before; then to their parents."""
        children: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            for entity, id_, relation in self._parents(row):
                children.setdefault((entity, id_), set()).add(relation)
        first: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            first.setdefault((row.entity, row.record), []).append(row)
        keys = [key for key in dict.fromkeys((*first, *children)) if key[0] in self.pairs]
        return [self._pair(key, first.get(key, []), children.get(key, set())) for key in keys]

    def _pair(self, key: tuple[str, str], rows: Sequence[Row], children: set[str]) -> tuple[Moved, Moved]:
        entity, id_ = key
        columns = self.world.columns[entity]
        changed = {columns.get(column, "") for row in rows for column in row.values or ()}
        op = rows[0].op if rows else ""
        values = self.world.records.get(entity, {}).get(id_)
        found = []
        for view, names in zip(self.views, self.olds, strict=True):
            old = Living(dict(values), view, entity) if values is not None and op != "create" else None
            for name in names.get(entity, ()) if old is not None else ():
                self._fix(old, name)
            found.append(Moved(entity, id_, op, old, changed, children))
        return found[0], found[1]

    def _fix(self, old: Living | None, name: str) -> None:
        """Work a computed value out while the world still is what it was."""
        if old is None:
            return
        try:
            old[name]
        except (NotKept, KeyError):
            return

    def _parents(self, row: Row) -> Iterator[tuple[str, str, str]]:
        """The records whose relations a row is about, before and after it, where rules watch them."""
        known = self.world.records.get(row.entity, {}).get(row.record, {})
        names = self.release.names.entities[row.entity].columns
        for entity, relation, reference in self.watches.get(row.entity, ()):
            entry = (row.values or {}).get(names.get(reference, ""), {})
            for parent in {known.get(reference), entry.get("new")} - {None}:
                yield entity, str(parent), relation

    def _watched(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """By entity the relations of others that rules watch: whose, which, and by which reference."""
        found: dict[str, dict[tuple[str, str, str], None]] = {}
        for entity, pairs in self.pairs.items():
            for rule in (one for pair in pairs.values() for one in pair if one is not None):
                for relation in watched(rule):
                    inverse = self.release.model.entities[entity].inverses.get(relation)
                    if inverse is not None:
                        found.setdefault(inverse.entity, {})[entity, relation, inverse.field] = None
        return {name: tuple(some) for name, some in found.items()}

    def _olds(self, model: Model) -> dict[str, tuple[str, ...]]:
        """By entity the computed fields that rules read as they were before."""
        found: dict[str, dict[str, None]] = {}
        for entity in self.pairs:
            for rule in model.rules.get(entity, ()):
                for use in uses_of(rule):
                    fields = model.entities[entity].fields
                    if use.root == "old" and use.field in fields and fields[use.field].is_computed and not use.through:
                        found.setdefault(entity, {})[use.field] = None
        return {entity: tuple(names) for entity, names in found.items()}

    def _unsure(self, model: Model) -> Iterator[str]:
        """Rules before the write that read what such rules set: the history has only what became of it."""
        for name, rules in model.rules.items():
            written = {field for step in steps_of(model.entities[name], rules) if step.rule for field in step.writes}
            for rule in rules:
                read = {use.field for use in uses_of(rule) if use.root == "this" and not (use.through or use.relation)}
                if rule.before and not read.isdisjoint(written):
                    yield rule.path


def uses_of(rule: Rule) -> Iterator[Use]:
    """Everything that a rule reads."""
    for part in (rule.when, rule.require, rule.do):
        yield from part.uses if part is not None else ()


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
    running = Replay(release, candidate, rules)
    for _, group in groupby(_rows(connection, running.world), key=lambda row: row.save):
        rows = list(group)
        running.take(rows, judged=since is None or rows[0].at >= since)
        if limit and running.result.saves >= limit:
            break
    return running.result


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
