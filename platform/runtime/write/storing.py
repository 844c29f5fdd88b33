"""Writing what drafts have become: records and their sets, history and the save, search rows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from kith.runtime.driver import writing
from kith.runtime.ids import new_id
from kith.runtime.logs import request_id
from kith.runtime.schema import system
from kith.runtime.search import indexed_of, indexing
from kith.runtime.waiting import Write
from kith.runtime.write.draft import Draft
from kith.runtime.write.filing import take_files
from kith.runtime.write.following import have_followed
from kith.runtime.write.sets import relinking

if TYPE_CHECKING:
    from kith.runtime.write.session import Session


PLAIN = (bool, int, float, str, list)
"""What JSON takes as it is."""
SALT = 16
"""Hexadecimal digits of a salt."""


def store(session: Session, drafts: Sequence[Draft]) -> None:
    """Write drafts of one wave, entity by entity in the order of names and ids, so that writers do not deadlock."""
    drafts = [draft for draft in drafts if draft.is_dirty or draft.is_edited]
    edited = [draft for draft in drafts if draft.is_edited]
    for entity in sorted({draft.entity for draft in drafts}):
        mine = sorted((draft for draft in drafts if draft.entity == entity), key=lambda draft: draft.id)
        for draft in mine:
            session.touch(draft)
            stamp(session, draft, edited=draft.is_edited)
        shelf = session.shelf(entity)
        session.out.add(shelf.adding(session.raw, [draft.after for draft in mine if draft.before is None]))
        session.out.add(shelf.changing(session.raw, [draft.after for draft in mine if draft.before is not None]))
        store_links(session, entity, mine)
        session.locked.update((entity, draft.id) for draft in mine)
    take_files(session, edited)
    record_history(session, edited)
    found_anew = [draft for draft in drafts if draft.before is None or is_found_anew(session, draft)]
    session.out.add(indexing(session.raw, session.release, [(draft.entity, draft.after) for draft in found_anew]))
    have_followed(session, drafts)


def is_found_anew(session: Session, draft: Draft) -> bool:
    """Whether something changes by which search finds the record."""
    return any(draft.changed(name) for name in indexed_of(session.release, draft.entity))


def stamp(session: Session, draft: Draft, *, edited: bool) -> None:
    """Count the version of an edit; what only computed values changed counts apart."""
    if draft.before is None:
        return
    if edited:
        draft.after["version"] = draft.before["version"] + 1
        draft.after["updated_at"] = session.context.now
        draft.after["updated_by"] = session.context.actor.id
    else:
        draft.after["computed"] = (draft.before["computed"] or 0) + 1


def store_links(session: Session, entity: str, drafts: Sequence[Draft]) -> None:
    """Write the sets that changed."""
    shelf = session.shelf(entity)
    for name in shelf.table.links:
        changes = {}
        for draft in drafts:
            if draft.after.has(name):
                new = draft.after[name]
                old = draft.before.get(name, frozenset()) if draft.before is not None else frozenset()
                if new != old:
                    changes[draft.id] = (old, new)
        for write in relinking(session.raw, shelf, name, changes):
            session.out.add(write)


def record_history(session: Session, drafts: Sequence[Draft]) -> None:
    """One history row for each version of a record, chained to the one before by its hash."""
    if not drafts:
        return
    known = session.hashes
    known |= last_hashes(
        session, [one for one in drafts if one.before is not None and (one.entity, one.id) not in known]
    )
    rows = []
    for draft in drafts:
        # A record that is saved twice in one wave, by itself and with a line of its own, has two rows that follow each other.
        rows.append(history_row(session, draft, known.get((draft.entity, draft.id), "")))
        known[draft.entity, draft.id] = rows[-1]["hash"]
    insert_into(session, system.history, rows)


def insert_into(session: Session, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to one of Kith's own tables."""
    insert = session.release.cached(("insert", table.name), lambda: writing(session.raw, sa.insert(table)))
    session.out.add(Write(insert, rows))


_LAST = sa.select(system.history.c.record, system.history.c.version, system.history.c.hash).where(
    system.history.c.entity == sa.bindparam("entity"),
    system.history.c.record.in_(sa.bindparam("records", expanding=True)),
    system.history.c.version.in_(sa.bindparam("versions", expanding=True)),
)


