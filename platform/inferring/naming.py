"""Headings become names and labels: Chinese ones by known words or pinyin, labels in both languages where they are known."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from kith.metadata.names import taken
from kith.problems import Words

LONGEST_NAME = 40
LONGEST_LABEL = 80
HAN = re.compile("[\u3400-\u9fff]")
TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u3400-\u9fff]+|[^\W\d_A-Za-z\u3400-\u9fff]+")
INITIALS = frozenset({"id", "url", "ip", "vip", "api", "crm", "usd", "cny", "eur"})
SINGULAR = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))
KEEPS_S = ("ss", "us", "is", "news", "series")
UNCOUNTED = ("people", "staff", "data", "equipment", "personnel", "series", "news")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of headings in both languages."""

    to_chinese: dict[str, str]
    to_english: dict[str, str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The words that Kith knows."""
    text = (files("kith.inferring") / "words.toml").read_text("utf-8")
    told = tomllib.loads(text)
    to_english: dict[str, str] = {}
    for english, chinese in told["words"].items():
        to_english.setdefault(chinese, english)
    return Lexicon(told["words"], to_english | told["chinese"])


def tokens(text: str) -> tuple[str, ...]:
    """The words of a heading in lower case: `TotalVisits`, `total_visits` and `Total visits` are the same two."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if not unicodedata.combining(sign)
    )
    return tuple(token.lower() for token in TOKEN.findall(plain))


def label_of(header: str) -> Words:
    """What people read: the heading itself in its language, and in the other what its words mean, where all are known."""
    text = tidy(header)
    if HAN.search(text):
        english = in_english(text)
        return Words(sentence_case(english) if english else text, text)
    english = sentence_case(" ".join(spoken(header)))
    return Words(english, in_chinese(tokens(header)) or english)


def tidy(header: str) -> str:
    """A heading on one line, as long as a label may be."""
    return " ".join(header.split())[:LONGEST_LABEL]


def spoken(header: str) -> list[str]:
    """The words of a heading as they are written, signs that mean something kept: `Amount (USD)`."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tidy(header).replace("_", " "))
    return [word.lower() if word.isupper() and len(re.sub(r"\W", "", word)) > 3 else word for word in text.split()]


def sentence_case(text: str) -> str:
    """The first letter large, initials large, everything else as in a sentence where it was all small or title case."""
    words = text.split()
    found = []
    for index, word in enumerate(words):
        if word.lower() in INITIALS:
            found.append(word.upper())
        elif index and word[1:].islower() and word[:1].isupper():
            found.append(word.lower())
        else:
            found.append(word[:1].upper() + word[1:] if not index else word)
    return " ".join(found)


def in_chinese(words: Collection[str]) -> str:
    """English words in Chinese, the longest known phrases first; "" where one is not known."""
    listed, known, found = list(words), lexicon().to_chinese, ""
    while listed:
        size = next((n for n in range(min(3, len(listed)), 0, -1) if " ".join(listed[:n]) in known), 0)
        if not size:
            return ""
        found += known[" ".join(listed[:size])]
        del listed[:size]
    return found


def in_english(text: str) -> str:
    """A Chinese heading in English, the longest known words first; "" where one is not known."""
    known, found = lexicon().to_english, []
    rest = text.strip()
    while rest:
        latin = re.match(r"[A-Za-z0-9 ]+", rest)
        if latin:
            found.append(latin.group().strip().lower())
            rest = rest[latin.end() :]
            continue
        size = next((n for n in range(min(8, len(rest)), 0, -1) if rest[:n] in known), 0)
        if not size:
            return ""
        found.append(known[rest[:size]])
        rest = rest[size:]
    return " ".join(word for word in found if word)


def identifier(text: str) -> str:
    """A text as a name without regard to others; "" where nothing of it can be one."""
    parts = tokens(in_english(tidy(text)) or text) if HAN.search(text) else tokens(text)
    spelled = [part for token in parts for part in romanized(token)]
    name = re.sub(r"[^a-z0-9_]", "", "_".join(spelled))
    name = re.sub(r"_+", "_", name)[:LONGEST_NAME].strip("_")
    return f"n_{name}" if name[:1].isdigit() else name


def romanized(token: str) -> list[str]:
    """A word in ASCII letters: pinyin for Chinese, without accents for others."""
    if token.isascii():
        return [token]
    if HAN.search(token):
        return list(_pinyin(token))
    plain = unicodedata.normalize("NFKD", token).encode("ascii", "ignore").decode()
    return [plain.lower()] if plain else []


@lru_cache(maxsize=4096)
def _pinyin(text: str) -> tuple[str, ...]:
    # As for sort keys: phrases would cost 56 MB.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return tuple(part.lower() for part in lazy_pinyin(text, errors="ignore"))


def name_for(text: str, what: str, used: Collection[str], fallback: str) -> str:
    """A name that is free: of the text's words, numbered where they are taken."""
    name = identifier(text) or fallback
    if taken(name, what):
        name = f"{fallback}_{name}" if not taken(f"{fallback}_{name}", what) else f"{name}_value"
    if name not in used:
        return name
    return next(f"{name}_{n}" for n in range(2, len(used) + 3) if f"{name}_{n}" not in used)


def singular(name: str) -> str:
    """The last word of a name as one thing."""
    if name.endswith(KEEPS_S):
        return name
    ending, instead = next(((e, i) for e, i in SINGULAR if name.endswith(e) and len(name) > len(e) + 1), ("", ""))
    return name[: len(name) - len(ending)] + instead if ending else name


def plural(name: str) -> str:
    """The last word of a name as several things."""
    if name.endswith(UNCOUNTED) or not name.isascii():
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def unused(wanted: str, used: Iterable[str]) -> str:
    """A name, numbered where it is taken."""
    known = set(used)
    return (
        wanted
        if wanted not in known
        else next(f"{wanted}_{n}" for n in range(2, 10_000) if f"{wanted}_{n}" not in known)
    )
