"""Taking a batch back, some trees of records at a time, each step in one transaction with what it notes.

Records come in the reverse order of their last change, so that what refers to another goes first; those that are refused are
tried once more at the end, when others may have made way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.past.back import Back
from kith.runtime.past.batches import sent_by, undo_of, withdraw
from kith.runtime.past.trees import Key, Trees
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.write.change import Cause, Refused, Saved, Verdict
from kith.runtime.write.gate import carry_drafts
from kith.runtime.write.session import Session

STEP = 100
"""Records whose trees are taken back in one transaction."""
TOLD = 100
"""Records of which is told that they stayed or were refused; beyond it they are only counted."""
MOST_AGAIN = 10_000
"""Refused records that are tried once more."""

_HISTORY = system.history


@dataclass(slots=True)
class Undone:
    """How far an undo has come, as it is noted from step to step."""

    before: str = ""
    """The history row that all of the batch still to be looked at are older than."""
    again: list[list[str]] = field(default_factory=list)
    """Records that were refused, to be tried once more."""
    last: bool = False
    """Whether these are being tried already."""
    returned: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)
    kept_count: int = 0
    refused: int = 0
    refusals: list[dict[str, str]] = field(default_factory=list)
    withdrawn: int = 0
    sent: int = 0

    @classmethod
    def of(cls, noted: Mapping[str, Any]) -> Undone:
        """What was noted; the beginning where nothing was."""
        return cls(**{name: noted[name] for name in cls.__slots__ if name in noted})

    def as_data(self) -> dict[str, Any]:
        """As it is noted."""
        return {name: getattr(self, name) for name in self.__slots__}

    def keep(self, back: Back) -> None:
        """Note a record of which something stays."""
        self.kept_count += 1
        if len(self.kept) < TOLD:
            self.kept.append({"record": f"{back.entity}/{back.id}", "fields": [] if back.whole else [*back.kept]})

    def refuse(self, key: Key, verdict: Refused) -> None:
        """Note a tree that was refused: to be tried again, or for good."""
        if not self.last and len(self.again) < MOST_AGAIN:
            self.again.append([*key])
            return
        self.refused += 1
        if len(self.refusals) < TOLD:
            message = verdict.failures[0].message if verdict.failures else verdict.kind
            self.refusals.append({"record": "/".join(key), "message": message})


def advance(
    connection: sa.Connection, context: Context, release: Release, batch: str, noted: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Take the next step of taking a batch back, by the right of who acts; what is to be noted, and whether there is more."""
    done = Undone.of(noted)
    if not done.last:
        before = done.before
        heads, done.before = _heads(connection, release, batch, before)
        _step(connection, context, release, batch, heads, done, before)
        if done.before:
            return done.as_data(), True
        done.last = True
    tried, done.again = done.again[:STEP], done.again[STEP:]
    _step(connection, context, release, batch, [(entity, id_) for entity, id_ in tried], done)
    if done.again:
        return done.as_data(), True
    done.withdrawn = withdraw(connection, release, batch, context.now)
    done.sent = sent_by(connection, batch, 0)[0]
    return done.as_data(), False


def _heads(connection: sa.Connection, release: Release, batch: str, before: str) -> tuple[list[Key], str]:
    """The records that the batch touched last before a row, and the row to go on from, "" at the end."""
    row, later = _HISTORY.c, _HISTORY.alias("later")
    again = sa.exists().where(
        later.c.entity == row.entity,
        later.c.record == row.record,
        later.c.version > row.version,
        later.c.batch == batch,
    )
    chosen = sa.select(row.id, row.entity, row.record).where(row.batch == batch, ~again)
    if before:
        chosen = chosen.where(row.id < before)
    rows = connection.execute(chosen.order_by(row.id.desc()).limit(STEP)).all()
    names = release.names.by_table
    known = [(names[table], str(id_)) for _, table, id_ in rows if names.get(table) in release.model.entities]
    return known, str(rows[-1][0]) if len(rows) == STEP else ""


def _step(
    connection: sa.Connection,
    context: Context,
    release: Release,
    batch: str,
    heads: Sequence[Key],
    done: Undone,
    before: str = "",
) -> None:
    """Take back what can be of some records and their trees: what is refused is taken out and the rest done again.

    Trees that were met already, on the way to the row `before`, are left alone.
    """
    undo = undo_of(batch)
    cause = Cause("undo", batch=undo, detail=batch)
    waiting: list[Key] | None = None
    while waiting is None or waiting:
        savepoint = connection.begin_nested()
        trees = Trees(Session(connection, context, release, cause, tops=max(1, len(heads))), batch, undo)
        waiting = trees.roots(heads) if waiting is None else waiting
        trees.hold(waiting)
        waiting = [key for key in waiting if not before or trees.last_row(key) < before]
        drafts = trees.drafts(waiting)
        verdicts: list[Verdict] = carry_drafts(trees.session, drafts) if any(drafts) else []
        refused = {
            index: verdict
            for index, (draft, verdict) in enumerate(zip(drafts, verdicts, strict=False))
            if draft is not None and isinstance(verdict, Refused)
        }
        if refused:
            savepoint.rollback()
            for index, verdict in refused.items():
                done.refuse(waiting[index], verdict)
            waiting = [key for index, key in enumerate(waiting) if index not in refused]
            continue
        savepoint.commit()
        _note(trees, waiting, verdicts, done)
        return


def _note(trees: Trees, roots: Sequence[Key], verdicts: Sequence[Verdict], done: Undone) -> None:
    for index, root in enumerate(roots):
        saved = index < len(verdicts) and isinstance(verdicts[index], Saved)
        for back in filter(None, map(trees.backs.get, trees.keys(root))):
            done.returned += saved and back.op != "" and not back.whole
            if back.keeps:
                done.keep(back)
