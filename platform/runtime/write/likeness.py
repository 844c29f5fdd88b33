"""Do others look like this record: found by the keys that its search row has, then compared field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.likeness.apart import kept_apart, pair_of
from kith.runtime.read.prepared import Prepared, prepare
from kith.runtime.rights import is_closed
from kith.runtime.search import likenesses_of
from kith.runtime.search.likeness import Likeness
from kith.runtime.search.matching import rows_with
from kith.runtime.write.authorising import holds, is_free, may_see, rights
from kith.runtime.write.change import Alike, Failure
from kith.runtime.write.explaining import title_of
from kith.runtime.write.messages import failure, texts

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values
    from kith.runtime.write.shelf import Shelf

ASKED_BY = frozenset({"form", "api", "bulk", "import"})
"""What people send; rules, jobs and what is undone make no duplicates that anybody could avoid."""
MOST_FOUND = 50
"""Records that are compared with one."""
MOST_TOLD = 5
MOST_KEYS = 500
"""Keys of one statement; it is of many only where many records are saved together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A record with the keys that it is found by under each rule."""

    id: str
    record: Values
    keys: Mapping[Likeness, Sequence[str]]


def check_likeness(session: Session, drafts: Sequence[Draft]) -> None:
    """Refuse what a rule refuses, and note what one warns of."""
    if session.cause.channel not in ASKED_BY or session.wave > 1:
        return
    for entity in sorted({draft.entity for draft in drafts}):
        if likenesses_of(session.release, entity):
            _check(session, entity, {draft.id: draft for draft in drafts if draft.entity == entity})


def _check(session: Session, entity: str, drafts: Mapping[str, Draft]) -> None:
    found = {
        draft.id: one
        for draft in drafts.values()
        if draft.op != "delete" and (one := asked_of(session, draft)) is not None
    }
    if not found:
        return
    place = {id_: number for number, id_ in enumerate(found)}
    near = list(pairs(session, entity, list(found.values())))
    old = [(id_, other["id"]) for id_, _, other in near if drafts[id_].before is not None]
    known = kept_apart(session.connection, session.release, entity, old)
    for id_, likeness, other in near:
        twin = found.get(other["id"])
        if twin is not None and likeness in twin.keys and place[twin.id] > place[id_]:
            # Of two that are saved together the later one looks like the earlier.
            continue
        if likeness.rule.action == "refuse" or pair_of(id_, other["id"]) not in known:
            note(session, drafts[id_], likeness, other)


def asked_of(session: Session, draft: Draft) -> Asked | None:
    """What is asked about a draft: the rules of which some part is new."""
    if any(one.code.startswith(("may_not_", "outside_")) for one in draft.failures):
        # Who may not write this learns nothing by it of what others have there.
        return None
    is_new = draft.op in ("create", "restore")
    keys = {
        one: one.keys(draft.after)
        for one in likenesses_of(session.release, draft.entity)
        if one.rule.action != "ask"
        and (is_new or any(draft.changed(name) for name in one.rule.match))
        and draft.unread.isdisjoint(one.rule.match)
    }
    keys = {one: found for one, found in keys.items() if found}
    return Asked(draft.id, draft.after, keys) if keys else None


def pairs(session: Session, entity: str, asked: Sequence[Asked]) -> Iterator[tuple[str, Likeness, Values]]:
    """The live records that may be the same as those asked about, others that are asked about included."""
    found = candidates(session, entity, [key for one in asked for keys in one.keys.values() for key in keys])
    among = {one.id: one.record for one in asked}
    known: dict[str, dict[str, None]] = {}
    if len(asked) + len(found) > MOST_FOUND:
        # Of many, each is compared with those only that have a key in common with it.
        for record in (*among.values(), *found):
            for likeness in likenesses_of(session.release, entity):
                for key in likeness.keys(record):
                    known.setdefault(key, {})[record["id"]] = None
    by_id = {record["id"]: record for record in found} | among
    for one in asked:
        for likeness, keys in one.keys.items():
            near = dict.fromkeys(id_ for key in keys for id_ in known.get(key, ())) if known else by_id
            for id_ in near:
                other = by_id[id_]
                if id_ != one.id and other["deleted_at"] is None and likeness.holds(one.record, other):
                    yield one.id, likeness, other


def candidates(session: Session, entity: str, keys: Iterable[str]) -> list[Values]:
    """The live records that are found by one of the keys, as this save makes them."""
    wanted, shelf = list(dict.fromkeys(keys)), session.shelf(entity)
    known, found = session.records.setdefault(entity, {}), {}
    for start in range(0, len(wanted), MOST_KEYS):
        some = wanted[start : start + MOST_KEYS]
        statement = shelf.kept("alike", lambda: _statement(session, shelf))
        asked = (" OR " if shelf.engine == "sqlite" else " | ").join(some)
        for row in statement.run(session.connection, {"keys": asked, "most": MOST_FOUND * len(some)}):
            record = shelf.record(row)
            found[record["id"]] = known.setdefault(record["id"], session.values(entity, record))
    return list(found.values())


def _statement(session: Session, shelf: Shelf) -> Prepared:
    columns: list[Any] = [slot.wanted for slot in shelf.slots]
    most = sa.bindparam("most", type_=sa.Integer())
    ids = rows_with(shelf.engine, sa.bindparam("keys", type_=sa.Text()))
    if shelf.engine == "sqlite":
        return prepare(session.raw, sa.select(*columns).where(shelf.table.id.in_(ids), shelf.table.live).limit(most))
    # As an array: a join would be planned by statistics, which a table that is being filled does not have.
    found = sa.func.array(ids.limit(most).scalar_subquery())
    return prepare(session.raw, sa.select(*columns).where(shelf.table.id == sa.func.any(found), shelf.table.live))


# ---- what is told -------------------------------------------------------------------------------------------------


def note(session: Session, draft: Draft, likeness: Likeness, other: Values) -> None:
    """Refuse, or warn: as far as the actor may know of the other record."""
    told = session.alike.setdefault(draft.top, [])
    alike = alike_of(session, draft.after, likeness, other)
    if not alike.id and session.tops > 1 and not alike.refuses:
        # Of many at once, what somebody may not see is not told.
        return
    if len(told) < MOST_TOLD and all((one.id, one.told) != (alike.id, alike.told) for one in told):
        told.append(alike)
    if alike.refuses:
        code = "duplicate" if alike.id else "duplicate_hidden"
        if all(one.code != code for one in draft.failures):
            draft.fail(_refusal(session, draft, likeness, alike, code))
    elif draft.seen_alike is None or alike.id in draft.seen_alike:
        return
    elif all(one.code != "may_be_duplicate" for one in draft.failures):
        draft.fail(failure(session, "may_be_duplicate", draft))


def _refusal(session: Session, draft: Draft, likeness: Likeness, alike: Alike, code: str) -> Failure:
    said = failure(
        session,
        code,
        draft,
        next(iter(likeness.rule.match)),
        title=alike.title,
        labels=_labels(session, likeness),
        entity=draft.plan.entity.label,
    )
    return replace(said, rule=likeness.path, why=alike.why)


def alike_of(session: Session, record: Values, likeness: Likeness, other: Values) -> Alike:
    """Another record that may be the same, as the actor may know it."""
    labels, refuses = _labels(session, likeness), likeness.rule.action == "refuse"
    say = texts(session.context.language)
    if not is_visible(session, likeness, other):
        message = say("alike.hidden", labels=labels)
        told = tuple(_told(session, likeness, other))
        return Alike(likeness.path, likeness.entity, "", say("alike.hidden_title"), message, refuses, labels, told=told)
    title = title_of(session, other)
    why = tuple(
        say("alike.why", label=one.label.in_(session.context.language), yours=yours, theirs=theirs)
        for one in likeness.fields
        if (yours := session.show(record[one.name], one.type)) != (theirs := session.show(other[one.name], one.type))
    )
    message = say("alike.seen", title=title, labels=labels)
    return Alike(likeness.path, likeness.entity, other["id"], title, message, refuses, labels, why)


def is_visible(session: Session, likeness: Likeness, other: Values) -> bool:
    """Whether the actor may read the record, and in it all that was compared."""
    if is_free(session):
        return True
    granted = rights(session, likeness.entity)
    return may_see(session, likeness.entity, other) and all(
        holds(session, granted.reading(one.name).read, other) for one in likeness.fields
    )


def _labels(session: Session, likeness: Likeness) -> str:
    return " + ".join(one.label.in_(session.context.language) for one in likeness.fields)


def _told(session: Session, likeness: Likeness, other: Values) -> Iterator[tuple[str, str]]:
    """What its rule tells of a record that the actor may not see."""
    fields = session.release.model.entities[likeness.entity].fields
    for name in likeness.rule.tell:
        declared, value = fields[name], other[name]
        if value is not None and not is_closed(declared):
            yield declared.label.in_(session.context.language), _named(session, declared.type, value)


def _named(session: Session, type_: Any, value: object) -> str:
    record = session.load(type_.entity, value) if type_.kind == "ref" and isinstance(value, str) else None
    if record is None:
        return session.show(value, type_)
    title = session.release.model.entities[record.entity].title
    return str(session.evaluate(title.tree, session.env_of(record)) or "")
