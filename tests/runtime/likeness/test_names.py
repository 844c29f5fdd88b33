"""Which names may be of the same, and that what they are found by leads to it."""

from __future__ import annotations

import random
import string

import pytest

from kith.runtime.search.likeness import same
from kith.runtime.search.names import are_alike, keys_of, name_of

ALIKE = [
    ("John Smith", "Jon Smith"),
    ("Smith, John", "John Smith"),
    ("John A. Smith", "John Smith"),
    ("JOHN SMITH", "john smith"),
    ("Acme Inc.", "ACME, Inc"),
    ("Acme Ltd", "Acme GmbH"),
    ("The Blue Boat Company", "Blue Boat Co."),
    ("Müller", "Mueller"),
    ("José García", "Jose Garcia"),
    ("张伟", "章伟"),
    ("张伟", "Zhang Wei"),
    ("张伟", "Wei ZHANG"),
    ("欧阳娜娜", "歐陽娜娜"),
    ("华为技术有限公司", "华为技术股份有限公司"),
    ("北京字节跳动科技", "北京字节跳动科枝"),
    ("Иван Петров", "Иван Петрова"),
]
APART = [
    ("John Smith", "Mary Jones"),
    ("Ann", "Amy"),
    ("Store 12", "Store 13"),
    ("Acme Ltd", "Apex Ltd"),
    ("李雷", "韩梅梅"),
    ("张伟", "李伟"),
    ("张伟", "张伟强"),
    ("中国银行", "中国农业银行"),
    ("张三", "John Smith"),
]
VALUES = [
    ("exact", "x", "x", True),
    ("exact", frozenset({"a", "b"}), frozenset({"b", "a"}), True),
    ("folded", "Ann@Example.com", " ann@example.COM", True),
    ("folded", "ann@example.com", "anne@example.com", False),
    ("phone", "+8613800138000", "138-0013-8000", True),
    ("phone", "+33612345678", "0612345678", True),
    ("phone", "+8613800138000", "+8613800138001", False),
    ("phone", "123", "123", False),
    ("pinyin", "王芳", "汪方", True),
    ("pinyin", "王芳", "wang fang", True),
    ("pinyin", "王芳", "李芳", False),
    ("fuzzy", {"given": "Ann", "family": "Smith"}, {"given": "Anne", "family": "Smith"}, True),
    ("fuzzy", None, None, False),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_these_may_be_the_same_and_lead_to_each_other(one: str, other: str) -> None:
    left, right = name_of(one), name_of(other)
    assert are_alike(left, right) and are_alike(right, left)
    assert not set(keys_of(left)).isdisjoint(keys_of(right))


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_are_not_the_same(one: str, other: str) -> None:
    assert not are_alike(name_of(one), name_of(other))


@pytest.mark.parametrize(("way", "one", "other", "holds"), VALUES)
def test_values_are_compared_in_the_way_that_is_said(way: str, one: object, other: object, holds: bool) -> None:
    assert same(way, one, other) is holds


def test_whatever_single_slip_leads_back() -> None:
    dice = random.Random(7)  # noqa: S311  # repeatable, no secret
    for _ in range(2_000):
        words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(5, 9))) for _ in range(dice.randint(1, 2))]
        name = " ".join(sorted(words))
        at = dice.randrange(1, len(name))
        slip = dice.choice(string.ascii_lowercase)
        other = dice.choice(
            [name[:at] + name[at + 1 :], name[:at] + slip + name[at:], name[:at] + slip + name[at + 1 :]]
        )
        left, right = name_of(name), name_of(other)
        if sorted(right.words) == list(right.words):
            assert are_alike(left, right), (name, other)
            assert not set(keys_of(left)).isdisjoint(keys_of(right)), (name, other)
