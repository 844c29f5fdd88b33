"""What a name at a cursor means, where it is declared, and how often it is named; `--update` writes the answers anew."""

from __future__ import annotations

from kith.metadata.assisting import State, describe, found_at, uses
from tests.metadata.assisting.cases import hold


def meant(state: State, path: str, offset: int) -> str:
    """What is told in both languages, and how many places name it."""
    told = [describe(state, path, offset, language) for language in ("en", "zh-CN")]
    lines = [" · ".join(filter(None, one.lines)) for one in told if one]
    if found := found_at(state, path, offset):
        lines.append(f"named in {len(list(uses(state, found.declared)))} places")
    return "\n".join(dict.fromkeys(lines)) or "nothing"


def test_what_a_name_means_is_told(update: bool) -> None:
    hold("meanings.txt", meant, update=update)
