"""Imports under way and those that were: whose they are, their upload, what was said, and the jobs that tried and ran them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.files import letting_go
from kith.runtime.ids import new_id
from kith.runtime.importing.plans import Feed, Plan
from kith.runtime.queue.looking import KEPT
from kith.runtime.read.cursors import ID
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.transfer.table import ERRORS, ROW

REMEMBERED = timedelta(days=400)
"""How long what somebody's columns feed is remembered."""
_IMPORT, _FAILURE = system.file_import, system.import_failure
_COLUMNS = (
    _IMPORT.c.id,
    _IMPORT.c.file,
    _IMPORT.c.name,
    _IMPORT.c.settings,
    _IMPORT.c.tried,
    _IMPORT.c.run,
    _IMPORT.c.at,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looks like, with its first rows as texts; `total` is 0 where nobody knows beforehand."""

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    total: int = 0
    sample: tuple[tuple[str, ...], ...] = ()

    @property
    def shape(self) -> str:
        """A digest of its columns, without those that a file of failed rows has besides."""
        own = [column for column in self.columns if column not in (ROW, ERRORS)]
        return hashlib.sha256("\n".join(own).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """One import of an entity's records."""

    id: str
    entity: str
    file: str
    """The upload, "" once it has run."""
    name: str
    look: Look
    plan: Plan
    tried: str
    run: str
    at: datetime
    recalled: bool = field(default=False)
    """Whether its plan is that of an earlier import."""


def begin(connection: sa.Connection, context: Context, release: Release, draft: Draft) -> str:
    """Keep a new import; its id."""
    row = {"id": new_id(), "entity": release.tables[draft.entity].stable_name, "user": context.actor.id}
    kept = {"file": draft.file, "name": draft.name, "shape": draft.look.shape, "settings": _settings(draft)}
    connection.execute(sa.insert(_IMPORT), row | kept | {"tried": None, "run": None, "at": context.now})
    return str(row["id"])


def _settings(draft: Draft) -> dict[str, Any]:
    return {"look": asdict(draft.look), "plan": draft.plan.as_data(), "recalled": draft.recalled}


def find(
    connection: sa.Connection, user: str | None, release: Release, entity: str, id_: str, *, held: bool = False
) -> Draft | None:
    """An import of somebody's own; `held` until the transaction ends, so that nobody else begins it meanwhile."""
    if not ID.fullmatch(id_):
        return None
    whose = (_IMPORT.c.user == user, _IMPORT.c.entity == release.tables[entity].stable_name)
    asked = sa.select(*_COLUMNS).where(_IMPORT.c.id == id_, *whose)
    row = connection.execute(asked.with_for_update() if held else asked).first()
    return _draft(entity, tuple(row)) if row is not None else None


def _draft(entity: str, row: tuple[Any, ...]) -> Draft:
    id_, file, name, said, tried, run, at = row
    texts = ("sheets", "columns")
    look: Mapping[str, Any] = said["look"]
    known = {**look, **{one: tuple(look[one]) for one in texts}, "sample": tuple(tuple(one) for one in look["sample"])}
    plan = Plan.of(said["plan"])
    return Draft(
        str(id_), entity, str(file or ""), name, Look(**known), plan, tried or "", run or "", at, said["recalled"]
    )


def keep(connection: sa.Connection, context: Context, draft: Draft) -> None:
    """Keep what was said of an import; its upload is not swept for another day."""
    said = {"shape": draft.look.shape, "settings": _settings(draft), "file": draft.file or None, "at": context.now}
    jobs = {"tried": draft.tried or None, "run": draft.run or None}
    connection.execute(sa.update(_IMPORT).where(_IMPORT.c.id == draft.id).values(**said, **jobs))
    touch(connection, draft.file, context.now)


def touch(connection: sa.Connection, file: str, now: datetime) -> None:
    """Have an upload kept for another day."""
    if file:
        connection.execute(sa.update(system.file).where(system.file.c.id == file).values(uploaded_at=now))


def done_with(connection: sa.Connection, draft: Draft) -> None:
    """Let go of the upload of an import that has run."""
    letting_go.named(connection, [draft.file])
    connection.execute(sa.update(_IMPORT).where(_IMPORT.c.id == draft.id).values(file=None))


def remembered(connection: sa.Connection, context: Context, release: Release, entity: str, look: Look) -> Plan | None:
    """What somebody has had the same columns feed the last time."""
    mine = (_IMPORT.c.user == context.actor.id, _IMPORT.c.entity == release.tables[entity].stable_name)
    asked = sa.select(_IMPORT.c.settings).where(*mine, _IMPORT.c.shape == look.shape, _IMPORT.c.run.is_not(None))
    said = connection.scalar(asked.order_by(_IMPORT.c.id.desc()).limit(1))
    if said is None:
        return None
    plan = Plan.of({**said["plan"], "fixes": {}})
    known = {one.column: one for one in plan.feeds}
    return replace(plan, feeds=tuple(known.get(column, Feed(column)) for column in look.columns))


# ---- rows that failed -----------------------------------------------------------------------------------------------


def note_failures(connection: sa.Connection, run: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows that a run could not use."""
    if rows:
        connection.execute(sa.insert(_FAILURE), [{"run": run, **row} for row in rows])


def failures(connection: sa.Connection, run: str, after: int, limit: int) -> list[tuple[int, list[str], list[str]]]:
    """Rows that a run could not use, in the order of the file: number, cells, reasons."""
    asked = sa.select(_FAILURE.c.row, _FAILURE.c.cells, _FAILURE.c.reasons).where(_FAILURE.c.run == run)
    found = connection.execute(asked.where(_FAILURE.c.row > after).order_by(_FAILURE.c.row).limit(limit))
    return [(int(row), cells, reasons) for row, cells, reasons in found]


def forget(connection: sa.Connection, now: datetime) -> int:
    """Let go of failed rows of runs long ago, of imports that never ran and have no upload any more, and of old ones."""
    old = sa.select(_IMPORT.c.run).where(_IMPORT.c.run.is_not(None), _IMPORT.c.at < now - KEPT)
    gone = connection.execute(sa.delete(_FAILURE).where(_FAILURE.c.run.in_(old))).rowcount
    uploads = sa.select(system.file.c.id)
    left = sa.and_(_IMPORT.c.run.is_(None), _IMPORT.c.file.not_in(uploads), _IMPORT.c.at < now - KEPT)
    connection.execute(sa.delete(_IMPORT).where(sa.or_(left, _IMPORT.c.at < now - REMEMBERED)))
    return gone
