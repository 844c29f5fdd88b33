"""Cases of an app, run: what passes, what fails and what is said then."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.testing.outcome import Outcome
from kith.runtime.testing.running import run_tests

DOCUMENTS = {
    "app.yaml": """\
app: corner
version: 1.0.0
title: Corner
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
navigation: {shops: {entity: shop}}
""",
    "entities/shop.yaml": """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
fields:
  name: {type: text, required: true, unique: exact, label: Name}
  opened_on: {type: date, label: Opened on}
  owner: {type: user, label: Owner}
  rent: {type: money, label: Rent}
  number: {type: autonumber, pattern: "S{seq:03}", label: Number}
  share: {type: percent, required_when: rent between 500 and 999, locked_when: rent > 100, label: Share}
  is_new: {type: formula, value: opened_on >= today() - 30d, label: New}
  sales: {type: rollup, value: sum(visits.amount), label: Sales}
""",
    "entities/visit.yaml": """\
entity: visit
label: Visit
plural: Visits
title: "{subject}"
fields:
  subject: {type: text, required: true, label: Subject}
  shop: {type: reference, to: shop, inverse: visits, label: Shop}
  amount: {type: money, label: Amount}
  note: {type: text, label: Note}
""",
    "rules/shop_rules.yaml": """\
rules: shop_rules
of: shop
items:
  affordable:
    on: [create, update]
    require: rent is not set or rent <= 1000
    message: "The rent of {name} is too high."
    field: rent
  kept:
    on: [delete]
    require: rent is not set or rent < 100
    message: "{name} is dear to us."
  welcome:
    on: [create]
    do: |
      create visit {subject: "Welcome", shop: this}
  aged:
    on: [{field: [is_new]}]
    when: changed(is_new to false) and old.is_new
    do: |
      create visit {subject: "No longer new", shop: this}
      notify owner "{name} is old."
  announced:
    on: [{field: [rent]}]
    when: rent between 300 and 399
    do: |
      notify owner "{name} pays {rent}"
      webhook "ledger" { shop: name, figures: {rent: rent, share: share} }
""",
    "roles/clerk.yaml": """\
role: clerk
label: Clerk
entities:
  shop: {read: owner == me, create: owner == me, update: owner == me, fields: {rent: read}}
""",
    "forms/shop_main.yaml": """\
form: shop_main
of: shop
sections:
  main:
    label: Shop
    items:
      name: {}
      rent: {visible_when: opened_on is set}
""",
    "data/shops.yaml": """\
