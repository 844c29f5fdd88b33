"""What things may be called: the pattern of names, the words that are taken, and letters that only look like others."""

from __future__ import annotations

import re
import unicodedata

PATTERN = r"^[a-z](?!.*__)[a-z0-9_]{0,47}(?<!_)$"
"""A name: a letter, then letters, digits and single underscores, at most 48 in all, not ending in an underscore."""
OPTION = r"^[a-z0-9](?!.*__)[a-z0-9_]{0,47}(?<!_)$"
"""The key of a choice option: as a name, but it may begin with a digit and be a word of the language."""
PATH = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,4}$"
"""A field, or a field through references."""
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"

RESERVED = frozenset("and or not in is between if then else true false null where by asc desc me this old".split())
"""Words of the rule language that can never be a name."""
SYSTEM = ("id", "version", "created_at", "created_by", "updated_at", "updated_by")
"""Fields that every record has."""
INTERNAL = frozenset({"deleted_at", "deletion"})
"""Columns that the engine keeps beside the fields."""
ROUTES = frozenset({"search", "meta", "jobs", "files"})
"""Entities of these names would hide routes."""


def is_name(text: str) -> bool:
    """Whether a text has the form of a name."""
    return bool(re.match(PATTERN, text))


def taken(text: str, what: str) -> bool:
    """Whether a name is a word that is taken; `what` is entity, field, option or name."""
    if what == "option":
        return False
    if text in RESERVED or (what == "entity" and text in ROUTES):
        return True
    return what == "field" and (text in SYSTEM or text in INTERNAL)


def look_alike(text: str) -> tuple[str, str] | None:
    """The first letter that only looks like an ASCII one, and its name; none where all letters are honest."""
    for character in text:
        if ord(character) < 128:
            continue
        name = unicodedata.name(character, "")
        plain = unicodedata.normalize("NFKC", character)
        script = name.split(" ", 1)[0]
        if plain.isascii() or script in ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "ZERO", "LISU"):
            return character, name.lower() or f"U+{ord(character):04X}"
    return None
