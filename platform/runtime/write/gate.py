"""The one way into the database: every record that anyone writes goes through here (docs/contributor/gates.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kith.rules.operations.texts import MAX_TEXT
from kith.rules.values import DoesNotFit
from kith.runtime.context import Context
from kith.runtime.write.authorising import RIGHT
from kith.runtime.write.budgets import MAX_WAVES, OverBudget
from kith.runtime.write.change import Cause, Change, Failure, Refused, Saved, Verdict
from kith.runtime.write.checking import check
from kith.runtime.write.computing import compute
from kith.runtime.write.deleting import spread
from kith.runtime.write.draft import Draft
from kith.runtime.write.effects import next_wave, unmoved_drafts
from kith.runtime.write.holding import Raced
from kith.runtime.write.messages import reasons, texts
from kith.runtime.write.naming import are_live, keep_named
from kith.runtime.write.noting import note_moved
from kith.runtime.write.numbering import number
from kith.runtime.write.preparing import effects_first, preload, prepare
from kith.runtime.write.session import Session
from kith.runtime.write.storing import record_save, store
from kith.runtime.write.turns import reading_back, records_apart, turns

if TYPE_CHECKING:
    from kith.runtime.database import Database
    from kith.runtime.release import Release

Mode = Literal["all", "each"]

COLLISIONS = frozenset({"in_use", "taken", "taken_by", "names_deleted"})
"""Why what is there stands in the way of a deletion or a restore."""


BARRED = frozenset({*(f"may_not_{op}" for op in RIGHT), "may_not_act"})
"""That somebody may not do this at all: nothing else about the record is his business."""


class RolledBack(Exception):
    """A refusal that must undo the caller's transaction; `verdicts` says what to tell."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        super().__init__("refused")
        self.verdicts = verdicts


def save(database: Database, context: Context, release: Release, change: Change, cause: Cause) -> Verdict:
    """Save one record with its lines, in a transaction of its own."""
    return save_all(database, context, release, [change], cause)[0]


def save_all(
    database: Database,
    context: Context,
    release: Release,
    changes: Sequence[Change],
    cause: Cause,
    mode: Mode = "all",
) -> list[Verdict]:
    """Save many in one transaction: all or none, or each that can be."""
    try:
        return database.run(lambda connection: save_within(connection, context, release, changes, cause, mode))
    except RolledBack as refused:
        return refused.verdicts


def save_within(
    connection: sa.Connection,
    context: Context,
    release: Release,
    changes: Sequence[Change],
    cause: Cause,
    mode: Mode = "all",
) -> list[Verdict]:
    """The same inside the caller's transaction.

    Raises RolledBack where all were to be saved and one is refused, or where nothing shall be kept (a dry run): the
    caller lets it pass, so that the transaction is undone. Changes that depend on one another are saved in turn.
    """
    if mode == "each":
        verdicts = save_each(connection, context, release, changes, cause)
    else:
        verdicts = save_or_none(connection, context, release, changes, cause)
    if cause.dry_run:
        raise RolledBack(verdicts)
    return verdicts


def save_or_none(
    connection: sa.Connection, context: Context, release: Release, changes: Sequence[Change], cause: Cause
) -> list[Verdict]:
    """Save all in turn; raises RolledBack at the first group with a refusal."""
    found: dict[int, Verdict] = {}
    for group in turns(connection, release, changes):
        asked = [changes[index] for index in group]
        found |= dict(zip(group, attempt(connection, context, release, asked, cause), strict=True))
        if any(isinstance(found[index], Refused) for index in group):
            raise RolledBack(told([found.get(index) for index in range(len(changes))], context.language))
    return [found[index] for index in range(len(changes))]