data: shops
of: shop
key: name
rows: {Main: {rent: 5}}
""",
}

PASSING = """\
tests: shops
of: shop
cases:
  computed:
    at: 2026-06-15T10:00
    given: {name: A, opened_on: 2026-05-16, visits: [{subject: x, amount: 3}]}
    act: {update: {share: 15%}}
    expect: {values: {is_new: true, sales: 3, share: 15%}}
  long_there:
    at: 2026-06-15T10:00
    given: {name: A, opened_on: 2026-05-15}
    act: {create: {}}
    expect: {saved: true, values: {is_new: false, opened_on: 2026-05-15, owner: ~}}
  visited:
    given: {name: A, visits: [{subject: x, amount: 3}, {subject: y}]}
    act: {update: {rent: 2}}
    expect: {values: {visits: [{amount: 3, shop: {sales: 3}}, {subject: y, amount: ~}]}}
  never_visited: {given: {name: A}, act: {update: {rent: 2}}, expect: {values: {visits: []}}}
  too_dear: {given: {name: A}, act: {update: {rent: 1001}}, expect: {refused: [affordable]}}
  given_as_it_stands: {given: {name: A, rent: 5000}, act: {update: {rent: 1}}, expect: {saved: true}}
  numbered:
    act: {create: {name: B, rent: 7, owner: me}}
    expect: {values: {number: is set, owner: is set, visits: [{subject: is set}]}, created: {visit: {subject: is set}}}
  numbered_in_turn: {act: {create: {name: B}}, expect: {values: {number: S002}}}
  missing: {act: {create: {}}, expect: {refused: [name]}}
  made: {given: {name: A}, act: {create: {}}, expect: {created: {visit: {subject: Welcome, shop: A}}}}
  not_made: {given: {name: A}, act: {update: {rent: 2}}, expect: {created: {visit: []}}}
  kept: {given: {name: A, rent: 100}, act: {delete: true}, expect: {refused: [kept]}}
  deleted: {given: {name: A}, act: {delete: true}, expect: {saved: true}}
  restored: {given: {name: A}, act: {restore: true}, expect: {saved: true}}
  own: {as: clerk, given: {name: A, owner: me}, act: {read: true}, expect: {visible: true}}
  of_another: {as: clerk, given: {name: A, owner: {name: Bo, email: bo@example.com}}, act: {read: true}, expect: {visible: false}}
  no_rent: {as: clerk, given: {name: A, owner: me}, act: {update: {rent: 1}}, expect: {denied: true}}
  may: {as: clerk, given: {name: A, owner: me}, act: {read: true}, expect: {may: [read, update], may_not: [delete], reads: [rent]}}
  may_not:
    as: clerk
    given: {name: A, owner: {name: Bo, email: bo@example.com}}
    act: {read: true}
    expect: {visible: false, may_not: [read, update], reads_not: [rent]}
  form_of_a_dear_shop:
    given: {name: A, rent: 400}
    act: {fill: {rent: 600}}
    expect: {required: [name, share], locked: [share], not_shown: [rent]}
  form_of_a_new_shop:
    form: shop_main
    given: {name: A}
    act: {fill: {opened_on: 2026-01-01}}
    expect: {not_required: [share], not_locked: [share], shown: [rent], values: {sales: 0}}
  time_passes:
    at: 2026-06-15T10:00
    given: {name: A, opened_on: 2026-06-01}
    acts:
      - {at: 2026-06-15T10:00, act: {update: {rent: 1}}, expect: {values: {is_new: true}}}
      - at: 2026-08-15
        act: {update: {rent: 2}}
        expect: {values: {is_new: false, rent: 2}, created: {visit: {subject: No longer new}}}
      - {as: clerk, act: {update: {rent: 3}}, expect: {denied: true}}
      - {act: {update: {rent: 2000}}, expect: {refused: [affordable]}}
      - {act: {delete: true}, expect: {saved: false}}
  gone_and_back:
    given: {name: A, rent: 2}
    acts:
      - {act: {delete: true}}
      - {act: {restore: true}, expect: {values: {rent: 2}}}
  made_and_changed:
    acts:
      - {act: {create: {name: B, owner: me}}, expect: {created: {visit: {subject: Welcome}}}}
      - {act: {update: {rent: 9}}, expect: {created: {visit: []}, values: {name: B, rent: 9}}}
  announced:
    given: {name: A, owner: me}
    acts:
      - act: {update: {rent: 300}}
        expect:
          sent:
            - notify: {to: me, rule: announced}
            - webhook: {webhook: ledger, data: {shop: A, figures: {rent: 300, share: ~}}}
      - act: {update: {rent: 399, owner: ~}}
        expect: {sent: [{webhook: {data: {figures: {rent: 399}}}}]}
      - {act: {update: {rent: 299}}, expect: {sent: []}}
  a_new_day:
    at: 2026-07-01T10:00
    given: {name: A, opened_on: 2026-06-01, owner: me}
    acts:
      - {act: {update: {rent: 1}}, expect: {values: {is_new: true}, sent: []}}
      - at: 2026-07-02T00:00
        act: {midnight: true}
        expect:
          values: {is_new: false}
          created: {visit: {subject: No longer new}}
          sent: [{notify: {to: me, message: A is old.}}]
      - {act: {midnight: true}, expect: {sent: []}}
  shipped: {given: {name: Main, rent: 7}, act: {update: {share: 1%}}, expect: {values: {rent: 7}}}