def last_hashes(session: Session, drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """The hash of each record's latest history row."""
    found: dict[tuple[str, str], str] = {}
    for entity in sorted({draft.entity for draft in drafts}):
        name = session.shelf(entity).table.stable_name
        versions: dict[str, int] = {}
        for draft in drafts:
            if draft.entity == entity and draft.before:
                # Of a record that is saved twice in one wave only the first follows what is stored.
                version = draft.before["version"]
                versions[draft.id] = min(version, versions.get(draft.id, version))
        asked = {"entity": name, "records": sorted(versions), "versions": sorted(set(versions.values()))}
        for record, version, hash_ in session.connection.execute(_LAST, asked):
            if versions[record] == version:
                found[entity, record] = hash_
    return found


def history_row(session: Session, draft: Draft, previous: str) -> dict[str, Any]:
    """The row of one version: old and new of each input field that changed, with a salt each, and their digests."""
    values = dict(changed_values(session, draft))
    row: dict[str, Any] = {
        "id": new_id(),
        "save": session.save,
        "entity": session.shelf(draft.entity).table.stable_name,
        "record": draft.id,
        "version": draft.after["version"],
        "op": draft.op,
        "release": session.release.number,
        "actor": session.context.actor.id,
        "channel": session.cause.channel if not draft.chain else "rule",
        "batch": session.cause.batch,
        "at": session.context.now,
        "values": values,
        "digests": {name: digests(entry) for name, entry in values.items()},
        "previous": previous,
        "acted_by": session.context.actor.behind,
    }
    row["hash"] = chained(row)
    row["seal"] = None
    return row


def changed_values(session: Session, draft: Draft) -> Iterator[tuple[str, dict[str, Any]]]:
    """Old and new of the input fields that changed, as JSON, by physical name."""
    names = session.release.names.entities[draft.entity].columns
    changed = [declared.name for declared in draft.plan.inputs if draft.changed(declared.name)]
    # One call for all salts of a row: asking the system for each costs more than all the rest.
    random = secrets.token_hex(SALT * len(changed))
    before, after = draft.before, draft.after
    for index, name in enumerate(changed):
        old = as_json(before.get(name)) if before is not None else None
        at = index * 2 * SALT
        salts = [random[at : at + SALT], random[at + SALT : at + 2 * SALT]]
        yield names[name], {"old": old, "new": as_json(after[name]), "salt": salts}


def as_json(value: object) -> Any:
    """A value as history keeps it: decimals, dates and instants as text, sets as sorted lists."""
    if value is None or value.__class__ in PLAIN:
        return value
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, dict):
        return {name: as_json(part) for name, part in value.items()}
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def digests(entry: dict[str, Any]) -> list[str]:
    """The salted digests of old and new, which stay when the values are erased."""
    before, after = entry["salt"]
    return [digest(before, entry["old"]), digest(after, entry["new"])]


def digest(salt: str, value: Any) -> str:
    """The digest of a value under its salt."""
    return hashlib.sha256(salt.encode() + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def chained(row: dict[str, Any]) -> str:
    """The hash over a history row and, through `previous`, over all before it; the values themselves stay outside."""
    covered = {name: value for name, value in row.items() if name not in ("values", "hash", "seal")}
    if covered.get("acted_by") is None:
        # Rows of before anybody could act as somebody else were chained without it.
        covered.pop("acted_by", None)
    covered["at"] = row["at"].isoformat()
    return hashlib.sha256(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()


def record_save(session: Session) -> None:
    """The one row about the save itself: who, why, when, and what is needed to explain it later."""
    session.recorded = True
    actor = session.context.actor
    row = {
        "id": session.save,
        "at": session.context.now,
        "release": session.release.number,
        "actor": actor.id,
        "actor_name": actor.name,
        "actor_kind": actor.kind,
        "roles": sorted(actor.roles),
        "channel": session.cause.channel,
        "detail": session.cause.detail,
        "batch": session.cause.batch,
        "now": session.context.now,
        "considered": session.considered,
        "read": session.outside or None,
        "moved": session.moved or None,
        "acted_by": actor.behind,
        "request": request_id() or None,
    }
    insert_into(session, system.save, [row])
