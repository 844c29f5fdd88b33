"""A small shop in a database of its own, and short words for saving and looking in tests of the write gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime.context import SYSTEM, Actor, Context
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved, Verdict
from kith.runtime.write.gate import save, save_all
from kith.runtime.write.session import Session
from tests.support.prepared import installed
from tests.support.worlds import model_of

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def shop_model() -> Model:
    """The model of the shop's folder."""
    return model_of(Path(__file__).parent / "shop")


@dataclass
class Shop:
    """An open shop; `now` can be moved."""

    workspace: Workspace
    release: Release
    now: datetime = NOW

    @classmethod
    def open(cls, url: str) -> Shop:
        """A new shop in an empty database."""
        workspace = installed(url, shop_model())
        return cls(workspace, workspace.current())

    @classmethod
    def of(cls, url: str, model: Model) -> Shop:
        """A workspace of another model, with the same short words."""
        workspace = Workspace.open(url)
        return cls(workspace, workspace.apply(workspace.plan(model)))

    def close(self) -> None:
        """Let go of the database."""
        self.workspace.close()

    def context(self, actor: Actor = SYSTEM, language: str = "en") -> Context:
        """Somebody acting now."""
        return Context(actor, self.now, language, ZONE, ZONE)

    def actor(self, role: str, name: str = "Ann") -> Actor:
        """A new user with a role, acting."""
        values = {"name": name, "email": f"{name}@example.com".lower(), "roles": [role]}
        user = self.make("user", values)
        return Actor(user, name, frozenset({role}), record={"id": user, "name": name, "teams_below": frozenset()})

    def do(self, change: Change, actor: Actor = SYSTEM, language: str = "en") -> Verdict:
        """What the gate says to one change."""
        return save(self.workspace.database, self.context(actor, language), self.release, change, Cause("api"))

    def do_all(self, changes: list[Change], mode: Any = "all") -> list[Verdict]:
        """What the gate says to many."""
        return save_all(self.workspace.database, self.context(), self.release, changes, Cause("bulk"), mode)

    def make(self, entity: str, values: Mapping[str, object], **lines: list[Mapping[str, object]]) -> str:
        """The id of a new record, which must not be refused."""
        children = {name: tuple(Change("create", "", None, line) for line in rows) for name, rows in lines.items()}
        done = self.do(Change("create", entity, None, values, children))
        assert isinstance(done, Saved), done
        return done.id

    def change(self, entity: str, id_: str, actor: Actor = SYSTEM, **values: object) -> Verdict:
        """What the gate says to new values of a record."""
        return self.do(Change("update", entity, id_, values), actor)

    def look(self, entity: str, id_: str, *names: str) -> dict[str, Any]:
        """The values of a record as the database has them."""
        with self.workspace.database.read() as connection:
            session = Session(connection, self.context(), self.release, Cause("system"))
            record = session.load(entity, id_)
            assert record is not None
            return {name: record[name] for name in names}

    def history(self, entity: str, id_: str) -> list[Any]:
        """The history rows of a record, oldest first."""
        table = self.release.tables[entity].stable_name
        rows = sa.select(system.history).where(system.history.c.entity == table, system.history.c.record == id_)
        with self.workspace.database.read() as connection:
            return list(connection.execute(rows.order_by(system.history.c.version)).mappings())

    def lines(self, order: str) -> list[str]:
        """The ids of an order's lines."""
        table = self.release.tables["order_line"]
        mine = sa.select(table.id).where(table.columns["order"].value == order)
        with self.workspace.database.read() as connection:
            return [str(id_) for id_ in connection.scalars(mine)]

    def count(self, entity: str) -> int:
        """How many live records there are."""
        table = self.release.tables[entity]
        with self.workspace.database.read() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(table.table).where(table.live)) or 0)


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    """The field and code of each reason of a refusal, or of the rule where one refused."""
    assert isinstance(verdict, Refused), verdict
    return sorted((failure.field, failure.rule or failure.code) for failure in verdict.failures)
