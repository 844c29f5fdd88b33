"""What a wave of a save causes: the next wave's drafts, made from roll-ups, rules and deletions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kith.runtime.write.deleting import spread
from kith.runtime.write.draft import Draft
from kith.runtime.write.fitting import fitting
from kith.runtime.write.lookups import look_up
from kith.runtime.write.moving import moves
from kith.runtime.write.noting import note_move
from kith.runtime.write.plans import Feed
from kith.runtime.write.postponing import moved, postpone, put_off
from kith.runtime.write.taking import fetch_ahead, run_after_rules, send_jobs
from kith.runtime.write.touching import Touch, Touches, touch

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values


def next_wave(session: Session, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that a written wave causes; refusals of its after-rules are noted on the drafts themselves."""
    touches: Touches = {}
    created: list[Draft] = []
    fetch_ahead(session, drafts)
    for draft in drafts:
        if draft.op == "restore" and draft.plan.rollups:
            # What its related records have become while it was in the bin is looked up.
            touch(touches, draft.entity, draft.id, draft, f"{draft.entity}:restore").lookups.update(draft.plan.rollups)
        feed_parents(session, draft, touches)
        wake_watchers(session, draft, touches)
        created += run_after_rules(session, draft, touches)
    put_off(session)
    send_jobs(session)
    following = [*touched_drafts(session, touches), *created]
    if following:
        # The next wave reads what sums have become.
        session.out.send()
    return following


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
        if feed.rollup.storage == "soon":
            postpone(session, feed, moved(session, feed, draft, old, new))
            continue
        if not feed.delta:
            for parent in {old, new} - {None}:
                touch(touches, feed.parent, str(parent), draft, by).lookups.add(feed.rollup.name)
            continue
        for parent, amount in moved(session, feed, draft, old, new):
            add(touch(touches, feed.parent, parent, draft, by), feed, amount)


def is_computed_within(draft: Draft, feed: Feed) -> bool:
    """Whether the parent travelled in the same tree, where its roll-ups were computed before the write."""
    return draft.parent is not None and draft.parent.entity == feed.parent and feed.rollup.storage == "stored"


def parent_of(record: Values | None, feed: Feed) -> str | None:
    """The parent that a live record counts for."""
    if record is None or record.get("deleted_at") is not None:
        return None
    id_ = record.get(feed.reference)
    return str(id_) if id_ is not None else None


def add(found: Touch, feed: Feed, amount: Any) -> None:
    """Add to a delta."""
    found.deltas[feed.rollup.name] = found.deltas.get(feed.rollup.name, 0) + amount


def wake_watchers(session: Session, draft: Draft, touches: Touches) -> None:
    """Wake parents whose rules read this record, so that what they require holds also when only it is saved."""
    for watch in draft.plan.watches:
        parents = {record.get(watch.reference) for record in (draft.before, draft.after) if record is not None}
        in_tree = draft.parent.id if draft.parent is not None and draft.parent.entity == watch.parent else None
        for parent in sorted(str(id_) for id_ in parents - {None, in_tree}):
            found = touch(touches, watch.parent, parent, draft, f"{watch.parent}.{watch.relation}")
            found.events.add(f"child:{watch.relation}")


def touched_drafts(session: Session, touches: Touches) -> Iterator[Draft]:
    """The records that a wave touches, locked, with what it does to them; what is deleted takes others along."""
    by_entity: dict[str, list[str]] = {}
    for entity, id_ in sorted(touches):
        by_entity.setdefault(entity, []).append(id_)
    gone = deleted_drafts(session, by_entity, touches)
    reached = {(one.entity, one.id): one for draft in gone for one in draft.tree()}
    yield from gone
    for entity, ids in by_entity.items():
        left = [id_ for id_ in ids if (entity, id_) not in reached]
        yield from left_drafts(session, entity, left, touches)
    for key in sorted(reached.keys() & touches.keys()):
        if reached[key].op != "delete":
            looked_up = look_up(session, key[0], [key[1]], sorted(touches[key].lookups))
            apply(session, reached[key], touches[key], looked_up.get(key[1], {}))


def left_drafts(session: Session, entity: str, ids: Sequence[str], touches: Touches) -> Iterator[Draft]:
    """Those that stay; where nothing but a sum moves, a statement does that alone."""
    if len(ids) == 1 and (alone := touches[entity, ids[0]]).only_moves:
        left = partial(session.unmoved.setdefault, (entity, ids[0]), alone)
        if moves(session, entity, ids[0], alone.deltas, left):
            note_move(session, entity, ids[0], alone)
            return
    if ids:
        yield from held_drafts(session, entity, ids, touches)


def deleted_drafts(session: Session, by_entity: Mapping[str, Sequence[str]], touches: Touches) -> list[Draft]:
    """The records that blocks delete and that are still what these are about, with all that goes along."""
    gone: list[Draft] = []
    for entity, ids in by_entity.items():
        asked = {id_: found for id_ in ids if (found := touches[entity, id_]).deletions}
        session.load_many(entity, asked, lock=True)
        for id_, found in asked.items():
            record = session.records[entity].get(id_)
            if record is None or record["deleted_at"] is not None or not any(one(record) for one in found.deletions):
                found.deletions.clear()
                continue
            after = session.becoming(record, "delete")
            draft = Draft(session.plan(entity), id_, "delete", record, after, found.top, chain=found.chain)
            session.going.add((entity, id_))
            session.place(draft)
            gone.append(draft)
    spread(session, gone)
    return gone


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
    plan = session.plan(record.entity)
    draft = Draft(plan, record["id"], "update", record, record.copy(), found.top, chain=found.chain)
    apply(session, draft, found, looked_up)
    session.place(draft)
    return draft


def apply(session: Session, draft: Draft, found: Touch, looked_up: dict[str, Any]) -> None:
    """Do to a draft what a wave does to its record."""
    after, plan = draft.after, draft.plan
    for name, delta in found.deltas.items():
        if after.has(name) and plan.rollups[name].field.storage == "stored":
            after[name] = fitting(session, draft, name, (after[name] or 0) + delta)
    for name in found.lookups:
        after.update({key: value for key, value in looked_up.items() if key.partition("__")[0] == name})
    for ask in found.asks:
        ask(session, draft)
    draft.events |= found.events
