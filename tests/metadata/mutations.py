"""Small slips in a document, as people make them: each gives the broken text, where it was broken, and the name it touched."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

WORD = re.compile(r"[a-z][a-z0-9_]{2,}")
SLOT = re.compile(r"\b(?:when|require|filter|value|for|[a-z]+_when|default_from)(?:: )(?P<text>[^{}\n]{6,})")
KEYS = frozenset(
    "entity form view rules role import data label plural title icon fields type required unique search max_length options default"
    " to inverse on_delete value result columns sections items tab highlights related layout filter sort require message field"
    " on when do steps key values column entities read create update delete of rows include indexes keys help width total".split()
)  # fmt: skip


def misspelt(word: str, rng: random.Random) -> str:
    """A word with one slip of the fingers."""
    at = rng.randrange(len(word))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
    ]
    if at + 1 < len(word):
        slips.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return rng.choice([slip for slip in slips if slip != word] or [word + "x"])


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def key(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A key of the kind's shape is misspelt."""
    found = [m for m in re.finditer(r"(?:^|[\s{,])([a-z_]+):(?=\s)", text, re.MULTILINE) if m.group(1) in KEYS]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, *match.span(1), misspelt(match.group(1), rng)), match.start(1), ""


def name(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A word somewhere is misspelt; where it declares something, that name is lost."""
    found = list(WORD.finditer(text))
    match = rng.choice(found)
    return _replaced(text, *match.span(), misspelt(match.group(), rng)), match.start(), match.group()


def swapped(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A name is taken for another one that exists."""
    known = set(names)
    found = [match for match in WORD.finditer(text) if match.group() in known]
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, *match.span(), rng.choice(names)), match.start(), match.group()


def wrong_type(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A plain value becomes a list, a map, a number or nothing."""
    found = list(re.finditer(r": (?P<value>[\w.+-]+)(?=[,}\n])", text))
    if not found:
        return None
    match = rng.choice(found)
    new = rng.choice(["[a, b]", "{a: b}", "42", "''", "yes", "~", "3.5"])
    return _replaced(text, *match.span("value"), new), match.start("value"), match.group("value")


def deleted_line(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A line is gone."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    lost = re.match(r"\s*([\w.]+):", lines[at])
    offset = sum(map(len, lines[:at]))
    return "".join(lines[:at] + lines[at + 1 :]), offset, lost.group(1) if lost else ""


def wrong_indent(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """A line is moved by one or two blanks."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    shift = rng.choice([-2, -1, 1, 2])
    old = lines[at]
    lines[at] = old[min(-shift, len(old) - len(old.lstrip(" "))) :] if shift < 0 else " " * shift + old
    lost = re.match(r"\s*([\w.]+):", old)
    return "".join(lines), sum(map(len, lines[:at])), lost.group(1) if lost else ""


def broken_expression(text: str, rng: random.Random, names: list[str]) -> tuple[str, int, str] | None:
    """An operator or bracket of an expression is lost, doubled or another one."""
    found = list(SLOT.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    start, end = match.span("text")
    at = rng.randrange(start, end)
    new = rng.choice(["", "=", "==", "(", ")", "&&", " or", " and", "!", '"', ".", "x", " 1", "+", "@", " is"])
    return _replaced(text, at, at + rng.choice([0, 1]), new), at, ""


Mutation = Callable[[str, random.Random, list[str]], tuple[str, int, str] | None]
MUTATIONS: tuple[Mutation, ...] = (key, name, swapped, wrong_type, deleted_line, wrong_indent, broken_expression)
