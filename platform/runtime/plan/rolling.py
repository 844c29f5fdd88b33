"""Going back: the plan whose candidate is what an older release was made of, on the tables and columns that it had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from kith.metadata.model import Field, Model
from kith.problems import Words
from kith.runtime.database import Database
from kith.runtime.plan.empties import choice_column
from kith.runtime.plan.pairs import Pairs, former_options
from kith.runtime.plan.planning import Plan, plan
from kith.runtime.release import Release
from kith.runtime.releases import Stored
from kith.runtime.schema.pairing import ByPlace
from kith.runtime.schema.storage import is_stored


class CannotGoBack(Exception):
    """A release that there is no way back to; `words` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def target_of(number: int | None, current: int) -> int:
    """The release to go back to: that of the number, else the one before the current; raises CannotGoBack."""
    wanted = current - 1 if number is None else number
    if wanted < 1 and number is None:
        raise CannotGoBack(Words("There is no release before the first.", "首个发布之前没有其他发布。"))
    if not 1 <= wanted < current:
        raise CannotGoBack(
            Words(
                f"There is no release {wanted} to go back to; the current one is {current}.",
                f"没有可回退的发布 {wanted}；当前发布是 {current}。",
            )
        )
    return wanted


def note_of(number: int, current: int) -> str:
    """What the list of releases says of one that goes back."""
    return f"rollback of {current}" if number == current - 1 else f"rollback of {number + 1}–{current}"


def plan_back(stored: Stored, model: Model, base: Release, database: Database) -> Plan:
    """What going back to a stored release would do; `model` is what its documents are."""
    pairing = ByPlace(stored.names)
    pairs = Pairs(base.model, model, base.names, pairing=pairing)
    with database.read() as connection:
        moving = frozenset(_crowded(connection, pairs, base))
    return plan(model, base, database, replace(pairing, moving=moving))


def _crowded(connection: sa.Connection, pairs: Pairs, base: Release) -> Iterator[tuple[str, str]]:
    """Choices with options that the older release does not have and that records hold: their values go aside."""
    for old_entity, entity in pairs.kept():
        for field in entity.fields.values():
            old = pairs.field(field)
            if old is not None and _is_same_choice(old, field):
                gone = set(old.options) - set(former_options(old, field, back=True).values())
                column = choice_column(base.tables[old_entity.name], old.name)
                held = sa.select(sa.literal(1)).select_from(column.table).where(column.in_(sorted(gone))).limit(1)
                if gone and connection.scalar(held):
                    yield entity.name, field.name


def _is_same_choice(old: Field, new: Field) -> bool:
    names = {old.type_name, new.type_name}
    return len(names) == 1 and names <= {"choice", "choices"} and is_stored(old)
