"""What one save knows: its records as they are and as they become, what has been considered, and what it may still cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.metadata.model import Field, Rule
from kith.rules.tree import Node
from kith.rules.types import Type
from kith.rules.values import Env
from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.read.printing import printer
from kith.runtime.waiting import Waiting
from kith.runtime.write import waking
from kith.runtime.write.barring import announce
from kith.runtime.write.budgets import MAX_RECORDS, SECONDS, SECONDS_OF_JOBS, OverBudget, RuleTime
from kith.runtime.write.change import Alike, Cause
from kith.runtime.write.converting import Asked, rate_on, worth
from kith.runtime.write.draft import Draft
from kith.runtime.write.noting import note
from kith.runtime.write.plans import Plan, compiled, plan_of
from kith.runtime.write.reaching import ahead, becoming_within, members
from kith.runtime.write.sets import sets_of
from kith.runtime.write.several import fits_together, select_each
from kith.runtime.write.shelf import HASH, Shelf, shelf_of

if TYPE_CHECKING:
    from kith.runtime.coerce import Reading
    from kith.runtime.files.keeping import Kept
    from kith.runtime.release import Release
    from kith.runtime.write.touching import Touch

NOTHING: Mapping[str, object] = MappingProxyType({})


class Values(dict[str, Any]):
    """A record's values by field; what has no column is worked out when it is first read."""

    __slots__ = ("entity", "origin", "ran_out", "session")

    def __init__(self, values: dict[str, Any], session: Session, entity: str, origin: Values | None = None) -> None:
        super().__init__(values)
        self.session = session
        self.entity = entity
        self.origin = origin
        """What it is a copy of."""
        self.ran_out: dict[str, Any] = {}
        """What is stored still, of values that ran out with the day and are worked out anew."""

    def __missing__(self, name: str) -> Any:
        return self.session.supply(self, name)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, worked out if need be; other keys as a dict has them."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self.session.release.model.entities[self.entity].fields

    def has(self, name: str) -> bool:
        """Whether a value is at hand, without working it out."""
        return dict.__contains__(self, name)

    def copy(self) -> Values:
        """The same values, to be changed apart."""
        return Values(dict(self), self.session, self.entity, self)

    def stored(self) -> Values:
        """The record as it was last saved: what a change is told from, also one that came with the day."""
        return Values({**self, **self.ran_out}, self.session, self.entity, self) if self.ran_out else self

    def line(self) -> Iterator[Values]:
        """The values and those that they were copied from."""
        one: Values | None = self
        while one is not None:
            yield one
            one = one.origin