def save_each(
    connection: sa.Connection, context: Context, release: Release, changes: Sequence[Change], cause: Cause
) -> list[Verdict]:
    """Save what can be saved, as one save after the other would.

    All are tried together. Only where a rule was woken for which the order matters, they are saved in turn.
    """
    found: dict[int, Verdict] = {}
    for apart in records_apart(changes):
        asked = [changes[index] for index in apart]
        waiting = turns(connection, release, asked)
        verdicts = together(connection, context, release, asked, cause, ordered=len(waiting) == 1)
        if verdicts is None:
            later: dict[int, Verdict] = {}
            for group in waiting:
                chosen = [asked[index] for index in group]
                said = together(connection, context, release, chosen, cause, ordered=True)
                later |= dict(zip(group, said or [], strict=True))
            verdicts = [later[index] for index in range(len(asked))]
        found |= dict(zip(apart, verdicts, strict=True))
    return [found[index] for index in range(len(changes))]


def together(
    connection: sa.Connection,
    context: Context,
    release: Release,
    changes: Sequence[Change],
    cause: Cause,
    *,
    ordered: bool,
) -> list[Verdict] | None:
    """Save what can be saved: what is refused is taken out and the rest done again, until nothing is refused.

    None, with nothing saved, where the order matters and the changes are not known to be in it.
    """
    verdicts: dict[int, Verdict] = {}
    waiting = list(range(len(changes)))
    while waiting:
        savepoint = connection.begin_nested()
        session = Session(connection, context, release, cause, tops=max(1, len(waiting)))
        tried = carry_out(session, [changes[index] for index in waiting])
        if not ordered and order_matters(session, changes):
            savepoint.rollback()
            return None
        refused = {
            index: verdict for index, verdict in zip(waiting, tried, strict=True) if isinstance(verdict, Refused)
        }
        if not refused:
            verdicts |= dict(zip(waiting, tried, strict=True))
            savepoint.commit()
            break
        savepoint.rollback()
        verdicts |= refused
        waiting = [index for index in waiting if index not in refused]
    return [verdicts[index] for index in range(len(changes))]


def order_matters(session: Session, changes: Sequence[Change]) -> bool:
    """Whether a rule was asked that reads what the records of these changes add up to."""
    rules = frozenset().union(*(reading_back(session.release, entity) for entity in {one.entity for one in changes}))
    return any(one["rule"] in rules and one["verdict"] in ("held", "refused") for one in session.considered)


def attempt(
    connection: sa.Connection, context: Context, release: Release, changes: Sequence[Change], cause: Cause
) -> list[Verdict]:
    """Try all changes together; where any is refused, what has been written must be undone by the caller."""
    return carry_out(Session(connection, context, release, cause, tops=max(1, len(changes))), changes)


def carry_out(session: Session, changes: Sequence[Change]) -> list[Verdict]:
    """The same in a session, which then tells what was considered."""
    return carry_drafts(session, prepare(session, changes))


def carry_drafts(session: Session, drafts: Sequence[Draft | None]) -> list[Verdict]:
    """The same of drafts that are prepared; None is a record that is not there."""
    spread(session, [draft for draft in drafts if draft is not None])
    refusals: dict[int, list[Draft]] = {}
    try:
        waves(session, [draft for draft in drafts if draft is not None], refusals)
    except OverBudget as over:
        tops = {draft.top for draft in drafts if draft is not None}
        refused = over_budget(session, over)
        return [refused if index in tops else missing(session) for index in range(len(drafts))]
    except DoesNotFit as error:
        return [too_large(session, error) for _ in drafts]
    except (IntegrityError, Raced):
        # Another transaction was faster between our look and our write.
        return [raced(session) for _ in drafts]
    return [verdict(session, index, draft, refusals.get(index, [])) for index, draft in enumerate(drafts)]


