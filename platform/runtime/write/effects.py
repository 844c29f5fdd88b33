"""What a wave of a save causes: the next wave's drafts, made from roll-ups, rules and deletions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from kith.rules.actions import CreateRecord, Fresh, Refuse, SetField, SetThrough, run
from kith.runtime.write.change import Change, Failure
from kith.runtime.write.draft import Draft
from kith.runtime.write.explaining import message_of
from kith.runtime.write.lookups import look_up
from kith.runtime.write.messages import texts
from kith.runtime.write.moving import moves
from kith.runtime.write.plans import Feed
from kith.runtime.write.preparing import fill_defaults, new_draft

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.write.session import Session, Values


@dataclass(slots=True)
class Touch:
    """What a wave does to one record of the next: deltas of roll-ups, roll-ups to look up again, fields to set."""

    top: int
    chain: tuple[str, ...]
    deltas: dict[str, Decimal | int] = field(default_factory=dict)
    lookups: set[str] = field(default_factory=set)
    sets: dict[str, Any] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)

    @property
    def only_moves(self) -> bool:
        """Whether nothing but sums and counts is known to change."""
        return bool(self.deltas) and not (self.lookups or self.sets or self.events)


Touches = dict[tuple[str, str], Touch]


def next_wave(session: Session, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that a written wave causes; refusals of its after-rules are noted on the drafts themselves."""
    touches: Touches = {}
    created: list[Draft] = []
    for draft in drafts:
        if draft.op == "restore" and draft.plan.rollups:
            # What its related records have become while it was in the bin is looked up.
            touch(touches, draft.entity, draft.id, draft, f"{draft.entity}:restore").lookups.update(draft.plan.rollups)
        feed_parents(session, draft, touches)
        wake_watchers(session, draft, touches)
        created += run_after_rules(session, draft, touches)
    following = [*touched_drafts(session, touches), *created]
    if following:
        # The next wave reads what sums have become.
        session.out.send()
    return following


def touch(touches: Touches, entity: str, id_: str, draft: Draft, by: str) -> Touch:
    """The touch of a record, made where there is none."""
    return touches.setdefault((entity, id_), Touch(draft.top, (*draft.chain, by)))


def feed_parents(session: Session, draft: Draft, touches: Touches) -> None:
    """Move or mark the roll-ups of the parents that a record leaves, joins or stays with."""
    for feed in draft.plan.feeds:
        if is_computed_within(draft, feed):
            continue
        old = parent_of(draft.before, feed) if draft.op != "create" else None
        new = parent_of(draft.after, feed)
        if old == new and draft.op == "update" and not any(draft.changed(name) for name in feed.reads):
            continue
        by = f"{feed.parent}.{feed.rollup.name}"
        if not feed.delta:
            for parent in {old, new} - {None}:
                touch(touches, feed.parent, str(parent), draft, by).lookups.add(feed.rollup.name)
            continue
        if old is not None and draft.before is not None:
            add(touch(touches, feed.parent, old, draft, by), feed, contribution(session, feed, draft.before), -1)
        if new is not None:
            add(touch(touches, feed.parent, new, draft, by), feed, contribution(session, feed, draft.after), 1)


def is_computed_within(draft: Draft, feed: Feed) -> bool:
    """Whether the parent travelled in the same tree, where its roll-ups were computed before the write."""
    return draft.parent is not None and draft.parent.entity == feed.parent and feed.rollup.storage == "stored"


def parent_of(record: Values | None, feed: Feed) -> str | None:
    """The parent that a live record counts for."""
    if record is None or record.get("deleted_at") is not None:
        return None
    id_ = record.get(feed.reference)
    return str(id_) if id_ is not None else None


def contribution(session: Session, feed: Feed, record: Values) -> Any:
    """What one record adds to a sum or count."""
    return feed.contribution(session.row_env(record)) if feed.contribution else 0


def add(found: Touch, feed: Feed, amount: Any, sign: int) -> None:
    """Add to a delta."""
    found.deltas[feed.rollup.name] = found.deltas.get(feed.rollup.name, 0) + sign * amount


def wake_watchers(session: Session, draft: Draft, touches: Touches) -> None:
    """Wake parents whose rules read this record, so that what they require holds also when only it is saved."""
    for watch in draft.plan.watches:
        parents = {record.get(watch.reference) for record in (draft.before, draft.after) if record is not None}
        in_tree = draft.parent.id if draft.parent is not None and draft.parent.entity == watch.parent else None
        for parent in sorted(str(id_) for id_ in parents - {None, in_tree}):
            found = touch(touches, watch.parent, parent, draft, f"{watch.parent}.{watch.relation}")
            found.events.add(f"child:{watch.relation}")


