"""Passwords that people choose: what is refused, and for which reason."""

from __future__ import annotations

import pytest

from kith.runtime.accounts.choosing import wrong_with

ABOUT = ("Ana Novák", "ana.novak@example.com", "Lakeside Retail", "湖畔零售")

REFUSED = {
    "too_short": ["", "short", "九个字符还不够吧"],
    "too_long": ["x1y2z" * 41],
    "uniform": ["aaaaaaaaaaaaaa", "abababababab", "1234123412341234", "......!!!!!!", "哈哈哈哈哈哈哈哈哈哈哈哈"],
    "common": [
        "password123", "Password2024!", "P@ssw0rd1234", "qwertyuiop12", "1234567890123", "letmein-welcome", "iloveyou520",
        "abcdefghijkl", "zyxwvutsrqpo", "Welcome2024!!", "woaini1314520", "1qaz2wsx3edc", "adminadmin1", "asdfghjkl;123",
    ],
    "about_you": ["novak-novak-1", "ana.novak@example.com", "Lakeside2024!", "lakeside retail", "湖畔零售湖畔零售2024"],
}  # fmt: skip

TAKEN = [
    "a heron under water", "correct horse battery", "Kx9-qmTt-2vvB", "tulpe fenster regal", "春眠不觉晓处处闻啼鸟",
    "password of the lighthouse", "Novák hates turnips", "qwerty and a bent umbrella", "7 dwarfs minus 3 thieves",
]  # fmt: skip


@pytest.mark.parametrize(("why", "password"), [(why, one) for why, listed in REFUSED.items() for one in listed])
def test_a_password_that_is_easily_guessed_is_refused_with_its_reason(why: str, password: str) -> None:
    assert wrong_with(password, ABOUT) == why


@pytest.mark.parametrize("password", TAKEN)
def test_several_unusual_words_are_taken(password: str) -> None:
    assert wrong_with(password, ABOUT) == ""


def test_what_is_about_somebody_else_is_taken() -> None:
    assert wrong_with("lakeside-novak-7", ("Li Wei", "li@example.com")) == ""
