"""What a rule read that the history does not hold: noted with its verdict, so that it can be explained for ever.

The history has the stored input of every record. It lacks computed values, what other records held at that moment, and what a
rule before the write found in fields that such rules set. Only what is at hand is noted: what no evaluation has looked at needs
no statement of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kith.metadata.model import Rule
from kith.rules.program import Expression, Use
from kith.runtime.write.plans import plan_of
from kith.runtime.write.storing import as_json

if TYPE_CHECKING:
    from kith.runtime.release import Release
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values
    from kith.runtime.write.touching import Touch

MOST_ROWS = 200
"""Related records whose values are noted for one rule; where there are more, none of them are."""
OLD = "old."


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a rule's reading is to be noted."""

    moving: tuple[str, ...]
    """Fields of the record that are on their way: what such a rule finds there, the next may find otherwise."""
    own: tuple[str, ...]
    old: tuple[str, ...]
    me: tuple[str, ...]
    links: tuple[tuple[tuple[str, ...], str], ...]
    """References from the record, and the field at their end."""
    relations: tuple[tuple[tuple[str, ...], str, tuple[tuple[tuple[str, ...], str], ...]], ...]
    """References to the record whose relation is read, the relation, and what is read of each of its records."""

    @property
    def is_empty(self) -> bool:
        """Whether the history says all."""
        return not (self.own or self.old or self.me or self.links or self.relations)


def note(session: Session, rule: Rule, draft: Draft, verdict: str) -> None:
    """Note what a rule has read for its verdict; what it found in fields that are on their way, apart from all else."""
    key = ("noted", rule.path, verdict == "when")
    reading = session.release.cached(key, lambda: _of_rule(session.release, rule, verdict == "when"))
    _note(session, reading, draft)
    found = {name: as_json(draft.after[name]) for name in reading.moving if draft.after.has(name)}
    if found:
        session.outside[found_by(session.shelf(rule.of).table.stable_name, draft.id, rule.path, session.wave)] = found


def found_by(table: str, record: str, rule: str, wave: int) -> str:
    """Under which key stands what a rule before the write found in fields that such rules set."""
    return f"{table}/{record}@{wave}:{rule}"


def note_guard(session: Session, path: str, guard: Expression | None, draft: Draft, *, before: bool = False) -> None:
    """The same for what else decides: a transition's guard, or the condition of an action on the record as it was."""
    if guard is not None:
        read = partial(_reading, session.release, draft.entity, guard.uses)
        _note(session, session.release.cached(("noted", draft.entity, path), read), draft, before=before)


def note_moved(session: Session, drafts: Iterable[Draft]) -> None:
    """Note which computed values of records that were there already become others, from what to what."""
    for draft in drafts:
        before, after = draft.before, draft.after
        if before is None or draft.op != "update":
            continue
        moved = {
            name: {"old": as_json(before[name]), "new": as_json(after[name])}
            for name in (*draft.plan.rollups, *draft.plan.formulas)
            if after.has(name) and draft.changed(name)
        }
        if moved:
            at = {"entity": draft.entity, "record": draft.id, "wave": session.wave}
            _move(session, at, draft.top, draft.chain, moved)


def note_move(session: Session, entity: str, id_: str, found: Touch) -> None:
    """The same of sums that a statement moves without reading them: by how much."""
    moved = {name: {"by": as_json(delta)} for name, delta in found.deltas.items() if delta}
    if moved:
        at = {"entity": entity, "record": id_, "wave": session.wave + 1}
        _move(session, at, found.top, found.chain, moved)


def _move(
    session: Session, at: dict[str, Any], top: int, chain: tuple[str, ...], moved: Mapping[str, Mapping[str, Any]]
) -> None:
    of_batch = {"top": top} if session.tops > 1 else {}
    session.moved.append({**at, **of_batch, "chain": chain, "fields": moved})


