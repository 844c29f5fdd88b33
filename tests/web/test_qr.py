"""QR codes, held to what other writers of them make."""

from __future__ import annotations

import hashlib

import pytest

from kith.web.qr import TooLong, matrix, svg_path

MADE = {
    "https://example.com": (25, "839abd69c4263f552538b1fb8390364c9077261cbdc84aeb4527c945aebadb0e"),
    "otpauth://totp/Kith:ann%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kith": (
        41,
        "1a33737dc6b100bcc7bb6bd43be174b878bc0cc16f5230e096c4d25d3409b386",
    ),
}
"""Side and digest of codes whose every mask was compared dot by dot with another writer's."""


@pytest.mark.parametrize("text", MADE)
def test_a_text_is_the_dots_that_were_compared_once(text: str) -> None:
    rows = matrix(text)
    assert (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()) == MADE[text]


@pytest.mark.parametrize("length", [1, 14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287])
def test_each_size_is_used_up_to_its_last_character(length: int) -> None:
    size, more = len(matrix("x" * length)), len(matrix("x" * (length + 1))) if length < 287 else 0
    assert length in (1, 287) or more == size + 4


def test_more_than_the_largest_holds_is_refused() -> None:
    with pytest.raises(TooLong):
        matrix("x" * 288)


def test_the_path_draws_each_dark_dot_once_within_the_quiet_zone() -> None:
    size, path = svg_path("kith")
    dark = sum(int(part.split("h")[1].split("v")[0]) for part in path.split("M")[1:])
    assert (size, dark) == (29, sum(map(sum, matrix("kith"))))
