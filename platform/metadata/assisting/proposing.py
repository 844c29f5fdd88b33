"""What is proposed where a cursor stands, and the word that holds its place while a text is read."""

from __future__ import annotations

from dataclasses import dataclass

from kith.metadata.assisting.names import Declared
from kith.problems import Words

HERE = "qqherehereqq"
"""Stands where the cursor is while a text is read."""
CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to write from `start` to `end` of the document."""

    text: str
    kind: str
    """key, value, entity, field, relation, option, function, statement, word, variable or what else is declared."""
    label: Words
    detail: str
    start: int
    end: int
    help: Words | None = None


def word(text: str, kind: str, start: int, end: int, label: Words | None = None) -> Proposal:
    """A word of the language or of a shape."""
    return Proposal(text, kind, label or Words("", ""), "", start, end)


def declared(one: Declared, start: int, end: int) -> Proposal:
    """The name of something that is declared."""
    return Proposal(one.name, one.kind, one.label, one.detail, start, end, one.help)


def closing(line: str) -> str:
    """What closes the quotes and brackets that a line leaves open."""
    found: list[str] = []
    before = " "
    for one in line:
        top = found[-1] if found else ""
        if top in ("'", '"'):
            if one == top:
                found.pop()
            elif one == "{":
                found.append("}")
        elif one == top:
            found.pop()
        elif one in CLOSERS:
            found.append(CLOSERS[one])
        elif one == '"' or (one == "'" and not before.isalnum()):
            found.append(one)
        before = one
    return "".join(reversed(found))
