"""Nothing hidden comes out: `python -m tests.access.canary [--seed 1] [--engine sqlite|postgresql]`.

For each reader two databases are made that differ in nothing but what he may not read: hidden and masked fields, and all of
records out of his scope, with what they were before. He asks both all that can be asked: lists, filters, sorts, groups, counts,
searches, records, histories, explanations, pages, choices, files, commands, changes that are refused, taking back what he has
done. No answer, no figure and no line of the log may hold a text of a hidden
cell, and both databases must give the same answers to the byte. Prints the counts.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.testclient import TestClient

from tests.access import trying
from tests.access.asking import CODES, Ask, changes, questions
from tests.access.commanding import commanded, commands, logged
from tests.access.firm_world import FIGURES, Firm, opened
from tests.access.oracle import ENTITIES, Person, oracle_of
from tests.access.people import ACTORS
from tests.access.secrets import FEES, PHONES, WORDS, Cell, same_ids, story, told
from tests.support import run as folder_of_run
from tests.support.postgresql import clean_up, fresh_schema, server_url
from tests.web.forms import post

CSRF = re.compile(r"""(csrf[^<>]{0,40}?["'])[A-Za-z0-9_=.-]{20,}""", re.IGNORECASE)
NEEDLES = (
    *WORDS,
    *(start + middle for middle in PHONES for start in ("131", "131 ", "131-")),
    *(str(fee)[:3] + end for fee in FEES for end in ("000", ",00")),
)
READERS = tuple(one for one in ACTORS if not oracle_of(one).reads_all)
"""Those from whom anything is hidden."""
Opening = Callable[[str], AbstractContextManager[str]]


@dataclass
class Canary:
    """What was asked, and what came out that should not."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    leaked: list[str] = field(default_factory=list)
    told_apart: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The counts, and the first of what is wrong."""
        return [
            *(f"{count:7,} questions of {who}" for who, count in self.asked.items()),
            "answers by status: "
            + ", ".join(f"{status}: {count:,}" for status, count in sorted(self.answered.items())),
            f"answers with a hidden text: {len(self.leaked)}",
            f"answers that tell the two databases apart: {len(self.told_apart)}",
            *self.leaked[:30],
            *self.told_apart[:30],
        ]


def played(opening: Opening, seed: int, share: float = 1.0, readers: tuple[Person, ...] = READERS) -> Canary:
    """Ask both databases of each reader everything, or a share of it."""
    canary = Canary()
    for me in readers:
        answers = [_answers(opening, me, seed, share, world) for world in (0, 1)]
        for (ask, first), (_, second) in zip(*answers, strict=True):
            canary.asked[me.name] += 1
            canary.answered[first[0]] += 1
            _judge(canary, me, ask, first, second)
    return canary


Answer = tuple[int, str]


def _judge(canary: Canary, me: Person, ask: Ask, first: Answer, second: Answer) -> None:
    about = f"{me.name} {ask.method} {ask.path} {ask.body or ''}"
    sent = f"{ask.path} {ask.body} {ask.form}"
    found = {one for one in NEEDLES for _, text in (first, second) if one in text and one not in sent}
    if found:
        canary.leaked.append(f"{about}: {sorted(found)}")
    if first != second:
        at = next((n for n, (a, b) in enumerate(zip(first[1], second[1], strict=False)) if a != b), 0)
        around = slice(max(at - 60, 0), at + 60)
        canary.told_apart.append(f"{about}: {first[0]} {first[1][around]!r} / {second[0]} {second[1][around]!r}")


def _answers(opening: Opening, me: Person, seed: int, share: float, world: int) -> list[tuple[Ask, Answer]]:
    name = f"{me.name}-{world}"
    with opening(name) as url, same_ids(0), opened(url) as firm, same_ids(1):
        cells = story(me, seed)
        told(firm, cells, world)
        step = max(round(1 / share), 1)
        with tempfile.TemporaryDirectory() as folder:
            asked = list(_exports(firm, me, Path(folder)))
            asked += [(ask, _asked(firm, me, ask)) for ask in list(questions(cells))[seed % step :: step]]
            asked += _imports(firm, me, Path(folder))
            asked += [(ask, commanded(firm, me, ask)) for ask in list(commands(cells, me))[seed % step :: step]]
            with logged() as log:
                asked += [(ask, _asked(firm, me, ask)) for ask in list(changes(cells))[seed % step :: step]]
                asked += _taken_back(firm, me, cells)
            return [*asked, (Ask("log", ""), (200, _needles(log.getvalue()))), (Ask("figures", ""), _figures(firm))]


def _needles(text: str) -> str:
    """What of a text must not be there: the rest differs from run to run."""
    return " ".join(one for one in NEEDLES if one in text)


def _figures(firm: Firm) -> Answer:
    answer = TestClient(firm.app).get("/metrics", headers={"authorization": f"Bearer {FIGURES}"})
    return answer.status_code, _needles(answer.text)


def _taken_back(firm: Firm, me: Person, cells: Sequence[Cell]) -> Iterator[tuple[Ask, Answer]]:
    """Batches of his own: what they did, and what would come of taking them back.

    Their numbers are set apart: what else a database has made before is no news to anybody, but counts in ours.
    """
    known: list[str] = []

    def masked(answer: Answer) -> Answer:
        text = answer[1]
        for number, batch in enumerate(known):
            text = text.replace(batch, f"(batch {number})")
        return answer[0], text

    for entity in ENTITIES:
        items = [{"op": "update", "id": one.id, "values": {"note": "in bulk"}} for one in cells if one.entity == entity]
        ask = Ask("POST", f"/api/v1/{entity}/bulk", {"mode": "each", "items": items})
        answer = _asked(firm, me, ask)
        known += re.findall(r'"batch":"([^"]+)"', answer[1])
        yield ask, masked(answer)
        for path in ("/batches", "/batches/{}", "/api/v1/batches/{}") if known else ():
            yield Ask("GET", path), masked(_asked(firm, me, Ask("GET", path.format(known[-1]))))
        for path in ("{}", "{} --json") if known else ():
            yield Ask("undo", path), masked(commanded(firm, me, Ask("undo", path.format(known[-1]))))


def _asked(firm: Firm, me: Person, ask: Ask) -> Answer:
    if ask.path.startswith("/api/"):
        client = TestClient(firm.app, base_url="http://kith.test")
        answer = client.request(ask.method, ask.path, json=ask.body, headers=firm.headers(me.name))
        return answer.status_code, f"{answer.headers.get('etag', '')} {answer.text}"
    browser = firm.browser(me.name)
    answer = post(browser, ask.path, ask.form) if ask.form is not None else browser.get(ask.path)
    return answer.status_code, CSRF.sub(r"\1", f"{answer.headers.get('location', '')} {answer.text}")


def _exports(firm: Firm, me: Person, folder: Path) -> Iterator[tuple[Ask, Answer]]:
    for entity in ENTITIES:
        yield Ask("export", entity), (200, repr(trying.all_exported(firm, me.name, entity, folder)))


def _imports(firm: Firm, me: Person, folder: Path) -> Iterator[tuple[Ask, Answer]]:
    """Imports that try out keys: whether a record of that key is there is nobody's business who may not write it."""
    path = folder / "import.csv"
    for code in CODES:
        path.write_text(f"code,note\n{code},imported\n", encoding="utf-8")
        for mode in ("update", "upsert"):
            yield Ask("import", f"{mode} {code}"), (200, trying.imported(firm, me, "paper", path, "code", mode))


@contextmanager
def on_sqlite(name: str) -> Iterator[str]:
    """An SQLite file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/{name}.db"


@contextmanager
def on_postgresql(name: str) -> Iterator[str]:
    """A PostgreSQL schema of its own."""
    with fresh_schema(server_url()) as url:
        yield url


def main() -> int:
    """Ask everything, and print what came of it; 1 where something came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.access.canary", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    clean = True
    for engine, opening in (("sqlite", on_sqlite), ("postgresql", on_postgresql)):
        if asked.engine in (None, engine):
            found = played(opening, asked.seed)
            sys.stdout.write("\n".join([engine, *found.lines(), ""]))
            sys.stdout.flush()
            clean = clean and not (found.leaked or found.told_apart)
    return 0 if clean else 1


if __name__ == "__main__":
    folder_of_run.create()
    try:
        sys.exit(main())
    finally:
        clean_up(folder_of_run.folder())
