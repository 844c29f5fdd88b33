"""A club whose guests come twice, for tests of what may be the same."""

from __future__ import annotations

from pathlib import Path

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.write.change import Cause, Change, Verdict
from kith.runtime.write.gate import save
from tests.runtime.write.shop_world import Shop
from tests.support.prepared import installed
from tests.support.worlds import model_of

FOLDER = Path(__file__).parent / "club"


class Club(Shop):
    """An open club."""

    @classmethod
    def open(cls, url: str) -> Club:
        """A new club in an empty database."""
        workspace = installed(url, model_of(FOLDER))
        return cls(workspace, workspace.current())

    def typed(
        self, values: dict[str, object], actor: Actor = SYSTEM, heeds: bool = True, entity: str = "guest"
    ) -> Verdict:
        """What the gate says to a form that asks once."""
        change = Change("create", entity, None, values, seen_alike=frozenset() if heeds else None)
        return save(self.workspace.database, self.context(actor), self.release, change, Cause("form"))


def told(verdict: Verdict) -> list[tuple[str, str]]:
    """The rules that found something, with what the records are called."""
    return sorted((one.rule.rpartition(".")[2], one.title) for one in verdict.alike)
