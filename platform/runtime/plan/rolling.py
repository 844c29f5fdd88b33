"""Going back: the plan whose candidate is what an older release was made of, on the tables and columns that it had."""

from __future__ import annotations

from dataclasses import replace

from kith.metadata.model import Model
from kith.problems import Words
from kith.runtime.database import Database
from kith.runtime.plan.planning import Plan, plan
from kith.runtime.release import Release
from kith.runtime.releases import Stored
from kith.runtime.schema.pairing import ByPlace


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


def plan_back(stored: Stored, model: Model, base: Release, database: Database) -> Plan:
    """What going back to a stored release would do; `model` is what its documents are."""
    return replace(plan(model, base, database, ByPlace(stored.names)), back=stored.number)
