"""Rules woken for records that nobody saves: set-wise, through the same waves as every save; a refused record stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kith.rules.values import DoesNotFit
from kith.runtime.write.budgets import OverBudget
from kith.runtime.write.change import Cause, Change, Failure, Refused
from kith.runtime.write.draft import Draft
from kith.runtime.write.effects import touched_drafts
from kith.runtime.write.gate import finish, noted, order_matters, over_budget, raced, too_large, waves
from kith.runtime.write.messages import reasons
from kith.runtime.write.preparing import preload
from kith.runtime.write.session import Session
from kith.runtime.write.taking import fetch_for, run_rule, send_jobs
from kith.runtime.write.touching import Touches

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.context import Context
    from kith.runtime.release import Release

BATCH = 250
"""Records that are carried out together."""
TOLD = 100
"""Refusals that are kept by name."""
Seeds = Callable[[Session, Sequence[str]], Iterable[Draft]]
"""Makes of locked records what wakes the rules; the number of each is its place in the list of ids."""


@dataclass(slots=True)
class Wakening:
    """What wakes rules of an entity, and what came of it so far."""

    connection: sa.Connection
    context: Context
    release: Release
    cause: Cause
    entity: str
    rules: Sequence[Rule]
    seeds: Seeds
    saves: bool = False
    """The seeds themselves change: they are the first wave, and no block runs before it."""
    fired: int = 0
    refused: dict[str, tuple[Failure, ...]] = field(default_factory=dict)

    def wake(self, ids: Sequence[str]) -> None:
        """Wake the rules for records, in the caller's transaction."""
        for start in range(0, len(ids), BATCH):
            self._together(ids[start : start + BATCH])

    def told(self) -> dict[str, Any]:
        """What came of it, as a job's result."""
        refused = [
            {"record": id_, "code": failure.code, "rule": failure.rule, "message": failure.message}
            for id_, failures in islice(self.refused.items(), TOLD)
            for failure in failures
        ]
        return {"fired": self.fired, "refused": len(self.refused), "refusals": refused}

    def _together(self, ids: Sequence[str]) -> None:
        """Carry out what can be: what is refused is taken out and the rest done again.

        What goes wrong with all of them, or comes out otherwise in turn, is done in halves.
        """
        waiting = list(ids)
        while waiting:
            savepoint = self.connection.begin_nested()
            session = Session(self.connection, self.context, self.release, self.cause, tops=len(waiting))
            refused = self._tried(session, waiting)
            if len(waiting) > 1 and (refused is None or order_matters(session, [Change("update", self.entity)])):
                savepoint.rollback()
                middle = len(waiting) // 2
                self._together(waiting[:middle])
                self._together(waiting[middle:])
                return
            if not refused:
                savepoint.commit()
                self.fired += sum(1 for one in session.considered if one["verdict"] == "fired" and self._is_asked(one))
                return
            savepoint.rollback()
            self.refused |= refused
            waiting = [id_ for id_ in waiting if id_ not in refused]

    def _is_asked(self, considered: dict[str, Any]) -> bool:
        """Whether a verdict is about what was woken, not about what followed from that."""
        return bool(considered["wave"] == int(self.saves))

    def _tried(self, session: Session, ids: Sequence[str]) -> dict[str, tuple[Failure, ...]] | None:
        """The records that are refused, each with its reasons; None where it cannot be told which of several is."""
        refusals: dict[int, list[Draft]] = {}
        try:
            tops = self._carry_out(session, ids, refusals)
        except (OverBudget, DoesNotFit, IntegrityError) as error:
            return {ids[0]: _reason(session, error).failures} if len(ids) == 1 else None
        return {ids[top]: reasons(session, tops[top], drafts) for top, drafts in refusals.items()}

    def _carry_out(self, session: Session, ids: Sequence[str], refusals: dict[int, list[Draft]]) -> dict[int, Draft]:
        """Run the blocks for each record, and carry out what they do as the first wave; the records by their places."""
        session.load_many(self.entity, ids, lock=True)
        seeds = list(self.seeds(session, ids))
        preload(session, seeds)
        if self.saves:
            waves(session, seeds, refusals)
            return {draft.top: draft for draft in seeds}
        touches: Touches = {}
        created: list[Draft] = []
        for rule in self.rules:
            fetch_for(session, rule, seeds)
        with session.rule_time.counted():
            for draft in seeds:
                for rule in self.rules:
                    created += run_rule(session, draft, rule, touches)
                session.rule_time.look()
        if session.considered and not noted(seeds, refusals):
            send_jobs(session)
            following = [*touched_drafts(session, touches), *created]
            waves(session, following or finish(session), refusals)
        return {draft.top: draft for draft in seeds}


def added(so_far: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What came of several batches together."""
    counts = {key: so_far.get(key, 0) + count for key, count in more.items() if key != "refusals"}
    return {**so_far, **counts, "refusals": [*so_far.get("refusals", ()), *more.get("refusals", ())][:TOLD]}


def _reason(session: Session, error: Exception) -> Refused:
    if isinstance(error, OverBudget):
        return over_budget(session, error)
    return too_large(session, error) if isinstance(error, DoesNotFit) else raced(session)
