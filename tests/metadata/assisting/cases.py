"""Texts with a cursor in them (`¦`), laid over the documents of a small shop, and what is answered there; kept in text files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kith.metadata.assisting import Project, State

HERE = Path(__file__).parent
CURSOR = "¦"


@dataclass(frozen=True, slots=True)
class Case:
    """A heading, a document with a cursor, and the answer in lines."""

    title: str
    path: str
    text: str
    answer: str

    @property
    def offset(self) -> int:
        """Where the cursor stands."""
        return self.text.index(CURSOR)

    def written(self) -> str:
        """The case as the file has it."""
        answer = "".join(f"> {line}\n" for line in self.answer.split("\n"))
        return f"## {self.title}\n@ {self.path}\n{self.text}\n{answer}"


def cases(file: str) -> list[Case]:
    """The cases of a file."""
    found = []
    for part in (HERE / file).read_text("utf-8").removeprefix("## ").split("\n## "):
        title, path, *lines = part.rstrip("\n").split("\n")
        text = [line for line in lines if not line.startswith(">")]
        answer = [line[2:] for line in lines if line.startswith(">")]
        found.append(Case(title, path.removeprefix("@ "), "\n".join(text), "\n".join(answer)))
    return found


@cache
def shop() -> Project:
    """The shop; whoever asks lays his text over it."""
    return Project.of(HERE / "shop")


def answered(case: Case, ask: Callable[[State, str, int], str]) -> str:
    """What is answered at the cursor while only this document is open."""
    shop().take({})
    shop().state()
    shop().take({case.path: case.text.replace(CURSOR, "")})
    return ask(shop().latest(), case.path, case.offset)


def hold(file: str, ask: Callable[[State, str, int], str], *, update: bool) -> None:
    """Every case of a file is answered as it says, or the file is written anew."""
    found = [(case, answered(case, ask)) for case in cases(file)]
    if update:
        new = (Case(case.title, case.path, case.text, answer).written() for case, answer in found)
        (HERE / file).write_text("\n".join(new), "utf-8")
    assert {f"{case.title}: {case.text}": case.answer for case, _ in found} == {
        f"{case.title}: {case.text}": answer for case, answer in found
    }
