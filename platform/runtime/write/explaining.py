"""Why a save was refused, told under the rights of whoever asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.rules.explaining import explain
from kith.runtime.write.authorising import is_free, rights

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session


def why_not(session: Session, rule: Rule, draft: Draft) -> tuple[str, ...]:
    """The smallest reason for a `require` that does not hold, with "(hidden)" for what the actor may not read."""
    if rule.require is None:
        return ()
    language = session.context.language
    lines = explain(
        rule.require.tree, rule.require.excerpt.text, session.env(draft), lambda e, f: may_read(session, e, f), language
    )
    return tuple(lines)


def may_read(session: Session, entity: str, field: str) -> bool:
    """Whether the actor may read a field in every record of an entity that he may read."""
    if is_free(session) or entity not in session.release.model.entities:
        return True
    return rights(session, entity).reading(field).read.always
