"""What blocks write is locked before it counts what they have read of it: two saves that add one to a counter add two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kith.rules.effects import Effect, Fresh, SetThrough, UpdateRecord
from kith.rules.program import Assign
from kith.runtime.write.draft import Draft

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.write.session import Session, Values

Targets = dict[str, set[str]]


class Raced(Exception):
    """A record that a block writes was deleted by somebody else under the save's hands."""


def is_outdated(session: Session, effects: Sequence[Effect]) -> bool:
    """Lock the other records that effects give values; whether one has changed since the block read it.

    The next wave locks them anyway: this costs no statement, it only comes earlier.
    """
    targets: Targets = {}
    for effect in effects:
        if isinstance(effect, SetThrough | UpdateRecord) and effect.id is not None and not isinstance(effect.id, Fresh):
            targets.setdefault(effect.entity, set()).add(str(effect.id))
    changed = [hold(session, entity, ids) for entity, ids in sorted(targets.items())]
    return any(changed)


def hold(session: Session, entity: str, ids: Iterable[str]) -> bool:
    """Lock records; whether one is not as it was read. Raises Raced where one that was live is in the recycle bin by now."""
    known = session.records.setdefault(entity, {})
    read = {id_: known.get(id_) for id_ in ids if (entity, id_) not in session.locked}
    session.load_many(entity, sorted(read), lock=True)
    changed = [id_ for id_, one in read.items() if one is not None and counted(one) != counted(known[id_])]
    for id_ in changed:
        before = read[id_]
        if before is not None and before["deleted_at"] is None and known[id_]["deleted_at"] is not None:
            raise Raced(id_)
    return bool(changed)


def counted(record: Values) -> tuple[object, object]:
    """How often a record has been edited, and what is computed of it moved."""
    return record["version"], record["computed"]


def hold_ahead(session: Session, rule: Rule, drafts: Sequence[Draft]) -> None:
    """The same for what a block sets through the references of many records: one statement for all."""
    targets: Targets = {}
    for action in rule.do.actions if rule.do is not None and drafts else ():
        if isinstance(action, Assign) and action.root == "this" and len(action.target) == 2:
            to, name = action.target[0].type.entity, action.target[0].name
            targets.setdefault(to, set()).update(str(id_) for one in drafts if (id_ := one.after.get(name)) is not None)
    for entity, ids in sorted(targets.items()):
        hold(session, entity, ids)
