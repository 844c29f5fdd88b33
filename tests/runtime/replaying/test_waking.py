"""Rules of named actions and transitions, and what leaves the records, over stored history."""

from __future__ import annotations

from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.replaying import Replayed, replay
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change, Saved
from tests.metadata.example import write
from tests.runtime.write.shop_world import Shop
from tests.runtime.write.test_flows import FILES

RULES = FILES["rules/deal_rules.yaml"]


def model_with(folder: Path, files: dict[str, str]) -> Model:
    model, problems = build(load(write(folder, files))[0])
    assert model is not None, [one.message() for one in problems]
    return model


def replayed(shop: Shop, candidate: Model) -> Replayed:
    with shop.workspace.database.read() as connection:
        return replay(connection, shop.context(), shop.release, candidate)


def test_rules_that_actions_and_transitions_wake_are_judged_with_what_came_along(
    database_url: str, tmp_path: Path
) -> None:
    workspace = Workspace.open(database_url)
    shop = Shop(workspace, workspace.apply(workspace.plan(model_with(tmp_path / "now", FILES))))
    deal = shop.make("deal", {"name": "Big", "amount": "150.00"})
    claim = Change("update", "deal", deal, action="claim", inputs={"note": "mine", "days": 3})
    assert isinstance(shop.do(claim, shop.actor("administrator")), Saved)
    assert isinstance(shop.change("deal", deal, stage="offer"), Saved)
    assert isinstance(shop.change("deal", deal, stage="won"), Saved)
    assert not replayed(shop, shop.release.model).differs
    candidate = RULES.replace("length(note) <= 10", "length(note) <= 3").replace("{name} won", "{name} is ours")
    candidate = candidate.replace("steps ?? 0) + 1", "steps ?? 0) + 2").replace("{days ?? 0}", "in {days ?? 0}")
    found = replayed(shop, model_with(tmp_path / "then", {**FILES, "rules/deal_rules.yaml": candidate}))
    assert {one.rule.partition("/")[2]: (one.kind, one.before, one.after, one.why[-1:]) for one in found.listed} == {
        "noted": ("other_values", ("Log was set to mine 3",), ("Log was set to mine in 3",), ()),
        "brief": ("newly_refused", (), (), ("`length(note) <= 3` is false: note is mine",)),
        "counted": ("other_values", ("Steps was set to 1",), ("Steps was set to 2",), ()),
        "told": (
            "other_records",
            ("A new Task was made (Subject = Big won, Deal = Big)",),
            ("A new Task was made (Subject = Big is ours, Deal = Big)",),
            (),
        ),
    }
    assert not any(one.undecided for one in found.rules.values())
    shop.close()


def test_what_would_be_sent_otherwise_is_a_difference(database_url: str, tmp_path: Path) -> None:
    workspace = Workspace.open(database_url)
    shop = Shop(workspace, workspace.apply(workspace.plan(model_with(tmp_path / "now", FILES))))
    shop.make("deal", {"name": "Big"})
    extra = """
  sent:
    on: [create]
    do: |
      notify me "{name}"
      webhook "erp" { name: name }
      assign owner from queue "inbound"
      submit approval "start"
"""
    found = replayed(
        shop, model_with(tmp_path / "then", {**FILES, "rules/deal_rules.yaml": RULES + extra.lstrip("\n")})
    )
    assert [(one.kind, one.before, one.after) for one in found.listed] == [
        (
            "other_messages",
            (),
            (
                "`notify` did nothing: who should get it is empty",
                "The webhook “erp” was asked for",
                "Owner is to be given to somebody by the queue “inbound”",
                "The record was submitted for the approval “start”",
            ),
        )
    ]
    shop.close()
