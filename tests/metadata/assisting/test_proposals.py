"""What is proposed at a cursor: the first of it, for every sort of place; `--update` writes the answers anew."""

from __future__ import annotations

from kith.metadata.assisting import State, complete
from kith.metadata.shapes.kinds import KINDS
from tests.metadata.assisting.cases import cases, hold

FILE = "proposals.txt"
MOST = 8


def proposed(state: State, path: str, offset: int) -> str:
    """The first proposals in one line."""
    texts = [one.text.strip() for one in complete(state, path, offset)]
    return " | ".join(texts[:MOST]) + (" …" if len(texts) > MOST else "") if texts else "nothing"


def test_what_fits_is_proposed(update: bool) -> None:
    hold(FILE, proposed, update=update)


def test_every_kind_of_document_has_cases() -> None:
    assert {case.text.split(":")[0].strip("{") for case in cases(FILE)} >= set(KINDS)
