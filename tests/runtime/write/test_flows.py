"""Workflows and named actions at the write gate, on both databases: the same verdict whichever way the change comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.schema import system
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save, save_all
from tests.metadata.example import write
from tests.runtime.write.shop_world import Shop, codes
from tests.support.worlds import built

FILES = {
    "app.yaml": "app: deals\nversion: 1.0.0\ntitle: Deals\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n",
    "entities/deal.yaml": """
entity: deal
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  amount: {type: money, label: Amount}
  owner: {type: user, label: Owner}
  reason: {type: text, label: Reason}
  log: {type: text, label: Log}
  steps: {type: integer, label: Steps}
  stage:
    type: choice
    default: new
    label: Stage
    options: {new: {label: New}, offer: {label: Offer}, won: {label: Won}, lost: {label: Lost}}
actions:
  claim:
    label: Claim
    when: owner is not set
    inputs:
      note: {type: text, required: true, label: Note}
      days: {type: integer, label: Days}
  ping: {label: Ping}
""",
    "entities/task.yaml": """
entity: task
title: "{subject}"
fields:
  subject: {type: text, label: Subject}
  deal: {type: reference, to: deal, inverse: tasks, label: Deal}
  wins: {type: boolean, label: Wins}
""",
    "workflows/stages.yaml": """
workflow: stages
of: deal
field: stage
label: Stages
initial: [new]
states:
  new: {}
  offer: {required: [amount]}
  won: {final: true, required: [amount, owner]}
  lost: {final: true, required: [reason]}
transitions:
  propose: {from: [new], to: offer, label: Propose}
  win: {from: [offer], to: won, label: Win, when: amount >= 100}
  lose: {from: [new, offer], to: lost, label: Lose, roles: [chief]}
""",
    "rules/deal_rules.yaml": """
rules: deal_rules
of: deal
items:
  counted: {on: [{transition: propose}], do: set steps = (steps ?? 0) + 1}
  told: {on: [{transition: win}], do: 'create task { subject: "{name} won", deal: this }'}
  taken: {on: [{action: claim}], do: set owner = me}
  noted: {on: [{action: claim}], do: 'set log = "{note} {days ?? 0}"'}
  brief: {on: [{action: claim}], require: length(note) <= 10, message: "“{note}” is long.", field: log}
  pinged: {on: [{action: ping}], do: 'create task { subject: "ping", deal: this }'}
""",
    "rules/task_rules.yaml": """
rules: task_rules
of: task
items:
  wins: {on: [create], when: wins, do: set deal.stage = "won"}
""",
    "roles/seller.yaml": """
role: seller
label: Seller
entities:
  deal: {read: true, create: true, update: true, actions: {claim: true, propose: name != "no"}}
  task: {read: true, create: true}
  user: {read: true}
