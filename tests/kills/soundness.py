"""What must hold of a database after each kill, asked of the tables themselves: nothing is half done, nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kith.rules.sql.values import from_database
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import system_context
from kith.runtime.schema.system import delta, history, job, save
from kith.runtime.workspace import Workspace
from tests.kills.clients import Client, Member

FIRST = "00000000-0000-0000-0000-000000000000"


@dataclass
class Inspector:
    """Looks at what is new since it last looked."""

    workspace: Workspace
    after: str = FIRST
    looked_at: int = 0

    def flaws(self) -> Iterator[str]:
        """What is half done among the saves since the last look."""
        release = self.workspace.current()
        stable = {release.tables[name].stable_name: name for name in release.model.entities}
        with self.workspace.database.read() as connection:
            rows = connection.execute(sa.select(history).where(history.c.id > self.after).order_by(history.c.id)).all()
            if not rows:
                return
            # The order of the ids is that of their making: who began before may commit after, so look back a little.
            self.after = rows[max(0, len(rows) - 200)].id
            self.looked_at += len(rows)
            saves = {row.save for row in rows}
            yield from self._saves(connection, saves)
            by_entity: dict[str, set[str]] = defaultdict(set)
            for row in rows:
                by_entity[stable[row.entity]].add(row.record)
            for entity, ids in by_entity.items():
                yield from self._versions(connection, entity, sorted(ids))
            yield from self._effects(connection, rows)
            yield from self._sums(connection, sorted(self._members(connection, by_entity)))
            yield from _traces(connection, rows[0].id)

    def _saves(self, connection: sa.Connection, saves: set[str]) -> Iterator[str]:
        there = set(connection.scalars(sa.select(save.c.id).where(save.c.id.in_(saves))))
        yield from (f"save {one} has history and no row of its own" for one in sorted(saves - there))
        told = sa.exists().where(history.c.save == save.c.id)
        # What a job works out anew is no edit, and has no history.
        by_people = save.c.channel.in_(("api", "bulk"))
        lonely = connection.scalars(sa.select(save.c.id).where(save.c.id >= min(saves), by_people, ~told)).all()
        yield from (f"save {one} has no history" for one in lonely)

    def _versions(self, connection: sa.Connection, entity: str, ids: Sequence[str]) -> Iterator[str]:
        table = self.workspace.current().tables[entity]
        held = {
            str(id_): version
            for id_, version in connection.execute(sa.select(table.id, table.table.c.version).where(table.id.in_(ids)))
        }
        asked = sa.select(history.c.record, sa.func.max(history.c.version), sa.func.count()).group_by(history.c.record)
        named = (history.c.entity == table.stable_name) & history.c.record.in_(ids)
        for record, version, count in connection.execute(asked.where(named)):
            if held.get(record) != version or version != count:
                yield f"{entity}/{record}: version {held.get(record)}, {count} rows of history up to {version}"

    def _effects(self, connection: sa.Connection, rows: Sequence[Any]) -> Iterator[str]:
        """Whoever falls silent has a note from the same save."""
        tables = self.workspace.current().tables
        member, note = tables["member"], tables["note"]
        state = member.columns["state"].value.name
        silenced = {
            row.save
            for row in rows
            if row.entity == member.stable_name and row.values and row.values.get(state, {}).get("new") == "silent"
        }
        asked = sa.select(history.c.save).where(
            history.c.save.in_(silenced), history.c.entity == note.stable_name, history.c.op == "create"
        )
        there = set(connection.scalars(asked))
        yield from (f"save {one} silenced a member and told no note" for one in sorted(silenced - there))

    def _members(self, connection: sa.Connection, touched: dict[str, set[str]]) -> set[str]:
        tables, found = self.workspace.current().tables, set(touched.get("member", ()))
        for entity in ("note", "visit"):
            table = tables[entity]
            asked = sa.select(table.columns["member"].value).where(table.id.in_(touched.get(entity, ())))
            found |= {str(one) for one in connection.scalars(asked) if one}
        return found

    def _sums(self, connection: sa.Connection, ids: Sequence[str]) -> Iterator[str]:
        """Roll-ups are what they add up, with what still waits to be folded."""
        tables, engine = self.workspace.current().tables, self.workspace.database.kind
        member, note, visit = tables["member"], tables["note"], tables["visit"]
        of = note.columns["member"].value
        counted = sa.select(sa.func.count()).where(of == member.id, note.live).scalar_subquery()
        column = member.columns["note_count"].value
        wrong = sa.select(member.id, column, counted).where(member.id.in_(ids), column != counted)
        yield from (
            f"member/{one}: {held} notes, and there are {count}" for one, held, count in connection.execute(wrong)
        )
        spent, of = member.columns["spent"], visit.columns["member"].value
        waiting = sa.select(delta.c.amount).where(
            delta.c.record == member.id, delta.c.entity == member.stable_name, delta.c.field == spent.value.name
        )
        held = {str(one): amount or 0 for one, amount in connection.execute(
            sa.select(member.id, spent.value).where(member.id.in_(ids))
        )}  # fmt: skip
        for one in held:
            held[one] += sum(connection.scalars(waiting.where(member.id == one)))
        amount = visit.columns["spent"].value
        summed = sa.select(of, sa.func.sum(amount)).where(of.in_(ids), visit.live).group_by(of)
        sums = {str(one): total for one, total in connection.execute(summed)}
        for one, total in held.items():
            if total != sums.get(one, 0):
                shown = from_database(total, spent.field.type, engine)
                yield f"member/{one}: spent {shown}, and its visits are {sums.get(one, 0)}"


def _traces(connection: sa.Connection, first: str) -> Iterator[str]:
    """What was refused has left nothing."""
    tells = sa.cast(history.c["values"], sa.Text).contains("refused-")
    for row in connection.execute(sa.select(history.c.id).where(history.c.id >= first, tells).limit(3)):
        yield f"history {row.id} tells of what was refused"


def lost(workspace: Workspace, clients: Sequence[Client]) -> Iterator[str]:
    """What is not as somebody was told that it is saved."""
    for client in clients:
        yield from client.wrong
        for member in client.members:
            yield from _differs(workspace, member)


def _differs(workspace: Workspace, wanted: Member) -> Iterator[str]:
    tables, engine = workspace.current().tables, workspace.database.kind
    member, visit, note = tables["member"], tables["visit"], tables["note"]
    columns = [member.table.c.version, member.columns["name"].value, member.columns["state"].value]
    spent = visit.columns["spent"]
    with workspace.database.read() as connection:
        found = connection.execute(sa.select(*columns).where(member.id == wanted.id)).one_or_none()
        of = visit.columns["member"].value
        rows = connection.execute(sa.select(visit.id, spent.value).where(of == wanted.id, visit.live)).all()
        of = note.columns["member"].value
        notes = connection.scalar(sa.select(sa.func.count()).where(of == wanted.id, note.live))
        jobs = _renamings(connection, workspace, wanted)
    if found is None or tuple(found) != (wanted.version, wanted.name, wanted.state):
        yield f"{wanted.name}: {found}, not version {wanted.version}, {wanted.state}"
    visits: dict[str, Decimal] = {str(one): from_database(value, spent.field.type, engine) for one, value in rows}
    if visits != wanted.visits:
        yield f"{wanted.name}: visits {sorted(visits.items() ^ wanted.visits.items())}"
    if notes != wanted.notes:
        yield f"{wanted.name}: {notes} notes, not {wanted.notes}"
    if jobs:
        yield f"{wanted.name}: no job follows its versions {sorted(jobs)}"


def _renamings(connection: sa.Connection, workspace: Workspace, wanted: Member) -> set[int]:
    """The versions whose change of name has left no job."""
    stable = workspace.current().tables["member"].stable_name
    asked = (
        sa.select(history.c.version)
        .join(job, job.c.save == history.c.save)
        .where(history.c.entity == stable, history.c.record == wanted.id, job.c.kind == "copy")
    )
    return wanted.renamed - set(connection.scalars(asked))


def unfinished(workspace: Workspace) -> Iterator[str]:
    """What workers have left undone, or done wrong: once everything is done, every copy is what it is a copy of."""
    tables = workspace.current().tables
    note, member = tables["note"], tables["member"]
    of, whose = note.columns["member"].value, note.columns["whose"].value
    stale = sa.select(sa.func.count()).join(member.table, member.id == of)
    with workspace.database.read() as connection:
        count = connection.scalar(stale.where(whose.is_distinct_from(member.columns["name"].value)))
        if count:
            yield f"{count} notes have an old name of their member"
        left = connection.execute(sa.select(job.c.state, sa.func.count()).group_by(job.c.state)).all()
        yield from (f"{number} jobs are {state}" for state, number in left if state != "done")
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(delta))
        if waiting:
            yield f"{waiting} amounts wait to be folded"


def sick(workspace: Workspace) -> Iterator[str]:
    """What the doctor finds, of all records."""
    release = workspace.current()
    visit = Visit(workspace.database, release, system_context(release, workspace.clock), deep=True)
    for check, found in examine(visit):
        # The server of a test run need not wait for the disk.
        flaws = [one.en for one in found.flaws if not one.en.startswith("fsync")]
        yield from (f"{check.name}: {one}" for one in flaws)
