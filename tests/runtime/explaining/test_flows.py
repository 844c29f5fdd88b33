"""Guards of transitions, named actions and the rules that they wake, told as every rule is."""

from __future__ import annotations

from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.runtime.explaining import explain_save
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change, Saved
from tests.metadata.example import write
from tests.runtime.write.shop_world import Shop
from tests.runtime.write.test_flows import FILES


def told(shop: Shop, deal: str) -> dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    with shop.workspace.database.read() as connection:
        found = explain_save(connection, shop.context(), shop.release, "deal", deal)
    assert found is not None
    return {one.rule: (one.label, one.verdict, one.why, one.did) for one in found.rules}


def test_a_guard_and_an_action_are_told_with_what_their_rules_did(database_url: str, tmp_path: Path) -> None:
    model, problems = build(load(write(tmp_path, FILES))[0])
    assert model is not None, problems
    workspace = Workspace.open(database_url)
    shop = Shop(workspace, workspace.apply(workspace.plan(model)))
    try:
        deal = shop.make("deal", {"name": "Big", "amount": "150.00"})
        claim = Change("update", "deal", deal, action="claim", inputs={"note": "mine", "days": 3})
        assert isinstance(shop.do(claim, shop.actor("administrator")), Saved)
        found = told(shop, deal)
        assert found["action claim"] == ("Claim", "held", ("`owner is not set` is true: Owner is empty",), ())
        assert found["deal_rules/noted"][3] == ("Log was set to mine 3",)
        assert found["deal_rules/brief"][2] == ("`length(note) <= 10` is true: note is mine",)
        assert isinstance(shop.change("deal", deal, stage="offer"), Saved)
        assert isinstance(shop.change("deal", deal, stage="won"), Saved)
        found = told(shop, deal)
        assert found["workflow stages/win"][:3] == ("Win", "held", ("`amount >= 100` is true: Amount is CN¥150.00",))
        assert found["deal_rules/told"][3] == ("A new Task was made (Subject = Big won, Deal = Big)",)
    finally:
        shop.close()


def test_what_guards_and_conditions_read_of_other_records_is_kept(database_url: str, tmp_path: Path) -> None:
    """The condition of an action is told of the record as it was: what rules make of it in the same save is no matter."""
    count = "  open: {type: rollup, value: count(tasks where not wins), label: Open}\nactions:"
    files = {
        **FILES,
        "entities/deal.yaml": FILES["entities/deal.yaml"]
        .replace("actions:", count)
        .replace("when: owner is not set", "when: open > 0 and all(tasks where not wins, length(subject) < 9)"),
        "workflows/stages.yaml": FILES["workflows/stages.yaml"].replace(
            "when: amount >= 100", 'when: any(tasks where subject == "Ask") and owner.name is set and open < 3'
        ),
    }
    model, problems = build(load(write(tmp_path, files))[0])
    assert model is not None, problems
    workspace = Workspace.open(database_url)
    shop = Shop(workspace, workspace.apply(workspace.plan(model)))
    try:
        deal = shop.make("deal", {"name": "Big", "amount": "150.00"})
        task = shop.make("task", {"subject": "Ask", "deal": deal, "wins": False})
        claim = Change("update", "deal", deal, action="claim", inputs={"note": "mine"})
        assert isinstance(shop.do(claim, shop.actor("administrator")), Saved)
        claimed = told(shop, deal)["action claim"]
        assert claimed[1:3] == (
            "held",
            (
                "`open > 0` is true: Open is 1",
                "`all(tasks where not wins, length(subject) < 9)` is true: 1 of 1 records of Task match",
            ),
        )
        assert isinstance(shop.change("deal", deal, stage="offer"), Saved)
        assert isinstance(shop.change("deal", deal, stage="won"), Saved)
        won = told(shop, deal)["workflow stages/win"]
        assert won[1] == "held"
        assert isinstance(shop.change("task", task, subject="Something else", wins=True), Saved)
        assert told(shop, deal)["workflow stages/win"] == won
        assert won[2][0] == '`any(tasks where subject == "Ask")` is true: 1 of 1 records of Task match'
        assert won[2][2] == "`open < 3` is true: Open is 1"
    finally:
        shop.close()
