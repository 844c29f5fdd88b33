"""A candidate's rules over stored history: what would differ, with nothing written, on both databases."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.replaying import Replayed, replay
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change
from tests.runtime.write import shop_world
from tests.runtime.write.shop_world import Shop

TEA = {"what": "Tea", "quantity": 2, "price": "150.00"}
FOLDER = Path(shop_world.__file__).parent / "shop"
APPROVAL, LINES, SIZE = (
    f"order_rules/{name}" for name in ("discount_needs_approver", "paid_orders_have_lines", "size_of_order")
)
GOLD = ("A new Award was made (Customer = 张伟, Reason = 张伟 is gold now)",)
AWARD, OVERDRAWN = "customer_rules/award_for_gold", "wallet_rules/never_overdrawn"


def changed(folder: Path, document: str, before: str, after: str) -> Model:
    """The shop with one document changed."""
    shutil.copytree(FOLDER, folder / "shop")
    path = folder / "shop" / document
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    model, problems = build(load(folder / "shop")[0])
    assert model is not None, problems
    return model


def replayed(shop: Shop, candidate: Model, *rules: str, **options: object) -> Replayed:
    with shop.workspace.database.read() as connection:
        return replay(connection, shop.context(), shop.release, candidate, rules=rules, **options)  # type: ignore[arg-type]


def told(found: Replayed) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    def plain(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(re.sub(r"[0-9a-f-]{36}", "ID", line) for line in lines)

    return [(one.kind, one.rule, plain(one.before), plain(one.after)) for one in found.listed]


def busy(shop: Shop) -> dict[str, str]:
    """A shop in which something has happened."""
    customer = shop.make("customer", {"name": "张伟"})
    small = shop.make("order", {"customer": customer, "discount": "10%"}, lines=[TEA])
    large = shop.make("order", {"customer": customer, "status": "paid"}, lines=[TEA | {"price": "600.00"}])
    wallet = shop.make("wallet", {"name": "W"})
    shop.make("entry", {"wallet": wallet, "amount": "5.00"})
    return {"customer": customer, "small": small, "large": large, "wallet": wallet}


@pytest.mark.parametrize(
    ("document", "before", "after", "expected"),
    [
        ("rules/order_rules.yaml", "15% or", "5% or", [("newly_refused", APPROVAL, (), ())]),
        (
            "rules/order_rules.yaml",
            "500",
            "5000",
            [("other_values", SIZE, ("Size was set to large",), ("Size was set to small",))],
        ),
        ("rules/order_rules.yaml", "count(lines) > 0", "count(lines) > 1", [("newly_refused", LINES, (), ())]),
        (
            "rules/customer_rules.yaml",
            "is gold now",
            "shines",
            [
                (
                    "other_records",
                    AWARD,
                    GOLD,
                    ("A new Award was made (Customer = 张伟, Reason = 张伟 shines)",),
                )
            ],
        ),
        (
            "entities/customer.yaml",
            "spend >= 1000",
            "spend >= 5000",
            [("other_records", AWARD, GOLD, ())],
        ),
        ("rules/wallet_rules.yaml", "balance >= 0", "balance >= 9", [("newly_refused", OVERDRAWN, (), ())]),
    ],
)
def test_what_a_changed_rule_would_do_otherwise_is_listed(
    shop: Shop, tmp_path: Path, document: str, before: str, after: str, expected: list[object]
) -> None:
    busy(shop)
    found = replayed(shop, changed(tmp_path, document, before, after))
    assert told(found) == expected
    assert sum(sum(one.differing.values()) for one in found.rules.values()) == len(expected)
    assert shop.count("award") == 1


def test_the_same_rules_differ_in_nothing(shop: Shop) -> None:
    busy(shop)
    found = replayed(shop, shop.release.model)
    assert not found.differs
    assert found.rules[SIZE].judged == 2
    assert all(one.undecided == 0 for one in found.rules.values())


def test_a_rule_that_is_new_is_judged_as_if_it_had_always_been(shop: Shop, tmp_path: Path) -> None:
    busy(shop)
    extra = 'items:\n  no_tea:\n    require: not any(lines where what == "Tea")\n    message: {en: No, zh-CN: 不}\n'
    found = replayed(shop, changed(tmp_path, "rules/order_rules.yaml", "items:\n", extra), "order_rules/no_tea")
    assert [one.kind for one in found.listed] == ["newly_refused", "newly_refused"]
    assert set(found.rules) == {"order_rules/no_tea"}


def test_only_saves_since_a_day_are_judged_but_what_was_before_is_known(shop: Shop, tmp_path: Path) -> None:
    made = busy(shop)
    start = shop.now = shop.now + timedelta(days=2)
    shop.change("order", made["large"], discount="12%")
    candidate = changed(tmp_path, "rules/order_rules.yaml", "500", "5000")
    found = replayed(shop, candidate, SIZE, since=start)
    assert (found.saves, told(found)) == (
        1,
        [("other_values", SIZE, ("Size was set to large",), ("Size was set to small",))],
    )


def test_a_limit_ends_the_replay(shop: Shop) -> None:
    busy(shop)
    assert replayed(shop, shop.release.model, limit=1).saves == 1


def test_what_is_in_the_bin_no_longer_counts(shop: Shop, tmp_path: Path) -> None:
    made = busy(shop)
    shop.do(Change("delete", "order", made["small"]))
    found = replayed(shop, changed(tmp_path, "rules/order_rules.yaml", "15% or", "5% or"), APPROVAL)
    assert [one.record for one in found.listed] == [made["small"]]


def test_a_rule_that_reads_what_it_sets_is_judged_by_what_it_found(database_url: str, tmp_path: Path) -> None:
    rule = 'items:\n  noted:\n    on: [create]\n    when: note is not set\n    do: set note = "{}"\n'
    now, then = (
        changed(tmp_path / word, "rules/order_rules.yaml", "items:\n", rule.replace("{}", word))
        for word in ("plain", "fancy")
    )
    workspace = Workspace.open(database_url)
    shop = Shop(workspace, workspace.apply(workspace.plan(now)))
    shop.make("order", {})
    shop.make("order", {"note": "own"})
    found = replayed(shop, then, "order_rules/noted")
    shop.close()
    assert told(found) == [
        ("other_values", "order_rules/noted", ("Note was set to plain",), ("Note was set to fancy",))
    ]
    assert (found.rules["order_rules/noted"].judged, found.rules["order_rules/noted"].undecided) == (2, 0)


def test_fields_entities_and_options_that_got_other_names_are_no_difference(shop: Shop, tmp_path: Path) -> None:
    """The history has physical names, which stay; what a renamed rule would do otherwise is told by the new names."""
    busy(shop)
    folder = tmp_path / "shop"
    shutil.copytree(FOLDER, folder)
    renames = {
        "  size: {type: text,": "  girth: {type: text, renamed_from: [size],",
        "set size": "set girth",
        "of: wallet": "of: purse",
        "to: wallet": "to: purse",
        "entity: wallet": "entity: purse\nrenamed_from: [wallet]",
        "paid: {label:": "settled: {renamed_from: [paid], label:",
        '"paid"': '"settled"',
    }
    for path in folder.rglob("*.yaml"):
        text = path.read_text("utf-8")
        for old, new in renames.items():
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    model, problems = build(load(folder)[0])
    assert model is not None, [one.message() for one in problems]
    found = replayed(shop, model)
    assert (told(found), all(one.undecided == 0 for one in found.rules.values())) == ([], True)
    assert found.rules[OVERDRAWN].judged > 0
    rules = folder / "rules/order_rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("500", "5000"), "utf-8")
    model, _ = build(load(folder)[0])
    assert model is not None
    assert told(replayed(shop, model)) == [
        ("other_values", SIZE, ("Size was set to large",), ("Size was set to small",)),
    ]


def test_who_refuses_says_why_and_differences_are_counted_by_a_field(shop: Shop, tmp_path: Path) -> None:
    made = busy(shop)
    found = replayed(shop, changed(tmp_path, "rules/order_rules.yaml", "15% or", "5% or"), APPROVAL, by="status")
    (one,) = found.listed
    assert (one.record, one.title) == (made["small"], "O0001")
    assert one.why == (
        "Discount 10% is over 15%: pick an approver.",
        "`discount ?? 0% <= 5%` is false: Discount is 10%",
        "`approved_by is set` is false: Approved by is empty",
    )
    assert found.rules[APPROVAL].groups == {"newly_refused": {"Open": 1}}