def _note(session: Session, reading: Reading, draft: Draft, *, before: bool = False) -> None:
    if reading.is_empty:
        return
    asked = draft.before if before and draft.before is not None else draft.after
    own = () if before else reading.own
    mine = {name: draft.after[name] for name in own if draft.after.has(name)}
    if draft.before is not None:
        was = (*reading.old, *(reading.own if before else ()))
        mine |= {OLD + name: draft.before[name] for name in was if draft.before.has(name)}
    _keep(session, draft.entity, draft.id, mine)
    if reading.me and session.context.actor.id:
        record = session.context.actor.record
        _keep(session, "user", session.context.actor.id, {name: record.get(name) for name in reading.me})
    for through, name in reading.links:
        _link(session, asked, through, name)
    for through, relation, read in reading.relations:
        parent = _follow(session, asked, through)
        if parent is not None and (parent.entity, relation, parent["id"]) in session.relations:
            _rows(session, parent, relation, read)


def _link(session: Session, record: Values, through: tuple[str, ...], name: str) -> None:
    """The field at the end of references, and those on the way there."""
    for length in range(1, len(through) + 1):
        found = _follow(session, record, through[:length])
        if found is None:
            return
        field = through[length] if length < len(through) else name
        if found.has(field):
            _keep(session, found.entity, found["id"], {field: found[field]})


def _rows(session: Session, parent: Values, relation: str, read: Iterable[tuple[tuple[str, ...], str]]) -> None:
    rows = list(session.related(parent.entity, parent, relation))
    if len(rows) > MOST_ROWS:
        return
    _keep(session, parent.entity, parent["id"], {relation: [row["id"] for row in rows]})
    for row in rows:
        own = {through[0] if through else name for through, name in read}
        _keep(session, row.entity, row["id"], {name: row[name] for name in sorted(own) if row.has(name)})
        for through, name in read:
            if through:
                _link(session, row, through, name)


def _follow(session: Session, record: Values, through: tuple[str, ...]) -> Values | None:
    """The record at the end of references, where it is at hand."""
    found: Values | None = record
    for name in through:
        declared = session.release.model.entities[found.entity].fields.get(name) if found is not None else None
        if found is None or declared is None or not found.has(name):
            return None
        found = session.records.get(declared.type.entity, {}).get(str(found[name]))
    return found


def _keep(session: Session, entity: str, id_: str, values: Mapping[str, Any]) -> None:
    """Keep values of a record; what has become another value in a later wave is kept beside, under that wave."""
    if not values:
        return
    key = f"{session.shelf(entity).table.stable_name}/{id_}"
    known = session.outside.setdefault(key, {})
    for name, value in values.items():
        shown = as_json(value) if not isinstance(value, list) else value
        if known.setdefault(name, shown) != shown:
            session.outside.setdefault(f"{key}@{session.wave}", {})[name] = shown


def _of_rule(release: Release, rule: Rule, only_when: bool) -> Reading:
    # Rules before the write see fields as they are on their way.
    moving = {name for step in plan_of(release, rule.of).steps for name in step.writes} if rule.before else ()
    return _reading(release, rule.of, _uses(rule, only_when), moving)


def _reading(release: Release, entity: str, asked: Iterable[Use], moving: Collection[str] = ()) -> Reading:
    uses = list(dict.fromkeys(asked))
    fields = release.model.entities[entity].fields

    def unkept(use: Use) -> bool:
        return use.field in fields and (fields[use.field].is_computed or use.field in moving)

    plain = [use for use in uses if not use.relation]
    relations: dict[tuple[tuple[str, ...], str], list[tuple[tuple[str, ...], str]]] = {}
    for use in uses:
        if use.relation and use.root == "this":
            read = relations.setdefault((_names(use.through), use.relation), [])
            if use.field:
                read.append((_names(use.beyond), use.field))
    mine = [one.field for one in plain if one.root == "this" and not one.through and unkept(one)]
    return Reading(
        moving=tuple(name for name in mine if name in moving),
        own=tuple(name for name in mine if name not in moving),
        old=tuple(one.field for one in plain if one.root == "old" and not one.through and unkept(one)),
        me=tuple((one.through[0].name if one.through else one.field) for one in plain if one.root == "me"),
        links=tuple((_names(one.through), one.field) for one in plain if one.root == "this" and one.through),
        relations=tuple((*key, tuple(read)) for key, read in relations.items()),
    )


def _uses(rule: Rule, only_when: bool) -> Iterator[Use]:
    yield from rule.when.uses if rule.when is not None else ()
    if not only_when:
        yield from rule.require.uses if rule.require is not None else ()
        yield from rule.do.uses if rule.do is not None else ()


def _names(steps: Iterable[Any]) -> tuple[str, ...]:
    return tuple(step.name for step in steps)
