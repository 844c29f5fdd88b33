"""`kith replay`, as somebody types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from tests.runtime.write import shop_world
from tests.runtime.write.shop_world import Shop

RULE = "order_rules/discount_needs_approver"


def kith(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [*arguments])
    return found.exit_code, found.output


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    """The shop's folder with a discount rule that allows less."""
    folder = tmp_path / "shop"
    shutil.copytree(Path(shop_world.__file__).parent / "shop", folder)
    rules = folder / "rules/order_rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("<= 15%", "<= 5%"), "utf-8")
    return str(folder)


def test_a_stricter_rule_tells_which_records_it_would_have_refused(sqlite_url: str, stricter: str) -> None:
    shop = Shop.open(sqlite_url)
    order = shop.make("order", {"discount": "10%"})
    shop.close()
    code, shown = kith("replay", stricter, "--db", sqlite_url, "--rules", "order_rules", "--by", "status")
    assert code == 0
    assert shown.splitlines()[2:9] == [
        f"Discount needs approver ({RULE}) · asked: 1",
        "  1 would now be refused",
        "    by Status: Open 1",
        f"    O0001 · 2026-11-22 · order/{order}",
        "      Discount 10% is over 15%: pick an approver.",
        "      `discount ?? 0% <= 5%` is false: Discount is 10%",
        "      `approved_by is set` is false: Approved by is empty",
    ]
    assert "No difference:\n  Size of order (order_rules/size_of_order) · asked: 1\n" in shown
    code, shown = kith("replay", stricter, "--db", sqlite_url, "--rules", RULE, "--json")
    found = json.loads(shown)
    assert found["rules"][RULE]["newly_refused"] == 1
    assert [one["record"] for one in found["differences"]] == [f"order/{order}"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--rules", "nope"), 64, "There are no rules called nope."),
        (("--by", "colour"), 64, "No record has a field called colour."),
        (("--since", "soon"), 1, "soon is no day: write 2026-01-31 or 30d."),
    ],
)
def test_what_cannot_be_replayed_is_said(
    sqlite_url: str, stricter: str, arguments: tuple[str, str], code: int, said: str
) -> None:
    Shop.open(sqlite_url).close()
    assert kith("replay", stricter, "--db", sqlite_url, *arguments) == (code, said + "\n")
