"""Cells that a spreadsheet must not take for formulas."""

from __future__ import annotations

import re

SIGNS = r"=+\-@\t\r\n＝＋－＠"
"""What a formula begins with, for spreadsheets of East Asia in full width too."""
RISKY = re.compile(rf"'*[{SIGNS}]")
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def safe_text(text: str) -> str:
    """A text with an apostrophe in front where a spreadsheet would calculate it; an import takes it off again."""
    return f"'{text}" if RISKY.match(text) and not NUMBER.fullmatch(text) else text