def run_after_rules(session: Session, draft: Draft, touches: Touches) -> list[Draft]:
    """Run the blocks that this record wakes; their effects are collected, not carried out."""
    created: list[Draft] = []
    if not draft.plan.after:
        return created
    with session.rule_time.counted():
        for rule in draft.plan.after:
            session.rule_time.running = rule.path
            if session.wakes(rule, draft):
                session.fired(rule, draft)
                created += take_effects(session, draft, rule, touches)
    return created


def take_effects(session: Session, draft: Draft, rule: Rule, touches: Touches) -> list[Draft]:
    """The effects of one block on one record as touches and new drafts."""
    made: dict[Fresh, Draft] = {}
    if rule.do is None:
        return []

    def real(value: Any) -> Any:
        return made[value].id if isinstance(value, Fresh) else value

    tell, reached = partial(message_of, session, rule), session.release.evaluator.reached
    for effect in run(rule.do, session.env(draft), session.evaluate, tell, reached):
        match effect:
            case Refuse(message, field_name):
                chain = (*draft.chain, rule.path)
                said = message
                if draft.chain:
                    said = texts(session.context.language)("failure.chain", message=message, chain=" → ".join(chain))
                draft.fail(Failure("rule", said, field_name, rule.path, draft.at))
            case SetField(name, value):
                touch(touches, draft.entity, draft.id, draft, rule.path).sets[name] = real(value)
            case SetThrough(entity=entity, id=id_, name=name, value=value) if id_ is not None:
                if isinstance(id_, Fresh):
                    made[id_].after[name] = real(value)
                else:
                    touch(touches, entity, str(id_), draft, rule.path).sets[name] = real(value)
            case CreateRecord(entity=entity, values=values, fresh=fresh):
                given = {name: real(value) for name, value in values.items()}
                made[fresh] = created_draft(session, draft, rule, entity, given)
    return list(made.values())


def created_draft(session: Session, draft: Draft, rule: Rule, entity: str, values: dict[str, Any]) -> Draft:
    """The draft of a record that a rule creates."""
    declared = session.release.model.entities[entity]
    made = new_draft(session, Change("create", entity), declared, draft.top, "")
    made.after.update(values)
    made.given = frozenset(values)
    made.chain = (*draft.chain, rule.path)
    session.place(made)
    fill_defaults(session, made)
    return made


def touched_drafts(session: Session, touches: Touches) -> Iterator[Draft]:
    """The records that a wave touches, locked, with what it does to them."""
    by_entity: dict[str, list[str]] = {}
    for entity, id_ in sorted(touches):
        by_entity.setdefault(entity, []).append(id_)
    for entity, ids in by_entity.items():
        alone = touches[entity, ids[0]]
        left = partial(session.unmoved.setdefault, (entity, ids[0]), alone)
        if len(ids) == 1 and alone.only_moves and moves(session, entity, ids[0], alone.deltas, left):
            continue
        yield from held_drafts(session, entity, ids, touches)


def unmoved_drafts(session: Session) -> list[Draft]:
    """The records whose sums no statement could move alone, once what waits has been sent."""
    left, session.unmoved = session.unmoved, {}
    return [draft for entity, id_ in sorted(left) for draft in held_drafts(session, entity, [id_], left)]


def held_drafts(session: Session, entity: str, ids: Sequence[str], touches: Touches) -> Iterator[Draft]:
    """The records of an entity that are touched, read and locked, with what is done to them."""
    session.load_many(entity, ids, lock=True)
    wanted = {name for id_ in ids for name in touches[entity, id_].lookups}
    found = look_up(session, entity, ids, sorted(wanted))
    for id_ in ids:
        record = session.records[entity].get(id_)
        if record is not None and record["deleted_at"] is None:
            yield touched_draft(session, record, touches[entity, id_], found.get(id_, {}))


def touched_draft(session: Session, record: Values, found: Touch, looked_up: dict[str, Any]) -> Draft:
    """One touched record as a draft of the next wave."""
    after = record.copy()
    plan = session.plan(record.entity)
    draft = Draft(plan, record["id"], "update", record, after, found.top, chain=found.chain)
    for name, delta in found.deltas.items():
        if after.has(name) and plan.rollups[name].field.storage == "stored":
            after[name] = session.fitting(draft, name, (after[name] or 0) + delta)
    for name in found.lookups:
        after.update({key: value for key, value in looked_up.items() if key.partition("__")[0] == name})
    for name, value in found.sets.items():
        after[name] = session.fitting(draft, name, value)
    draft.events = frozenset(found.events)
    session.place(draft)
    return draft
