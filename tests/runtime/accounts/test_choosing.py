"""Passwords that people choose: what is refused, and for which reason."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import pytest

from kith.runtime.accounts.breached import is_breached, is_list
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


def test_the_thousands_of_passwords_that_are_used_most_are_refused() -> None:
    listed = (files("kith.runtime.accounts") / "widespread.txt").read_text("utf-8").split()
    assert len(set(listed)) >= 3_000
    assert [one for one in listed if not wrong_with(one) or not wrong_with(f"{one.upper()}1!")] == []


# ---- the operator's list --------------------------------------------------------------------------------------------

KNOWN = [f"umbrella heron {number}" for number in range(3_000)]


def listed(folder: Path, ending: str, *, upper: bool) -> Path:
    """Such a list as its makers write it."""
    hashes = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest() for one in KNOWN)
    made = folder / "list.txt"
    made.write_bytes("".join(f"{one.upper() if upper else one}{ending}" for one in hashes).encode())
    return made


@pytest.mark.parametrize(("ending", "upper"), [("\n", False), (":17\r\n", True), (":10434004\n", True)])
def test_a_password_of_the_operators_list_is_refused_and_no_other(tmp_path: Path, ending: str, upper: bool) -> None:
    made = listed(tmp_path, ending, upper=upper)
    assert is_list(made)
    assert [one for one in KNOWN if not is_breached(made, one)] == []
    assert [number for number in range(3_000, 6_000) if is_breached(made, f"umbrella heron {number}")] == []
    assert (wrong_with(KNOWN[7], (), made), wrong_with(KNOWN[7])) == ("breached", "")


def test_few_places_of_the_list_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = listed(tmp_path, "\n", upper=True)
    read: list[int] = []

    def hash_after(file: BinaryIO, at: int) -> bytes:
        read.append(at)
        return b"0" * 40

    monkeypatch.setattr("kith.runtime.accounts.breached._hash_after", hash_after)
    assert not is_breached(made, "a heron under water")
    assert len(read) <= made.stat().st_size.bit_length() + 1


@pytest.mark.parametrize("text", ["", "password\n123456\n", "f" * 40 + "\n" + "0" * 40 + "\n", "f" * 64 + "\n"])
def test_what_is_no_such_list_is_told_when_the_server_starts(tmp_path: Path, text: str) -> None:
    made = tmp_path / "list.txt"
    made.write_text(text)
    assert not is_list(made)


def test_without_the_list_people_go_on_choosing_passwords(tmp_path: Path) -> None:
    assert wrong_with("a heron under water", (), tmp_path / "gone.txt") == ""