""",
    "roles/chief.yaml": "role: chief\nlabel: Chief\nentities: {deal: {read: true, create: true, update: true}}\n",
    "roles/guest.yaml": "role: guest\nlabel: Guest\nentities: {deal: {read: true, actions: {claim: true}}, user: {read: true}}\n",
}


@pytest.fixture
def deals(database_url: str, tmp_path: Any) -> Iterator[Shop]:
    """An empty workspace with deals."""
    opened = Shop.of(database_url, built(write(tmp_path / "deals", FILES)))
    yield opened
    opened.close()


def deal(deals: Shop, **values: object) -> str:
    """A deal in any state, as an import brings it."""
    change = Change("create", "deal", None, {"name": "A", **values})
    done = save(deals.workspace.database, deals.context(), deals.release, change, Cause("system"))
    assert isinstance(done, Saved), done
    return done.id


def act(deals: Shop, id_: str, action: str, actor: Actor = SYSTEM, values: Any = None, **inputs: object) -> Any:
    """What the gate says to an action or transition."""
    return deals.do(Change("update", "deal", id_, values or {}, action=action, inputs=inputs), actor)


def test_a_change_of_state_follows_a_transition(deals: Shop) -> None:
    id_ = deal(deals)
    assert codes(deals.change("deal", id_, stage="won", amount=100)) == [
        ("owner", "required"),
        ("stage", "no_transition"),
    ]
    assert isinstance(deals.change("deal", id_, stage="offer", amount=5), Saved)
    assert deals.look("deal", id_, "stage", "steps") == {"stage": "offer", "steps": 1}


def test_a_refused_way_names_those_that_the_actor_may_take(deals: Shop) -> None:
    id_ = deal(deals)
    seller, chief = deals.actor("seller"), deals.actor("chief", "Bob")
    told = [deals.change("deal", id_, actor, stage="won", amount=1, owner=None) for actor in (seller, chief)]
    refusals = [verdict for verdict in told if isinstance(verdict, Refused)]
    messages = [next(one.message for one in refused.failures if one.field == "stage") for refused in refusals]
    assert messages == [
        "Stage cannot go from “New” to “Won”; from here it can go to “Offer”.",
        "Stage cannot go from “New” to “Won”; from here it can go to “Offer”, “Lost”.",
    ]


def test_a_final_state_is_not_left(deals: Shop) -> None:
    id_ = deal(deals, stage="lost", reason="price")
    assert codes(deals.change("deal", id_, stage="new")) == [("stage", "no_transition_at_all")]
    assert codes(deals.change("deal", id_, stage=None)) == [("stage", "no_transition_at_all")]


def test_a_guard_is_told_with_its_smallest_reason(deals: Shop) -> None:
    id_ = deal(deals, stage="offer", amount=5, owner=None)
    refused = act(deals, id_, "win")
    assert codes(refused) == [("owner", "required"), ("stage", "workflow stages/win")]
    assert [one.why for one in refused.failures if one.code == "guard"] == [
        ("`amount >= 100` is false: Amount is CN¥5.00",)
    ]


def test_required_fields_of_a_state_hold_while_a_record_is_in_it(deals: Shop) -> None:
    id_ = deal(deals, stage="offer", amount=5)
    assert codes(deals.change("deal", id_, amount=None)) == [("amount", "required")]


def test_a_new_record_begins_in_an_initial_state_unless_it_is_brought_along(deals: Shop) -> None:
    made = Change(
        "create", "deal", None, {"name": "A", "stage": "won", "amount": "1", "owner": deals.actor("chief").id}
    )
    assert codes(deals.do(made)) == [("stage", "not_initial")]
    brought = save(deals.workspace.database, deals.context(), deals.release, made, Cause("import"))
    assert isinstance(brought, Saved)


def test_roles_bind_people_and_not_rules(deals: Shop) -> None:
    id_ = deal(deals)
    seller, chief = deals.actor("seller"), deals.actor("chief", "Bob")
    refused = act(deals, id_, "lose", seller, {"reason": "price"})
    assert (refused.kind, codes(refused)) == ("denied", [("stage", "workflow stages/lose")])
    assert isinstance(act(deals, id_, "lose", chief, {"reason": "price"}), Saved)


def test_a_grant_limits_a_transition_to_its_scope(deals: Shop) -> None:
    seller = deals.actor("seller")
    other, no = deal(deals, amount=5), deal(deals, name="no", amount=5)
    assert isinstance(act(deals, other, "propose", seller), Saved)
    assert codes(act(deals, no, "propose", seller)) == [("stage", "workflow stages/propose")]


def test_what_a_rule_moves_is_guarded_too_and_the_chain_is_told(deals: Shop) -> None:
    seller = deals.actor("seller")
    id_ = deal(deals, stage="offer", amount=5, owner=seller.id)
    refused = deals.do(Change("create", "task", None, {"deal": id_, "wins": True}), seller)
    assert codes(refused) == [("", "workflow stages/win")]
    assert "task_rules/wins" in refused.failures[0].message  # type: ignore[union-attr]
    deals.change("deal", id_, amount=200)
    assert isinstance(deals.do(Change("create", "task", None, {"deal": id_, "wins": True}), seller), Saved)
    assert deals.look("deal", id_, "stage") == {"stage": "won"}
    assert deals.count("task") == 2


@pytest.mark.parametrize("channel", ["form", "api", "bulk", "import", "rule", "job"])
def test_every_channel_has_the_same_verdict(deals: Shop, channel: Any) -> None:
    id_ = deal(deals, stage="offer", amount=5)
    change = Change("update", "deal", id_, {"stage": "won"})
    verdict = save_all(deals.workspace.database, deals.context(), deals.release, [change], Cause(channel))[0]
    assert codes(verdict) == [("owner", "required"), ("stage", "workflow stages/win")]


def test_an_action_reads_its_inputs_and_its_rules_carry_it_out(deals: Shop) -> None:
    id_, guest = deal(deals), deals.actor("guest")
    assert isinstance(act(deals, id_, "claim", guest, note="mine", days="3"), Saved)
    assert deals.look("deal", id_, "owner", "log") == {"owner": guest.id, "log": "mine 3"}


def test_an_action_tells_all_that_is_wrong_with_it(deals: Shop) -> None:
    id_ = deal(deals)
    assert codes(act(deals, id_, "claim", days="x", much=1)) == [
        ("days", "not_integer"),
        ("much", "unknown_field"),
        ("note", "required"),
    ]
    assert codes(act(deals, id_, "claim", note="far too long")) == [("log", "deal_rules/brief")]
    assert codes(act(deals, id_, "clame")) == [("", "unknown_action")]


def test_an_action_needs_its_own_right_and_its_condition(deals: Shop) -> None:
    id_, guest, chief = deal(deals), deals.actor("guest"), deals.actor("chief", "Bob")
    assert isinstance(refused := act(deals, id_, "claim", chief, note="mine"), Refused)
    assert (refused.kind, codes(refused)) == ("denied", [("", "may_not_act")])
    assert codes(act(deals, id_, "claim", guest, {"log": "x"}, note="mine")) == [("", "may_not_update")]
    assert isinstance(act(deals, id_, "claim", guest, note="mine"), Saved)
    again = act(deals, id_, "claim", guest, note="mine")
    assert codes(again) == [("", "action claim")]
    assert again.failures[0].why == ("`owner is not set` is false: Owner is Ann",)


def test_an_action_that_changes_nothing_of_its_record_still_wakes_rules(deals: Shop) -> None:
    id_ = deal(deals)
    assert isinstance(act(deals, id_, "ping"), Saved)
    assert deals.count("task") == 1


def test_the_save_remembers_guard_action_and_inputs(deals: Shop) -> None:
    id_ = deal(deals)
    act(deals, id_, "claim", note="mine")
    act(deals, id_, "propose", values={"amount": "5"})
    with deals.workspace.database.read() as connection:
        rows = list(
            connection.scalars(sa.select(system.save.c.considered).order_by(system.save.c.at, system.save.c.id))
        )
    told = [(one["rule"], one["verdict"], one.get("inputs")) for row in rows for one in row]
    assert ("action claim", "held", {"note": "mine", "days": None}) in told
    assert ("workflow stages/propose", "held", None) in told
