"""Settings: what a later layer sets them to, what is computed from them anew, and what rules and explanations say of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kith.metadata.layers.company import with_company
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read import get_record
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save
from tests.support.prepared import installed
from tests.support.worlds import app_document, built

SETTINGS = """\
settings:
  share: {type: percent, label: Share, value: 10%, max: 0.5, editable: true}
  most: {type: money, label: Most, value: 100}
  grace: {type: duration, label: Grace, value: 2d}
  strict: {type: boolean, label: Strict, value: false}
  opens: {type: time, label: Opens, value: 09:00}
  mode: {type: choice, label: Mode, value: slow, options: {slow: {label: Slow}, fast: {label: Fast}}}
"""
ORDER = """\
entity: order
label: Order
plural: Orders
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  amount: {type: money, required: true, label: Amount}
  taken: {type: datetime, label: Taken}
  bonus: {type: formula, result: {type: money}, value: amount * settings.share, label: Bonus}
  twice: {type: formula, result: {type: money}, value: bonus * 2, label: Twice}
  until: {type: formula, value: taken + settings.grace, label: Until}
  quick: {type: formula, value: 'if settings.mode == "fast" then "quick" else "slow"', label: Quick}
"""
RULES = """\
rules: orders
of: order
items:
  not_too_much: {require: not settings.strict or amount <= settings.most, message: "At most {settings.most}."}
"""
ROLE = """\
role: clerk
label: Clerk
entities: {order: {read: amount <= settings.most, create: true}}
"""


@pytest.fixture
def workspace(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    documents = {"app.yaml": app_document("corner", "order") + SETTINGS, "entities/order.yaml": ORDER}
    for path, text in {**documents, "rules/orders.yaml": RULES, "roles/clerk.yaml": ROLE}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    opened = installed(database_url, built(tmp_path))
    yield opened
    opened.close()


def order(workspace: Workspace, amount: int) -> Any:
    release = workspace.current()
    change = Change("create", "order", None, {"name": "A", "amount": amount})
    return save(workspace.database, system_context(release, workspace.clock), release, change, Cause("system"))


def values(workspace: Workspace, id_: str) -> Any:
    release = workspace.current()
    with workspace.database.read() as connection:
        record = get_record(connection, system_context(release, workspace.clock), release, "order", id_)
    assert record is not None
    return record.values


def set_to(workspace: Workspace, said: str) -> Any:
    """The plan of another value in the company layer."""
    text = f"app: company\nversion: 1.0.0\nextends: corner\nsettings: {said}\n"
    candidate, problems = workspace.built(with_company(workspace.current().model.layers, {"app.yaml": text}))
    assert candidate is not None, [problem.message() for problem in problems]
    return workspace.plan(candidate)


def test_what_is_computed_from_a_setting_is_computed_anew_when_a_later_layer_sets_it(workspace: Workspace) -> None:
    saved = order(workspace, 50)
    assert isinstance(saved, Saved)
    assert values(workspace, saved.id)["twice"] == Decimal(10)
    planned = set_to(workspace, "{share: {value: 20%}, mode: {value: fast}}")
    assert [(change.effect, change.message("en")) for change in planned.changes if change.kind != "change_app"] == [
        ("backfill", "field order.bonus is computed anew (1 record)"),
        ("backfill", "field order.quick is computed anew (1 record)"),
        ("safe", "setting share was 10%, becomes 20%"),
        ("safe", "setting mode was slow, becomes fast"),
    ]
    workspace.apply(planned, hooks=hooks(workspace.clock))
    now = values(workspace, saved.id)
    assert (now["bonus"], now["twice"], now["quick"]) == (Decimal(10), Decimal(20), "quick")
    assert set_to(workspace, "{share: {value: 20%}, mode: {value: fast}}").is_empty


def test_a_rule_reads_a_setting_as_it_is_now_and_says_so(workspace: Workspace) -> None:
    assert isinstance(order(workspace, 500), Saved)
    assert [change.effect for change in set_to(workspace, "{most: {value: 200}}").changes] == ["rights", "safe"]
    workspace.apply(set_to(workspace, "{strict: {value: true}}"), hooks=hooks(workspace.clock))
    refused = order(workspace, 500)
    assert isinstance(refused, Refused)
    assert [failure.message for failure in refused.failures] == ["At most CN¥100.00."]
    assert isinstance(order(workspace, 100), Saved)
