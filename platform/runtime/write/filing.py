"""Files that a save names: looked up, asked whose they are, and taken by the field that holds them from then on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.metadata.fields.files import FILES, LARGEST, accepted
from kith.metadata.model import Field
from kith.runtime.coerce import Misread
from kith.runtime.driver import writing
from kith.runtime.files.described import Described, ids_in
from kith.runtime.files.keeping import Holder, Kept, columns_of, kept_files
from kith.runtime.schema import system
from kith.runtime.waiting import Write
from kith.runtime.write.change import Change
from kith.runtime.write.holding import Raced
from kith.runtime.write.messages import failure

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session

MEGABYTE = 1_000_000
_FILE = system.file


def look_up(session: Session, changes: Iterable[Change]) -> None:
    """Have at hand what is known of all files that changes name, in one statement."""
    _load(session, {id_ for change in changes for id_ in _named(session, change)})


def _named(session: Session, change: Change) -> Iterator[str]:
    entity = session.release.model.entities[change.entity]
    for declared in session.plan(entity.name).files:
        if declared.name in change.values:
            yield from _ids(change.values[declared.name])
    for relation, lines in change.children.items():
        if relation in entity.inverses:
            for line in lines:
                yield from _named(session, replace(line, entity=entity.inverses[relation].entity))


def _ids(raw: object) -> set[str]:
    # What is sent may be anything; only what could be an id is worth a question.
    return {id_ for id_ in ids_in(raw) if len(id_) == 36}


def _load(session: Session, ids: Iterable[str]) -> None:
    wanted = {id_.lower() for id_ in ids} - session.files.keys()
    if wanted:
        found = kept_files(session.connection, wanted)
        session.files |= {id_: found.get(id_) for id_ in wanted}


def described(session: Session, draft: Draft, declared: Field, value: Any) -> Any:
    """A value that was read as ids, with what its files are called; raises Misread where one is not to be had.

    A file that the field holds already stays as it is.
    """
    if declared.type_name not in FILES or not value:
        return value
    before = draft.before[declared.name] if draft.before is not None else None
    if isinstance(value, Mapping):
        if isinstance(before, Mapping) and before["id"] == value["id"]:
            return before
        return _found(session, draft, declared, value["id"]).as_parts()
    here = {one.partition("/")[0]: one for one in before or ()}
    return frozenset(here.get(id_) or _found(session, draft, declared, id_).as_text() for id_ in value)


def _found(session: Session, draft: Draft, declared: Field, id_: str) -> Described:
    _load(session, {id_})
    kept = session.files.get(id_.lower())
    if kept is None or not _may_have(session, draft, declared, kept):
        raise Misread("no_such_file")
    one = kept.described
    if one.type not in accepted(declared.params.get("accept"), declared.type_name):
        raise Misread("file_kind", name=one.name, kind=one.type)
    largest = int(str(declared.params.get("max_size", LARGEST)))
    if one.size > largest * MEGABYTE:
        raise Misread("file_size", name=one.name, limit=largest)
    return one


def _may_have(session: Session, draft: Draft, declared: Field, kept: Kept) -> bool:
    table, record, _ = _holder(session, draft, declared)
    columns = columns_of(session.release.names.entities[draft.entity], declared.name)
    return kept.is_for(session.context.actor, table, record, columns)


def _holder(session: Session, draft: Draft, declared: Field) -> Holder:
    names = session.release.names.entities[draft.entity]
    return session.shelf(draft.entity).table.stable_name, draft.id, names.columns[declared.name]


def check_files(session: Session, drafts: Sequence[Draft]) -> None:
    """Whoever put a file there, a person, a rule or an undo: it is the field's own, or the actor's newest upload.

    A file hangs on one field of one record, whose readers are its readers; it cannot be handed on to another.
    """
    new = [(draft, declared, id_) for draft in drafts for declared, id_ in _new(draft)]
    _load(session, {id_ for _, _, id_ in new})
    claimed: dict[str, Holder] = {}
    for draft, declared, id_ in new:
        kept, holder = session.files.get(id_), _holder(session, draft, declared)
        first = claimed.setdefault(id_, holder)
        if kept is None or first != holder or not _may_have(session, draft, declared, kept):
            draft.fail(failure(session, "no_such_file", draft, declared.name, label=declared.label))


def _new(draft: Draft) -> Iterator[tuple[Field, str]]:
    for declared in draft.plan.files:
        if draft.op != "delete" and draft.changed(declared.name) and declared.name not in draft.unread:
            before = draft.before[declared.name] if draft.before is not None else None
            yield from ((declared, id_) for id_ in sorted(ids_in(draft.after[declared.name]) - ids_in(before)))


def take_files(session: Session, drafts: Sequence[Draft]) -> None:
    """Files that belonged to their uploader belong to the field of the record from now on."""
    rows = []
    for draft in drafts:
        for declared, id_ in _new(draft):
            kept, holder = session.files.get(id_), _holder(session, draft, declared)
            if kept is not None and kept.holder is None:
                rows.append({"id_": id_, "of": holder[0], "by": holder[1], "in_": holder[2]})
                session.files[id_] = replace(kept, holder=holder)
    if rows:
        _hold(session, [str(row["id_"]) for row in rows])
        session.out.add(Write(session.release.cached(("take files",), lambda: _taking(session)), rows))


def _hold(session: Session, ids: Sequence[str]) -> None:
    """Keep others from taking the same files, or sweeping them away; raises Raced where somebody was faster."""
    free = sa.select(_FILE.c.id).where(_FILE.c.id.in_(ids), _FILE.c.entity.is_(None)).with_for_update()
    if len(session.connection.execute(free).all()) < len(ids):
        raise Raced


def _taking(session: Session) -> Any:
    given: dict[str, Any] = {
        name: sa.bindparam(param) for name, param in (("entity", "of"), ("record", "by"), ("field", "in_"))
    }
    same = _FILE.c.id == sa.bindparam("id_")
    return writing(session.raw, sa.update(_FILE).where(same, _FILE.c.entity.is_(None)).values(**given))
