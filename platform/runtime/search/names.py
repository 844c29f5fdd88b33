"""Names as they are compared: without case, accents, order of words and legal forms; Chinese ones also as they sound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from kith.runtime.search.terms import readings_of, runs

FORMS = frozenset(
    "ab ag as bv co company corp corporation gmbh inc incorporated kg limited llc llp ltd nv oy plc pte pty sa sarl sas"
    " spa srl the".split()
)
"""Words that say in which form a company is, and not which one it is."""
HAN_FORMS = ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "分公司", "公司", "集团")
PREFIX = 12
"""Characters of a name by which one with a slip is found; what comes after them is compared only."""
SHORT, LONG = 4, 8
"""From how many characters on one slip is forgiven, and two."""
MOST_READINGS = 4
MOST_WORDS = 4
SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "y": "i"})
SILENT = frozenset("aeiouhw")


@dataclass(frozen=True, slots=True)
class Name:
    """A name: its Latin words, its Han, and how these may sound."""

    words: tuple[str, ...]
    han: str
    sounds: frozenset[str]

    @property
    def sorted(self) -> str:
        """The Latin words in one order, together."""
        return "".join(sorted(self.words))


def text_of(value: Any) -> str:
    """The text of a value; the parts of a person's name belong together."""
    if isinstance(value, dict):
        parts = [str(part) for part in value.values() if part]
        return ("" if any(not part.isascii() for part in parts) else " ").join(parts)
    return str(value)


@lru_cache(maxsize=2_000)
def name_of(text: str) -> Name:
    """A text as a name."""
    found = runs(text)
    words = [run for run in found if run[0].isascii()]
    core = [word for word in words if word not in FORMS] or words
    han = _without_form("".join(run for run in found if not run[0].isascii()))
    return Name(tuple(core), han, frozenset(readings_of(han)[:MOST_READINGS]) if han else _spelled(core))


def _without_form(han: str) -> str:
    for form in HAN_FORMS:
        if han.endswith(form) and len(han) - len(form) >= 2:
            return han.removesuffix(form)
    return han


def _spelled(words: list[str]) -> frozenset[str]:
    """Latin words as the pinyin of a Chinese name: the family name comes first or last."""
    joined = "".join(words)
    if not 1 < len(words) <= 3 or not joined.isalpha() or len(joined) > 24:
        return frozenset([joined]) if joined else frozenset()
    return frozenset([joined, "".join((words[-1], *words[:-1])), "".join((*words[1:], words[0]))])


@lru_cache(maxsize=2_000)
def keys_of(name: Name) -> tuple[str, ...]:
    """What names that may be the same have one of in common."""
    return tuple(sorted(_keys(name)))


def _keys(name: Name) -> set[str]:
    keys = {f"p{sound}" for sound in name.sounds}
    if name.han:
        keys |= slips(name.han, "h") if len(name.han) >= SHORT else {f"h{name.han}"}
        return keys
    whole = name.sorted
    if not whole:
        return set()
    keys |= slips(whole, "l") if len(whole) >= SHORT else {f"l{whole}"}
    words = [word for word in sorted(name.words) if len(word) > 1][:MOST_WORDS]
    keys |= {f"w{one} {other}" for one, other in combinations(words, 2)}
    sound = skeleton(name.words)
    return keys | {f"s{sound}"} if len(sound) > 2 else keys


def slips(text: str, kind: str) -> set[str]:
    """The beginning of a text, and with each of its characters left out: two that are one slip apart share one."""
    text = text[:PREFIX]
    return {kind + text, *(kind + text[:at] + text[at + 1 :] for at in range(len(text)))}


def skeleton(words: tuple[str, ...]) -> str:
    """How words sound: their consonants, those that sound alike as one."""
    return "".join(sorted(_skeleton(word) for word in words if len(word) > 1))


def _skeleton(word: str) -> str:
    word = word.replace("ph", "f").replace("ck", "k").replace("x", "ks").translate(SOUNDS)
    kept = word[0]
    for letter in word[1:]:
        if letter not in SILENT and letter != "i" and letter != kept[-1]:
            kept += letter
    return kept


def are_alike(one: Name, other: Name) -> bool:
    """Whether two names may be of the same."""
    if _digits(one) != _digits(other):
        # Store 12 is not store 13.
        return False
    if one.han and other.han and one.words == other.words and _near(one.han, other.han):
        return True
    if one.han or other.han:
        return not one.sounds.isdisjoint(other.sounds)
    if _near(one.sorted, other.sorted) or _near("".join(one.words), "".join(other.words)):
        return True
    fewer, more = sorted((frozenset(one.words), frozenset(other.words)), key=len)
    return len(fewer) > 1 and fewer <= more


def _digits(name: Name) -> frozenset[str]:
    return frozenset(word for word in (*name.words, name.han) if any(letter.isdigit() for letter in word))


def _near(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < SHORT else 1 if shorter < LONG else 2
    return one == other or (allowed > 0 and within(one, other, allowed))


def within(one: str, other: str, allowed: int) -> bool:
    """Whether so many slips lead from one text to the other: a letter more, less, another, or two that changed places."""
    if abs(len(one) - len(other)) > allowed:
        return False
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, there in enumerate(other, start=1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != there))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == there:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > allowed:
            return False
        before, last = last, now
    return last[-1] <= allowed