"""

FAILING = """\
tests: wrong
of: shop
cases:
  value: {given: {name: A, rent: 5}, act: {create: {}}, expect: {values: {rent: 6}}}
  empty: {given: {name: A}, act: {update: {share: 1%}}, expect: {values: {number: ~, rent: is set}}}
  refused: {given: {name: A}, act: {update: {rent: 2000}}, expect: {saved: true}}
  saved: {given: {name: A}, act: {update: {rent: 2}}, expect: {refused: [affordable]}}
  another_rule: {given: {name: A}, act: {update: {rent: 2000}}, expect: {refused: [kept]}}
  allowed: {as: clerk, given: {name: A, owner: me}, act: {update: {rent: 1}}, expect: {saved: true}}
  count: {given: {name: A}, act: {create: {}}, expect: {created: {visit: []}}}
  sent: {given: {name: A, owner: me}, act: {update: {rent: 300}}, expect: {sent: []}}
  kinds_and_parts:
    given: {name: A, owner: me}
    act: {update: {rent: 300}}
    expect:
      sent:
        - notify: {to: {name: Bo, email: bo@example.com}}
        - email: {to: bo@example.com}
  too_many_related: {given: {name: A, visits: [{subject: x}]}, act: {update: {rent: 2}}, expect: {values: {visits: [{}, {}]}}}
  related: {given: {name: A, visits: [{subject: x}]}, act: {update: {rent: 2}}, expect: {values: {visits: [{subject: y}]}}}
  rights: {as: clerk, given: {name: A, owner: me}, act: {read: true}, expect: {may: [delete], reads_not: [name]}}
  form: {given: {name: A}, act: {fill: {}}, expect: {locked: [rent], not_required: [name]}}
  unknown: {given: {name: A, owner: Nobody}, act: {create: {}}, expect: {saved: true}}
"""

SAID = {
    "value": [("shop.rent", "6", "5")],
    "empty": [("shop.number", "–", "S002"), ("shop.rent", "is set", "–")],
    "refused": [("verdict", "saved", "refused: affordable")],
    "saved": [("verdict", "refused: affordable", "saved")],
    "another_rule": [("verdict", "refused: kept", "refused: affordable")],
    "allowed": [("verdict", "saved", "denied")],
    "count": [("created visit", "0", "1")],
    "sent": [("sent", "0", "notify A pays CN¥300.00; webhook ledger")],
    "kinds_and_parts": [
        ("sent 1 notify.to", "{'name': 'Bo', 'email': 'bo@example.com'}", "me"),
        ("sent 2", "email", "webhook ledger"),
    ],
    "too_many_related": [("shop.visits", "2", "1")],
    "related": [("visit.subject", "y", "x")],
    "rights": [("delete", "may", "may not"), ("shop.name", "hidden", "read")],
    "form": [("shop.name", "not required", "required"), ("shop.rent", "locked", "not locked")],
    "unknown": [("given", "", "user Nobody")],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A corner shop with tests, right and wrong ones."""
    root = tmp_path_factory.mktemp("corner")
    for path, text in (DOCUMENTS | {"tests/shops.yaml": PASSING, "tests/wrong.yaml": FAILING}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    layers, problems = load(root)
    built, found = build(layers)
    assert built is not None, [problem.message() for problem in (*problems, *found)]
    return built


@pytest.fixture(scope="module")
def outcomes(model: Model) -> list[Outcome]:
    """What became of all cases."""
    return run_tests(model)


def test_cases_that_are_right_pass(outcomes: list[Outcome]) -> None:
    assert {one.case: one.mismatches for one in outcomes if one.test == "shops" and not one.passed} == {}


def test_cases_that_are_wrong_say_what_was_expected_and_what_came(outcomes: list[Outcome]) -> None:
    said = {
        one.case: [(item.what, item.expected, item.found) for item in one.mismatches]
        for one in outcomes
        if one.test == "wrong"
    }
    assert said == SAID


def test_a_refusal_that_was_not_expected_comes_with_its_reasons(outcomes: list[Outcome]) -> None:
    (mismatch,) = next(one for one in outcomes if one.case == "refused").mismatches
    assert mismatch.why[0].startswith("rent: The rent of A is too high.\n")


def test_documents_and_cases_can_be_chosen_by_name(model: Model) -> None:
    assert {(one.test, one.case) for one in run_tests(model, wanted=["shops/long_there"])} == {("shops", "long_there")}


@pytest.mark.parametrize("app", ["b2b_crm", "retail_crm"])
def test_shipped_apps_pass_their_own_tests(app: str) -> None:
    layers, _ = load(Path(__file__).parents[3] / "apps" / app)
    built, _ = build(layers)
    assert built is not None
    assert [f"{one.test}/{one.case}" for one in run_tests(built) if not one.passed] == []
