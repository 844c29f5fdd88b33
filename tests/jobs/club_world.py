"""A club in a database of its own, whose clock tests move, and short words for what time does there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.jobs.handlers import HANDLERS
from kith.jobs.worker import Worker
from kith.metadata.model import Model
from kith.runtime import queue
from kith.runtime.publishing import system_context
from kith.runtime.read.query import RecordView
from kith.runtime.read.records import get_record
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.session import Session
from tests.support.prepared import installed
from tests.support.worlds import Time, model_of

FOLDER = Path(__file__).parent / "club"
START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""A Monday, five in the morning in Berlin."""


def club_model() -> Model:
    """The model of the club's folder."""
    return model_of(FOLDER)


@dataclass
class Club:
    """An open club."""

    workspace: Workspace
    time: Time

    @classmethod
    def open(cls, url: str) -> Club:
        """A new club in an empty database."""
        time = Time(START)
        return cls(installed(url, club_model(), clock=time), time)

    def worker(self) -> Worker:
        """A worker, which has looked at the schedules already."""
        worker = Worker(self.workspace)
        work(worker)
        return worker

    def worker_of(self, kind: str) -> Worker:
        """A worker that does one kind of jobs only."""
        return Worker(self.workspace, {kind: HANDLERS[kind]})

    def save(self, change: Change) -> str:
        """The id of a record that is saved."""
        release = self.workspace.current()
        context = system_context(release, self.time)
        done = save(self.workspace.database, context, release, change, Cause("api"))
        assert isinstance(done, Saved), done
        return done.id

    def member(self, name: str = "Ann", **values: object) -> str:
        """A new member."""
        return self.save(Change("create", "member", None, {"name": name, **values}))

    def look(self, id_: str, *names: str) -> dict[str, Any]:
        """The values of a member as the database has them."""
        release = self.workspace.current()
        with self.workspace.database.read() as connection:
            session = Session(connection, system_context(release, self.time), release, Cause("system"))
            record = session.load("member", id_)
            assert record is not None
            return {name: record[name] for name in names}

    def stored(self, id_: str, name: str) -> Any:
        """What stands in the column of a member's field, whether it still holds or not."""
        table = self.workspace.current().tables["member"]
        with self.workspace.database.read() as connection:
            return connection.scalar(sa.select(table.columns[name].value).where(table.id == id_))

    def note_ids(self) -> list[str]:
        """The ids of all notes, in the order of their making."""
        table = self.workspace.current().tables["note"]
        with self.workspace.database.read() as connection:
            return list(connection.scalars(sa.select(table.id).order_by(table.id)))

    def notes(self, id_: str = "") -> list[str]:
        """What the notes say, in the order of their making."""
        table = self.workspace.current().tables["note"]
        asked = sa.select(table.columns["what"].value).order_by(table.id)
        if id_:
            asked = asked.where(table.columns["member"].value == id_)
        with self.workspace.database.read() as connection:
            return list(connection.scalars(asked))

    def jobs(self, kind: str, state: str = "") -> list[queue.Listed]:
        """The jobs of a kind, the latest first."""
        with self.workspace.database.read() as connection:
            return queue.jobs(connection, kind=kind, state=state)

    def results(self, rule: str) -> list[Mapping[str, Any]]:
        """What came of the slots of a rule, the latest first."""
        return [one.result for one in self.jobs("schedule", "done") if one.payload["rule"] == f"over_time/{rule}"]


def seen(club: Club, id_: str) -> RecordView:
    """A note as its page has it."""
    release = club.workspace.current()
    with club.workspace.database.read() as connection:
        found = get_record(connection, system_context(release, club.time), release, "note", id_)
    assert found is not None
    return found


def work(worker: Worker) -> int:
    """Let a worker do everything that is to be done now; how many jobs that were."""
    done = 0
    while worker.turn():
        done += 1
    return done
