"""Why a save was refused, told under the rights of whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from kith.metadata.parts import BESIDES, LABELS
from kith.rules.explaining import HIDDEN, MaySee, Reader, reasons, told
from kith.rules.program import Bind
from kith.rules.rewriting import statements
from kith.rules.tree import BASE
from kith.runtime.write.authorising import is_free, may_see, rights
from kith.runtime.write.messages import texts

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.rules.program import Action, Expression
    from kith.rules.tree import Node
    from kith.rules.values import Env
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values

NO_LETS: Mapping[str, Sequence[Node]] = MappingProxyType({})


def why_not(session: Session, rule: Rule, draft: Draft) -> tuple[str, ...]:
    """The smallest reason for a `require` that does not hold, with "(hidden)" for what the actor may not read."""
    if rule.require is None:
        return ()
    return why(session, rule.require, session.env(draft))


def why(session: Session, condition: Expression, env: Env) -> tuple[str, ...]:
    """The smallest reason for what a condition says of a record, line by line, under the actor's rights."""
    return tuple(reasons(reader_of(session, env, condition.excerpt.text), condition.tree))


def reader_of(session: Session, env: Env, text: str = "", lets: Mapping[str, Sequence[Node]] = NO_LETS) -> Reader:
    """The actor as the reader of an explanation: his rights and language, labels in place of names."""
    language, sees = session.context.language, seeing(session)

    def name_of(entity: str, field: str) -> str:
        declared = session.release.model.entities.get(entity)
        name, _, part = field.partition(".")
        if declared is None or (field and name not in declared.fields):
            return BESIDES[name].in_(language) if name in BESIDES else field or entity
        label = (declared.fields[name].label if field else declared.plural).in_(language)
        if part == BASE:
            return texts(language)("amount.converted", label=label, currency=declared.fields[name].type.currency)
        return f"{label} · {LABELS[part].in_(language)}" if part else label

    def title(entity: str, id_: object) -> str:
        record = session.load(entity, id_) if entity in session.release.model.entities else None
        return title_of(session, record) if record is not None and sees(entity, id_) else HIDDEN.in_(language)

    reading = partial(may_read, session)
    me = env.me.get("id")
    whose = title("user", me) if me not in (None, session.context.actor.id) else ""
    return Reader(text, env, reading, language, sees, lets, name_of, title, whose)


def title_of(session: Session, record: Values) -> str:
    """What a record is called, as far as the actor may read that."""
    title = session.release.model.entities[record.entity].title
    return told(reader_of(session, session.env_of(record)), title.tree)


def message_of(session: Session, rule: Rule, tree: Node, env: Env) -> str:
    """A message of a rule, with "(hidden)" for what the actor may not read."""
    if is_free(session):
        return str(session.evaluate(tree, env) or "")
    lets: dict[str, list[Node]] = {}
    for name, value in bound(rule.do.actions if rule.do is not None else ()):
        lets.setdefault(name, []).append(value)
    return told(reader_of(session, env, lets=lets), tree)


def bound(actions: Iterable[Action]) -> Iterator[tuple[str, Node]]:
    """The variables of a block, wherever they are given a value."""
    for action in statements(actions):
        if isinstance(action, Bind):
            yield action.name, action.value


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
