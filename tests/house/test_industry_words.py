"""The engine knows no industry: what a word of one would do belongs into an app's YAML."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.files import engine_files

WORDS = frozenset(
    """
    basket cart cashier checkout coupon coupons deal deals lead leads loyalty membership memberships opportunities
    opportunity prospect prospects purchase purchases quotation quotations salesperson shopper shoppers sku skus
    storefront tier tiers voucher vouchers
    """.split()
)
CHINESE = ("会员", "优惠券", "商机", "积分", "线索", "报价单", "导购", "门店")

# File, word: why the engine needs it.
ALLOWED: dict[tuple[str, str], str] = {}

_READ_WHOLE = {".html", ".jinja", ".j2", ".txt", ".css", ".js", ".svg", ".po", ".yaml", ".json", ".lark"}
# Other people's work, what they use as passwords and the pictures that apps choose from by name are no logic of ours.
_NOT_OURS = ("vendor", "icons", "widespread")


def _written(source: str) -> list[str]:
    """Return the names and strings of Python code, without its docstrings and comments."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            found.append(node.value)
        for name in ("id", "attr", "name", "arg"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                found.append(value)
    return found


def _industry_words(text: str) -> set[str]:
    # customer_tier, CustomerTier and "customer tier" are each two words.
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}
    return (words & WORDS) | {word for word in CHINESE if word in text}


def _words_in(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return set().union(*map(_industry_words, _written(text)), set())
    # Jinja's comments are for readers, as docstrings are.
    return _industry_words(re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))


def _is_searched(path: Path) -> bool:
    ours = not any(word in part for part in path.parts for word in _NOT_OURS)
    return path.suffix == ".py" or (path.suffix in _READ_WHOLE and ours)


def test_the_engine_says_no_word_of_an_industry() -> None:
    found = {(name, word) for name, path in engine_files() if _is_searched(path) for word in sorted(_words_in(path))}
    strange = [f"platform/{name} says {word}" for name, word in sorted(found - ALLOWED.keys())]
    assert not strange, "\n".join(["move it into an app, or give the reason in ALLOWED:", *strange])
    assert ALLOWED.keys() - found == set(), "no longer there: take it off the table"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("customer_tier = 1", {"tier"}),
        ("class LoyaltyCard: ...", {"loyalty"}),
        ('TABLE = "opportunity"', {"opportunity"}),
        ('"""An opportunity, say."""', set()),
        ("# a lead\nrestored = misleading(frontier)", set()),
        ('label = "会员等级"', {"会员"}),
    ],
)
def test_a_word_counts_where_it_does_something(source: str, words: set[str], tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(source, encoding="utf-8")
    assert _words_in(tmp_path / "some.py") == words
