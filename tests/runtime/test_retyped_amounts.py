"""An amount that gets its currency from elsewhere, fixed or by the record's own, and a formula over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kith.runtime.applying.progress import CannotApply
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read import get_record
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.support.worlds import app_document, built

DEAL = """\
entity: deal
label: Deal
plural: Deals
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  cur: {type: currency, default: USD, label: Currency}
  price: {type: money, currency: CNY, label: Price}
  cost: {type: money, currency_field: cur, label: Cost}
"""
FIXED = "{type: money, currency: CNY, label: A}"
OWN = "{type: money, currency_field: cur, label: A}"
NUMBER = "{type: decimal, label: A}"
OF_FIXED = "{type: formula, value: price * 2, label: A}"
OF_OWN = "{type: formula, value: cost * 2, label: A}"
REFUSED = "Amounts in one currency are not amounts in another."


class World:
    """Deals whose amount changes its type."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder, self.workspace, self.id = folder, workspace, ""

    def plan(self, fields: Mapping[str, str]) -> Any:
        deal = DEAL + "".join(f"  {name}: {text}\n" for name, text in fields.items())
        for path, text in {"app.yaml": app_document("corner", "deal"), "entities/deal.yaml": deal}.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        return self.workspace.plan(built(self.folder))

    def apply(self, planned: Any) -> None:
        self.workspace.apply(planned, hooks=hooks(self.workspace.clock), allow_loss=True)

    def saved(self, entity: str = "deal", **values: object) -> str:
        release = self.workspace.current()
        change = Change("create", entity, None, values)
        context = system_context(release, self.workspace.clock)
        done = save(self.workspace.database, context, release, change, Cause("system"))
        assert isinstance(done, Saved), done
        return done.id

    def values(self) -> Mapping[str, object]:
        release = self.workspace.current()
        with self.workspace.database.read() as connection:
            record = get_record(connection, system_context(release, self.workspace.clock), release, "deal", self.id)
        assert record is not None
        return record.values


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    workspace = Workspace.open(database_url)
    yield World(tmp_path / "corner", workspace)
    workspace.close()


# the amount before and after; what it then is, or why nothing is applied
CASES: dict[str, tuple[str, str, object]] = {
    "fixed to own": (FIXED, OWN, REFUSED),
    "own to fixed": (OWN, FIXED, REFUSED),
    "number to own": (NUMBER, OWN, Decimal("3.00")),
    "own to number": (OWN, NUMBER, Decimal("3.00")),
    "formula over fixed to one over own, which is in the workspace's": (OF_FIXED, OF_OWN, Decimal("98.00")),
    "formula over own to one over fixed": (OF_OWN, OF_FIXED, Decimal("10.00")),
    "formula over own to fixed": (OF_OWN, FIXED, Decimal("98.00")),
    "formula over own to own": (OF_OWN, OWN, REFUSED),
    "fixed to a formula over own": (FIXED, OF_OWN, Decimal("98.00")),
    "own to a formula over fixed": (OWN, OF_FIXED, Decimal("10.00")),
}


def test_an_amount_takes_its_currency_from_elsewhere_or_says_why_not(world: World) -> None:
    """All of them at once, each a field of its own."""
    names = {f"a{number}": case for number, case in enumerate(CASES.values())}
    world.apply(world.plan({name: before for name, (before, _, _) in names.items()}))
    world.saved("exchange_rate", currency="USD", valid_on=date(2026, 1, 1), rate=Decimal(7))
    given: dict[str, Any] = {name: Decimal(3) for name, (before, _, _) in names.items() if "formula" not in before}
    world.id = world.saved(name="A", cur="USD", price=Decimal(5), cost=Decimal(7), **given)

    planned = world.plan({name: after for name, (_, after, _) in names.items()})
    refused = {change.field: change for change in planned.changes if change.effect == "refused"}
    told = {name: case for name, case in names.items() if case[2] == REFUSED}
    assert refused.keys() == told.keys()
    assert all(REFUSED in change.refusal.en for change in refused.values())
    said = "field deal.a0 changes from money(15,2,CNY) to money(15,2,currency_field: cur)"
    assert refused["a0"].message("en").startswith(said)
    with pytest.raises(CannotApply):
        world.apply(planned)

    kept = {name: before if name in told else after for name, (before, after, _) in names.items()}
    world.apply(world.plan(kept))
    values = world.values()
    assert {name: values[name] for name in names if name not in told} == {
        name: expected for name, (_, _, expected) in names.items() if name not in told
    }
