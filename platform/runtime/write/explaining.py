"""Why a save was refused, told under the rights of whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kith.rules.explaining import MaySee, Reader, explain, told
from kith.rules.program import Bind, Branch
from kith.runtime.write.authorising import is_free, may_see, rights

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.rules.program import Action
    from kith.rules.tree import Node
    from kith.rules.values import Env
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values


def why_not(session: Session, rule: Rule, draft: Draft) -> tuple[str, ...]:
    """The smallest reason for a `require` that does not hold, with "(hidden)" for what the actor may not read."""
    if rule.require is None:
        return ()
    language = session.context.language
    env, seen = session.env(draft), seeing(session)
    reading = lambda entity, field: may_read(session, entity, field)  # noqa: E731
    return tuple(explain(rule.require.tree, rule.require.excerpt.text, env, reading, language, seen))


def title_of(session: Session, record: Values) -> str:
    """What a record is called, as far as the actor may read that."""
    title = session.release.model.entities[record.entity].title
    language = session.context.language
    reader = Reader("", session.env_of(record), lambda e, f: may_read(session, e, f), language, seeing(session))
    return told(reader, title.tree)


def message_of(session: Session, rule: Rule, tree: Node, env: Env) -> str:
    """A message of a rule, with "(hidden)" for what the actor may not read."""
    if is_free(session):
        return str(session.evaluate(tree, env) or "")
    lets: dict[str, list[Node]] = {}
    for name, value in bound(rule.do.actions if rule.do is not None else ()):
        lets.setdefault(name, []).append(value)
    language = session.context.language
    reader = Reader("", env, lambda e, f: may_read(session, e, f), language, seeing(session), lets)
    return told(reader, tree)


def bound(actions: Iterable[Action]) -> Iterator[tuple[str, Node]]:
    """The variables of a block, wherever they are given a value."""
    for action in actions:
        if isinstance(action, Bind):
            yield action.name, action.value
        elif isinstance(action, Branch):
            yield from bound((*action.then, *action.otherwise))


def seeing(session: Session) -> MaySee:
    """Which records the actor may see; one that this save makes is his own."""

    def sees(entity: str, id_: object) -> bool:
        if is_free(session) or not isinstance(id_, str) or entity not in session.release.model.entities:
            return True
        record = session.load(entity, id_)
        return record is None or may_see(session, entity, record)

    return sees


def may_read(session: Session, entity: str, field: str) -> bool:
    """Whether the actor may read a field in every record of an entity that he may read."""
    if is_free(session) or entity not in session.release.model.entities:
        return True
    return rights(session, entity).reading(field).read.always
