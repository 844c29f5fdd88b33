"""Why a computed value is what it is: its formula and the values that it read, within what the reader may read."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.rules.explaining import unique, values
from kith.runtime.context import Context
from kith.runtime.write.authorising import may_see
from kith.runtime.write.budgets import OverBudget
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import may_read, reader_of
from kith.runtime.write.session import Session

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
    reader = reader_of(session, session.env_of(record), text)
    formula = dedent(text).strip()
    try:
        return Explained(formula, tuple(unique(values(reader, declared.value.tree))))
    except OverBudget:
        return Explained(formula, (), too_many=True)