@dataclass(slots=True)
class Session:
    """One save, or the set-wise saves of one batch.

    `records` is the view that expressions have: what was loaded, overlaid with what the drafts of this save make of it.
    """

    raw: sa.Connection
    context: Context
    release: Release
    cause: Cause
    save: str = field(default_factory=new_id)
    records: dict[str, dict[str, Values]] = field(default_factory=dict)
    locked: set[tuple[str, str]] = field(default_factory=set)
    hashes: dict[tuple[str, str], str] = field(default_factory=dict)
    """The hash of the latest history row of locked records."""
    relations: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """Ids of the records of a relation as the database has them, by entity, relation and parent."""
    joined: dict[tuple[str, str, str], dict[str, None]] = field(default_factory=dict)
    """Ids of drafts by entity, reference field and the record it names."""
    considered: list[dict[str, Any]] = field(default_factory=list)
    outside: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Values read from records that the save does not write, for explaining: `entity/id` → field → value."""
    moved: list[dict[str, Any]] = field(default_factory=list)
    """Computed values that the save moves, for explaining: they are in no history."""
    touched: set[tuple[str, str]] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)
    """Records that this save refers to anew: they have to be live until it has been committed."""
    going: set[tuple[str, str]] = field(default_factory=set)
    """Records that this save deletes."""
    tops: int = 1
    """How many saves travel in this batch."""
    readings: dict[bool, Reading] = field(default_factory=dict)
    """How raw values are written, for percentages in points and for all else."""
    recorded: bool = False
    """Whether the row about the save itself has been written."""
    unmoved: dict[tuple[str, str], Touch] = field(default_factory=dict)
    """Records whose sums a statement alone could not move, with what was to be done to them."""
    jobs: list[dict[str, Any]] = field(default_factory=list)
    """What the blocks of this wave want sent away."""
    postponed: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """What sums that are kept `soon` are to be moved by, by entity, field and record."""
    rates: dict[Asked, Decimal | None] = field(default_factory=dict)
    """What units of currencies were worth on days, in the workspace's currency; None where nobody has said."""
    alike: dict[int, list[Alike]] = field(default_factory=dict)
    """Records that may be the same as those that are saved, by the number of the change."""
    wave: int = 0
    files: dict[str, Kept | None] = field(default_factory=dict)
    """What is known of the files that values name, by id; None where there is none."""
    out: Waiting = field(init=False)
    """What this save writes, on its way to the database."""
    rule_time: RuleTime = field(init=False)
    _midnight: datetime | None = None

    def __post_init__(self) -> None:
        self.out = Waiting(self.raw)
        limit = SECONDS_OF_JOBS if self.cause.channel == "job" else SECONDS
        self.rule_time = RuleTime(self.context.timer, self.context.processor, limit * self.tops)

    @property
    def connection(self) -> sa.Connection:
        """The database as this save has left it so far: what waits is sent first."""
        return self.out.connection

    @property
    def zone(self) -> Any:
        """The workspace's time zone: what a day is in declared expressions."""
        return self.context.zone

    @property
    def midnight(self) -> datetime:
        """The instant at which today becomes tomorrow in the workspace."""
        if self._midnight is None:
            tomorrow = self.context.now.astimezone(self.zone).date() + timedelta(days=1)
            self._midnight = datetime.combine(tomorrow, time(), tzinfo=self.zone).astimezone(UTC)
        return self._midnight

    def plan(self, entity: str) -> Plan:
        """What saving a record of an entity involves."""
        return plan_of(self.release, entity)

    def shelf(self, entity: str) -> Shelf:
        """Where the records of an entity are."""
        return shelf_of(self.release, entity)

    def values(self, entity: str, values: dict[str, Any]) -> Values:
        """A record's values as this save sees them; a value that has run out is worked out anew."""
        record = Values(values, self, entity)
        for name in self.plan(entity).fresh:
            until = record.get(f"{name}__until")
            if until is None or until <= self.context.now:
                value = record.pop(name, None)
                if until is not None:
                    record.ran_out[name] = value
        return record

    # What expressions read

    def load(self, entity: str, id_: object) -> Values | None:
        """The record of an id, as it is after what this save has done so far."""
        if id_ is None:
            return None
        known = self.records.setdefault(entity, {})
        if str(id_) not in known:
            self.load_many(entity, [str(id_)])
        return known.get(str(id_))

    def load_many(self, entity: str, ids: Iterable[str], *, lock: bool = False) -> None:
        """Have records at hand, in one statement for those that are not yet (or not yet locked)."""
        known = self.records.setdefault(entity, {})
        wanted = {id_ for id_ in ids if id_ not in known or (lock and (entity, id_) not in self.locked)}
        if not wanted:
            return
        if not lock:
            announce(self, {entity: wanted})
        for record in self.shelf(entity).select(self.connection, wanted, lock=lock):
            if lock:
                self.locked.add((entity, record["id"]))
                last = record.pop(HASH)
                # Who has waited for the lock sees the record as it is now, but not yet its history.
                if last is not None:
                    self.hashes[entity, record["id"]] = last
            self._keep(entity, record)

    def load_all(self, wanted: Mapping[str, Iterable[str]]) -> None:
        """Have records of several entities at hand: one statement for each entity, or for all where each names one."""
        missing = {name: {id_ for id_ in ids if id_ not in self.records.get(name, ())} for name, ids in wanted.items()}
        missing = {name: ids for name, ids in sorted(missing.items()) if ids}
        if all(len(ids) == 1 for ids in missing.values()) and fits_together([self.shelf(name) for name in missing]):
            announce(self, missing)
            each = {name: (self.shelf(name), next(iter(ids))) for name, ids in missing.items()}
            for name, record in select_each(self.connection, self.release, each).items():
                self._keep(name, record)
            return
        for name, ids in missing.items():
            self.load_many(name, ids)

    def _keep(self, entity: str, record: dict[str, Any]) -> None:
        self.records.setdefault(entity, {})[record["id"]] = self.values(entity, record)
        # SQLite has one writer: what it has read, nobody else can write.
        if self.release.tables.engine == "sqlite":
            self.locked.add((entity, record["id"]))

    def related(self, entity: str, record: Any, relation: str) -> Iterator[Values]:
        """The live records of a to-many relation, as they are after what this save has done so far."""
        inverse = self.release.model.entities[entity].inverses.get(relation)
        if inverse is None:
            yield from members(self, entity, record, relation)
            return
        self.gather(entity, relation, [record["id"]])
        known = self.records[inverse.entity]
        ids = dict.fromkeys(self.relations[entity, relation, record["id"]])
        # Drafts of this save may have joined, left or died since.
        ids |= dict.fromkeys(self.joined.get((inverse.entity, inverse.field, record["id"]), ()))
        for id_ in self.rule_time.watched(iter(ids)):
            child = known[id_]
            if child.get(inverse.field) == record["id"] and child.get("deleted_at") is None:
                yield child

    def becoming(self, record: Values, op: str) -> Values:
        """A copy of a record that is to be changed, marked where it goes into the recycle bin or comes out of it."""
        after = record.copy()
        if op == "delete":
            after["deleted_at"], after["deletion"] = self.context.now, self.save
        elif op == "restore":
            after["deleted_at"], after["deletion"] = None, None
        return after

    def place(self, draft: Draft) -> None:
        """Put a draft where expressions find it: by its id, and by the records that it names."""
        self.records.setdefault(draft.entity, {})[draft.id] = draft.after
        for declared in draft.plan.references:
            parent = dict.get(draft.after, declared.name)
            if isinstance(parent, str):
                self.joined.setdefault((draft.entity, declared.name, parent), {})[draft.id] = None
        if draft.before is None:
            for relation in draft.plan.entity.inverses:
                self.relations.setdefault((draft.entity, relation, draft.id), [])

    def gather(self, entity: str, relation: str, ids: Iterable[str]) -> None:
        """Have the records of a relation at hand, for all those parents in one statement."""
        inverse = self.release.model.entities[entity].inverses[relation]
        known = self.records.setdefault(inverse.entity, {})
        wanted = [id_ for id_ in ids if (entity, relation, id_) not in self.relations]
        if not wanted:
            return
        for id_ in wanted:
            self.relations[entity, relation, id_] = []
        found = self.shelf(inverse.entity).children(self.connection, inverse.field, wanted)
        if len(found) > MAX_RECORDS:
            raise OverBudget("records", MAX_RECORDS)
        for record in found:
            known.setdefault(record["id"], self.values(inverse.entity, record))
            self.relations[entity, relation, str(record[inverse.field])].append(record["id"])

    def supply(self, record: Values, name: str) -> Any:
        """The value of a field that has no column in the record: a set, or what is computed when read."""
        declared = self.release.model.entities[record.entity].fields.get(name)
        if declared is None:
            record[name] = worth(self, record, self.plan(record.entity).conversions[name])
            return dict.__getitem__(record, name)
        if declared.type.kind == "set" and declared.value is None:
            self._supply_links(record, name)
        else:
            record[name] = self.function(declared)(self.env_of(record)) if declared.value else None
        return dict.__getitem__(record, name)

    def _supply_links(self, record: Values, name: str) -> None:
        # All sets of all records of the entity, as they are and as they become, so that a batch costs one statement.
        lacking = [one for known in self.records.get(record.entity, {}).values() for one in known.line()]
        lacking = [one for one in (record, *lacking) if not one.has(name)]
        found = sets_of(self.connection, self.shelf(record.entity), {one["id"] for one in lacking})
        for one in lacking:
            for field_name, values in found[one["id"]].items():
                one.setdefault(field_name, values)

    def function(self, declared: Field) -> Callable[[Env], Any]:
        """A computed field's expression as a Python function."""
        if declared.value is None:
            raise ValueError(f"{declared.entity}.{declared.name} is not computed")
        return compiled(self.release, declared.value)

    def env(self, draft: Draft) -> Env:
        """What an expression about a draft is given."""
        if draft.env is None:
            draft.env = self.env_of(draft.after, old=draft.old, is_new=draft.op == "create", let=self.inputs(draft))
        return draft.env

    def inputs(self, draft: Draft) -> Mapping[str, object]:
        """What came along with the named action; nothing under the names of all that others ask for."""
        return {**draft.plan.inputless, **draft.inputs} if draft.plan.inputless else draft.inputs

    def env_of(
        self,
        record: Values,
        *,
        old: Values | None = None,
        is_new: bool = False,
        let: Mapping[str, object] = NOTHING,
    ) -> Env:
        """What an expression about a record is given."""
        return Env(
            this=record,
            now=self.context.now,
            zone=self.context.zone,
            old=old,
            is_new=is_new,
            me=self.context.actor.record,
            load=self.load,
            calendar=self.release.model.calendar,
            rate=partial(rate_on, self),
            related=self.related,
            show=self.show,
            let=let,
            become=partial(becoming_within, self),
            ahead=partial(ahead, self),
        )

    def row_env(self, record: Values) -> Env:
        """What the contribution of a related record to a roll-up is given."""
        now, zone, calendar = self.context.now, self.context.zone, self.release.model.calendar
        return Env(this=record, row=record, now=now, zone=zone, load=self.load, calendar=calendar)

    def show(self, value: object, type_: Type) -> str:
        """A value as the reader of this save's messages reads it."""
        context, model = self.context, self.release.model
        return printer(type_, model, context.language, context.reader_zone)(value)

    # What rules do

    def wakes(self, rule: Rule, draft: Draft) -> bool:
        """Whether a draft wakes a rule."""
        return waking.wakes(self, rule, draft)

    def evaluate(self, node: Node, env: Env) -> object:
        """The value of a part of a block."""
        return self.release.cached(("node", id(node)), lambda: self.release.evaluator.function(node))(env)

    def perform(self, rule: Rule, draft: Draft) -> None:
        """Run a block that comes before the write."""
        waking.perform(self, rule, draft)

    def fired(self, rule: Rule, draft: Draft) -> None:
        """Note that a rule's block ran: once it has, since what it read is at hand only then, and before it is carried out."""
        self.verdict(rule, draft, "fired")

    def verdict(self, rule: Rule, draft: Draft, verdict: str) -> None:
        """Note what became of a rule, for explaining: held, refused, fired, or when (its condition did not hold)."""
        note(self, rule, draft, verdict)
        self.consider(rule.path, draft, verdict)

    def consider(self, path: str, draft: Draft, verdict: str, inputs: Mapping[str, object] | None = None) -> None:
        """The same for whatever else decides: a transition's guard, or a named action with what came along with it."""
        entry: dict[str, Any] = {"rule": path, "record": draft.id, "wave": self.wave, "verdict": verdict}
        entry["version"] = draft.before["version"] if draft.before is not None else 0
        if draft.chain:
            entry["chain"] = draft.chain
        if self.tops > 1:
            entry["top"] = draft.top
        if inputs:
            entry["inputs"] = dict(inputs)
        self.considered.append(entry)

    def touch(self, draft: Draft) -> None:
        """Count a record that the save writes; raises OverBudget."""
        self.touched.add((draft.entity, draft.id))
        if len(self.touched) > MAX_RECORDS * self.tops:
            raise OverBudget("records", MAX_RECORDS, draft.chain)
