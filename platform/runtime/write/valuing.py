"""Why a computed value is what it is: its formula and the values that it read, within what the reader may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.rules.explaining import Reader, unique, values
from kith.rules.tree import Node, Path
from kith.runtime.context import Context
from kith.runtime.write.authorising import may_see
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import may_read, seeing
from kith.runtime.write.session import OverBudget, Session

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Explained:
    """A formula as its author wrote it, and what it read: `goods_total is ¥30.00`.

    `too_many` says that it reads more records than can be looked at for an explanation.
    """

    formula: str
    facts: tuple[str, ...]
    too_many: bool = False


@dataclass(frozen=True)
class Labelled(Reader):
    """Tells fields by their labels."""

    model: Model = field(kw_only=True)

    def part(self, node: Node) -> str:
        """The label of a field, what the author wrote of anything else."""
        if not isinstance(node, Path) or node.root != "this" or not node.steps:
            return super().part(node)
        labels = []
        for step in node.steps:
            entity = self.model.entities.get(step.entity)
            declared = entity.fields.get(step.name) if entity is not None else None
            labels.append(declared.label.in_(self.language) if declared is not None else step.name)
        return " · ".join(labels)


def explain_value(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, field: str
) -> Explained | None:
    """Explain a computed field of a record; None where there is nothing to explain or the reader may not read it."""
    declared = release.model.entities[entity].fields.get(field)
    if declared is None or declared.value is None:
        return None
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None or not may_see(session, entity, record) or not may_read(session, entity, field):
        return None
    text = declared.value.excerpt.text
    reader = Labelled(
        text,
        session.env_of(record),
        lambda name, part: may_read(session, name, part),
        context.language,
        seeing(session),
        model=release.model,
    )
    formula = dedent(text).strip()
    try:
        return Explained(formula, tuple(unique(values(reader, declared.value.tree))))
    except OverBudget:
        return Explained(formula, (), too_many=True)
