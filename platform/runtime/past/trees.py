"""What a batch has touched, tree by tree, as the drafts that take it back: a record with its owned lines is one save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.runtime.past.back import Back, back_of
from kith.runtime.past.rows import rows_of
from kith.runtime.schema import system
from kith.runtime.write.authorising import authorise_before, holds, is_free, writable
from kith.runtime.write.converting import refresh
from kith.runtime.write.draft import Draft
from kith.runtime.write.messages import failure
from kith.runtime.write.preparing import preload
from kith.runtime.write.session import Session, Values

Key = tuple[str, str]
"""An entity and the id of one of its records."""


@dataclass
class Trees:
    """The trees of some records of a batch; once its records are held nobody changes them meanwhile."""

    session: Session
    batch: str
    undo: str
    lines: dict[Key, dict[str, list[Key]]] = field(default_factory=dict)
    """By record and relation the owned lines that the batch has touched."""
    backs: dict[Key, Back] = field(default_factory=dict)
    latest: dict[Key, str] = field(default_factory=dict)
    """By record the last row of its history that is the batch's."""

    def roots(self, keys: Iterable[Key]) -> list[Key]:
        """The records at the top of the trees that these belong to, each once."""
        found: dict[Key, None] = {}
        waiting = list(keys)
        while waiting:
            self._load(waiting)
            above: list[Key] = []
            for entity, id_ in waiting:
                owner = self._entity(entity).owner_of_lines
                record = self.session.records[entity].get(id_) if owner else None
                parent = record.get(owner) if record is not None else None
                if parent is None:
                    found[entity, id_] = None
                else:
                    above.append((self._entity(entity).fields[owner].to, str(parent)))
            waiting = above
        return list(found)

    def hold(self, roots: Sequence[Key]) -> None:
        """Find the lines of trees, lock all their records, and see what taking the batch back does to each."""
        everyone = [*roots, *self._below(roots)]
        by_entity: dict[str, list[str]] = {}
        for entity, id_ in everyone:
            by_entity.setdefault(entity, []).append(id_)
        for entity, ids in sorted(by_entity.items()):
            self.session.load_many(entity, sorted(ids), lock=True)
        release = self.session.release
        for entity, ids in by_entity.items():
            for id_, rows in rows_of(self.session.connection, release.tables[entity].stable_name, ids).items():
                self.latest[entity, id_] = max((row.id for row in rows if row.batch == self.batch), default="")
                back = back_of(release, entity, id_, rows, self.batch, self.undo)
                if back is not None and id_ in self.session.records[entity]:
                    self.backs[entity, id_] = back

    def drafts(self, roots: Sequence[Key]) -> list[Draft | None]:
        """The drafts that take the batch back; None for a tree in which nothing returns."""
        made = [self._draft(key, top) for top, key in enumerate(roots)]
        parts = [part for draft in made if draft is not None for part in draft.tree()]
        preload(self.session, parts)
        for part in parts:
            self._authorise(part)
        return made

    def keys(self, root: Key) -> Iterator[Key]:
        """The records of a tree that the batch has touched, and its root."""
        yield root
        for lines in self.lines.get(root, {}).values():
            for key in lines:
                yield from self.keys(key)

    def last_row(self, root: Key) -> str:
        """The last row of the history of a tree that is the batch's: where whoever comes from the end meets the tree."""
        return max(self.latest.get(key, "") for key in self.keys(root))

    def _below(self, keys: Sequence[Key]) -> Iterator[Key]:
        by_entity: dict[str, list[str]] = {}
        for entity, id_ in keys:
            by_entity.setdefault(entity, []).append(id_)
        for entity, ids in by_entity.items():
            for inverse in self._entity(entity).inverses.values():
                if not inverse.owned:
                    continue
                found = [
                    (parent, (inverse.entity, id_)) for id_, parent in self._lines(inverse.entity, inverse.field, ids)
                ]
                for parent, key in found:
                    self.lines.setdefault((entity, parent), {}).setdefault(inverse.name, []).append(key)
                yield from (key for _, key in found)
                yield from self._below([key for _, key in found])

    def _lines(self, entity: str, reference: str, parents: Sequence[str]) -> list[tuple[str, str]]:
        """The lines of parents that the batch has touched, deleted ones too, with their parents."""
        table, history = self.session.release.tables[entity], system.history.c
        parent = table.columns[reference].value
        touched = sa.exists().where(
            history.entity == table.stable_name, history.record == table.id, history.batch == self.batch
        )
        chosen = sa.select(table.id, parent).where(parent.in_(sorted(parents)), touched).order_by(table.id)
        return [(str(id_), str(above)) for id_, above in self.session.connection.execute(chosen)]

    def _draft(self, key: Key, top: int) -> Draft | None:
        back, record = self.backs.get(key), self.session.records[key[0]].get(key[1])
        if record is None or (back is not None and back.whole):
            return None
        op = back.op if back is not None else ""
        if op == "delete":
            # What was owned goes along.
            draft = self._new(record, op, top)
        else:
            children = self._children(key, top)
            if not children and not op:
                return None
            draft = self._new(record, op or "update", top)
            self._adopt(draft, children)
        if back is not None:
            draft.free = back.free
            draft.after.update(back.values)
            refresh(draft)
        else:
            draft.free = all(child.free for lines in draft.children.values() for child in lines)
        return draft

    def _children(self, key: Key, top: int) -> dict[str, list[Draft]]:
        found: dict[str, list[Draft]] = {}
        for relation, keys in self.lines.get(key, {}).items():
            made = [draft for one in keys if (draft := self._draft(one, top)) is not None]
            if made:
                self.session.gather(key[0], relation, [key[1]])
                found[relation] = made
        return found

    def _adopt(self, draft: Draft, children: Mapping[str, list[Draft]]) -> None:
        for relation, lines in children.items():
            draft.children[relation] = lines
            for number, line in enumerate(lines):
                line.parent, line.at = draft, f"{relation}.{number}"

    def _new(self, record: Values, op: Literal["update", "delete", "restore"], top: int) -> Draft:
        session = self.session
        draft = Draft(session.plan(record.entity), record["id"], op, record, session.becoming(record, op), top)
        if op == "delete":
            session.going.add((record.entity, record["id"]))
        session.place(draft)
        return draft

    def _authorise(self, draft: Draft) -> None:
        """Whoever asks must be able to do the same by himself; what rules had set returns with the rights of the release."""
        session, back = self.session, self.backs.get((draft.entity, draft.id))
        if draft.free or is_free(session):
            return
        authorise_before(session, draft)
        by_rules = {name for step in draft.plan.steps for name in step.writes}
        fields = writable(session, draft.entity, "update")
        for name in sorted(back.values.keys() - by_rules) if back is not None else ():
            if draft.before is not None and not holds(session, fields[name], draft.before):
                label = draft.plan.entity.fields[name].label
                draft.fail(failure(session, "may_not_write", draft, name, label=label))

    def _load(self, keys: Iterable[Key]) -> None:
        wanted: dict[str, list[str]] = {}
        for entity, id_ in keys:
            wanted.setdefault(entity, []).append(id_)
        for entity, ids in wanted.items():
            self.session.load_many(entity, ids)

    def _entity(self, name: str) -> Entity:
        return self.session.release.model.entities[name]
