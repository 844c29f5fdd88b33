"""A whole import: one file, one transaction, batch by batch; what is killed half-way leaves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime import probing
from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.read.query import Denied
from kith.runtime.rights import EntityRights, rights_of
from kith.runtime.transfer.batch import Writer
from kith.runtime.transfer.errors import ErrorFile
from kith.runtime.transfer.identity import Identity
from kith.runtime.transfer.mapping import Step, columns_wanted, direct, steps_of
from kith.runtime.transfer.opening import open_table, settings_of
from kith.runtime.transfer.result import Result
from kith.runtime.transfer.table import Row, Settings, Table, Unreadable
from kith.runtime.write.change import Cause
from kith.runtime.write.messages import texts

if TYPE_CHECKING:
    from kith.runtime.database import Database
    from kith.runtime.release import Release

BATCH = 1_000
"""Rows that are saved at once."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported: a mapping or an entity by name, and a file.

    `settings` overlay those of the mapping; `key` and `mode` are for files without a mapping. `errors` is where rows
    that failed are written, with their reasons.
    """

    name: str
    file: Path
    settings: Settings = field(default_factory=Settings)
    key: str = ""
    mode: str = ""
    dry_run: bool = False
    errors: Path | None = None
    batch_rows: int = BATCH


class _NothingKept(Exception):
    """The end of a dry run: the transaction is undone."""


def run_import(
    database: Database, context: Context, release: Release, order: Order, progress: Progress | None = None
) -> Result:
    """Import a file; raises Unreadable, and Denied where the actor may not."""
    result = Result(new_id(), order.dry_run)
    begun = time.monotonic()
    with database.read() as connection:
        if probing.has_to_wait(connection, context):
            raise Denied(texts(context.language)("import.too_many_taken"))
    taken: dict[str, int] = {}

    def work(connection: sa.Connection) -> None:
        # A transaction that lost against another one begins anew, and so do the counts.
        result.rows = result.failed = result.alike = 0
        result.counts.clear()
        result.warnings.clear()
        result.reasons.clear()
        taken.clear()
        _import(connection, context, release, order, result, progress, taken)
        if order.dry_run:
            raise _NothingKept

    try:
        with suppress(_NothingKept):
            database.run(work)
    finally:
        # What was tried out counts, whether anything is kept or not.
        probing.note(database, context, sum(taken.values()))
    result.seconds = time.monotonic() - begun
    return result


def _import(
    connection: sa.Connection,
    context: Context,
    release: Release,
    order: Order,
    result: Result,
    progress: Progress | None,
    taken: dict[str, int],
) -> None:
    table = open_table(order.file, _settings(release.model, order))
    try:
        steps, result.ignored = _steps(release.model, order, table)
        authorise(context, release, steps)
        result.format, result.encoding = table.format, table.encoding
        cause = Cause("import", batch=result.batch, detail=f"import/{order.name}")
        writer = Writer(
            connection, context, release, cause, steps, result, Identity(connection, context, release), taken
        )
        with ErrorFile(order.errors, table.columns) as errors:
            for rows in batches(table.rows, order.batch_rows):
                failed = writer.write(rows)
                if any(probing.tells_more(context, release, name, times) for name, times in taken.items()):
                    raise Denied(texts(context.language)("import.too_many_taken"))
                errors.write((rows[index], reasons) for index, reasons in sorted(failed.items()))
                result.rows += len(rows)
                for index, reasons in sorted(failed.items()):
                    result.fails(rows[index].number, reasons)
                if progress is not None:
                    progress(result.rows, table.total)
    finally:
        table.close()


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows in lists of at most that many."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def _settings(model: Model, order: Order) -> Settings:
    mapping = model.imports.get(order.name)
    settings = settings_of(mapping.file) if mapping is not None else Settings()
    given = {
        name: value
        for name in ("format", "delimiter", "encoding", "columns", "sheet", "skip")
        if (value := getattr(order.settings, name))
    }
    settings = replace(settings, **given)
    return settings if order.settings.header else replace(settings, header=False)


def _steps(model: Model, order: Order, table: Table) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    mapping = model.imports.get(order.name)
    if mapping is None:
        found = direct(model, model.entities[order.name], _own(table.columns), key=order.key, mode=order.mode)
        return (found.step,), found.ignored
    steps = steps_of(model, mapping)
    missing = [column for column in columns_wanted(steps) if column not in table.columns]
    if missing:
        raise Unreadable("no_column", column=missing[0], columns=", ".join(table.columns))
    return steps, ()


def _own(columns: Sequence[str]) -> list[str]:
    """The columns of a file without those that an error file adds."""
    return [column for column in columns if not column.startswith("_")]


def authorise(context: Context, release: Release, steps: Sequence[Step]) -> None:
    """Stop whoever may not import what the steps feed, or not find records as they do; raises Denied."""
    if context.actor.kind == "system":
        return
    rights = rights_of(release.model, context.actor.roles)
    for step in steps:
        if step.mode != "match" and rights[step.entity.name].right("import").never:
            label = step.entity.label.in_(context.language)
            raise Denied(texts(context.language)("import.may_not_import", entity=label))
        for entity, name in _named_by(step):
            if not may_name(rights[entity], name):
                label = release.model.entities[entity].fields[name].label.in_(context.language)
                raise Denied(texts(context.language)("import.may_not_name", field=label))


def _named_by(step: Step) -> Iterator[tuple[str, str]]:
    """The fields by which a step finds records: its own, and those that they name."""
    yield from ((step.entity.name, name) for name in step.key if name in step.entity.fields)
    for name, value in step.values.items():
        if value.match and name in step.entity.fields:
            yield step.entity.fields[name].to, value.match


def may_name(rights: EntityRights, field: str) -> bool:
    """Whether somebody may find records by a field: one who neither reads nor writes it would learn who has which value."""
    if not rights.reading(field).read.never:
        return True
    return not all(rights.writing(field, action).never for action in ("create", "update"))