def waves(session: Session, tops: Sequence[Draft], refusals: dict[int, list[Draft]]) -> None:
    """Compute, check and write wave after wave, until nothing more is caused or something is refused."""
    drafts = list(tops)
    while drafts:
        session.wave += 1
        if session.wave > MAX_WAVES:
            raise OverBudget("waves", MAX_WAVES, drafts[0].chain)
        everyone = list(effects_first(drafts))
        if session.wave > 1:
            preload(session, everyone)
        number(session, everyone)
        with session.rule_time.counted():
            for draft in drafts:
                compute(session, draft)
            check(session, everyone)
        if noted(everyone, refusals):
            return
        note_moved(session, everyone)
        store(session, everyone)
        drafts = next_wave(session, [draft for draft in everyone if draft.is_dirty or draft.events])
        if noted(everyone, refusals):
            return
        drafts = drafts or finish(session)


def finish(session: Session) -> list[Draft]:
    """Send what has been written, with the row about the save; the drafts of parents whose sums need more than that.

    Those wake no rule, so that the row says all already.
    """
    if not session.recorded:
        record_save(session)
    keep_named(session)
    session.out.send()
    unmoved = unmoved_drafts(session)
    are_live(session)
    return unmoved


def noted(drafts: Sequence[Draft], refusals: dict[int, list[Draft]]) -> bool:
    """Collect the drafts that must not be written, by the change they belong to."""
    for draft in drafts:
        if (draft.failures or draft.conflicts) and draft not in refusals.get(draft.top, []):
            refusals.setdefault(draft.top, []).append(draft)
    return bool(refusals)


def verdict(session: Session, top: int, draft: Draft | None, refused: Sequence[Draft]) -> Verdict:
    """What became of one change."""
    if draft is None:
        return missing(session)
    conflicts = tuple(conflict for one in refused for conflict in one.conflicts)
    failures = reasons(session, draft, refused)
    alike = tuple(session.alike.get(top, ()))
    barred = tuple(failure for failure in failures if failure.code in BARRED)
    if barred:
        return Refused("denied", barred)
    if conflicts:
        return Refused("conflict", failures, conflicts, alike)
    if failures:
        denied = all(failure.code.startswith(("may_not_", "outside_")) for failure in failures)
        taken = draft.op in ("delete", "restore") and all(failure.code in COLLISIONS for failure in failures)
        return Refused("denied" if denied else "taken" if taken else "invalid", failures, alike=alike)
    touched = tuple(sorted(session.touched - {(draft.entity, draft.id)})) if session.tops == 1 else ()
    version = draft.after["version"]
    changed = draft.before is None or version != draft.before["version"]
    return Saved(draft.op, draft.entity, draft.id, version, session.save, draft.before is None, touched, changed, alike)


def told(verdicts: Sequence[Verdict | None], language: str) -> list[Verdict]:
    """Where one of all is refused, the others say that they were not carried out for that reason."""
    message = texts(language)("failure.not_carried_out")
    held_up = Refused("invalid", (Failure("not_carried_out", message),))
    return [verdict if isinstance(verdict, Refused) else held_up for verdict in verdicts]


def missing(session: Session) -> Refused:
    """There is no such record, or none that the actor may see."""
    return Refused("missing", (Failure("missing", texts(session.context.language)("failure.missing")),))


def raced(session: Session) -> Refused:
    """A key or a reference changed under the save's hands."""
    return Refused("taken", (Failure("raced", texts(session.context.language)("failure.raced")),))


def too_large(session: Session, error: DoesNotFit) -> Refused:
    """A rule worked out a number or a text that nothing can hold."""
    code = "too_long_result" if error.type.kind == "text" else "too_large_result"
    running = session.rule_time.running
    message = texts(session.context.language)(f"failure.{code}", rule=running, limit=MAX_TEXT // 1024)
    return Refused("invalid", (Failure(code, message, rule=running if "/" in running else ""),))


def over_budget(session: Session, over: OverBudget) -> Refused:
    """The save would have touched too much; the sentence names the counter and the chain."""
    key = f"failure.over_{over.counter}"
    message = texts(session.context.language)(key, limit=over.limit, chain=" → ".join(over.chain))
    return Refused("invalid", (Failure("over_budget", message),))
