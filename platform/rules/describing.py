"""All functions with how they are written and what they give, for those who help authors while they write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kith.problems import Words
from kith.rules.documenting import OTHERS, form
from kith.rules.operations import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Described:
    """A function: `form` is how it is written."""

    name: str
    form: str
    doc: Words


@cache
def functions() -> dict[str, Described]:
    """Every function by its name; what goes over related records and what asks for changes are among them."""
    found = {name: Described(name, form(one, "en"), one.doc) for name, one in FUNCTIONS.items()}
    for rows in OTHERS.values():
        for written, doc in rows:
            name = written.partition("(")[0]
            found.setdefault(name, Described(name, written, doc))
    return dict(sorted(found.items()))
