"""Writes that wait for one another: on PostgreSQL those of one save go in one statement, one journey to the server."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kith.runtime.driver import Row, Writing, fetch

_PLACE = re.compile("%[s%]")
Answer = Callable[[Row | None], None]
"""Takes what a statement returned of its row; None where it found no row to write."""


@dataclass(frozen=True, slots=True)
class Write:
    """A statement with the rows that it is to write."""

    writing: Writing
    rows: Sequence[Mapping[str, Any]]
    answer: Answer | None = None
    """Only with a statement that answers, which then has one row."""

    def run(self, connection: sa.Connection) -> None:
        """Write at once."""
        if self.answer is None:
            self.writing.run(connection, self.rows)
            return
        rows = fetch(connection, self.writing.text, self.writing.parameters(self.rows[0]))
        self.answer(rows[0] if rows else None)


@dataclass(slots=True)
class Waiting:
    """The writes of a transaction that have not been sent yet; whoever reads through it sends them first."""

    raw: sa.Connection
    writes: list[Write] = field(default_factory=list)

    @property
    def connection(self) -> sa.Connection:
        """The connection, with everything sent that was to be written."""
        if self.writes:
            self.send()
        return self.raw

    def add(self, write: Write | None) -> None:
        """Send this later, after what waits already."""
        if write is not None and write.rows:
            self.writes.append(write)

    def send(self) -> None:
        """Send everything, in as few statements as the database allows."""
        writes, self.writes = self.writes, []
        groups = grouped(writes) if self.raw.dialect.name == "postgresql" else ([one] for one in writes)
        for group in groups:
            if len(group) == 1:
                group[0].run(self.raw)
            else:
                run_together(self.raw, group)


def grouped(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """Writes in order, in groups that can share a statement.

    All parts of a statement see the tables as they were before it: none may write where another has written, except
    that several may add.
    """
    group: list[Write] = []
    written: dict[str, bool] = {}
    for write in writes:
        made = write.writing
        alone = len(write.rows) > 1
        if group and (alone or not (written.get(made.table, True) and (made.adds or made.table not in written))):
            yield group
            group, written = [], {}
        if alone:
            yield [write]
            continue
        group.append(write)
        written[made.table] = made.adds
    if group:
        yield group


def run_together(connection: sa.Connection, writes: Sequence[Write]) -> None:
    """Run a group as one statement, and hand each answer to whom it is for."""
    text, widths = together(tuple(write.writing for write in writes))
    parameters: list[Any] = []
    for write in writes:
        parameters += write.writing.parameters(write.rows[0])
    (row,) = fetch(connection, text, parameters, raw=True)
    at = 0
    for index, width in widths:
        answer, part = writes[index].answer, row[at : at + width]
        at += width
        if answer is not None:
            # What is returned begins with a column that is never null.
            answer(part if part[0] is not None else None)


@lru_cache(maxsize=500)
def together(writings: tuple[Writing, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Several statements as one, and which of them answer, with how many columns.

    Its parameters are PostgreSQL's own, since the driver would look for others at each run in so long a text.
    """
    widths = tuple((index, one.answers) for index, one in enumerate(writings) if one.answers)
    parts = ", ".join(f"w{index} AS ({one.text})" for index, one in enumerate(writings))
    wanted = ", ".join(f"w{index}.*" for index, _ in widths) or "1"
    joined = " ".join(f"LEFT JOIN w{index} ON true" for index, _ in widths)
    number = itertools.count(1)
    text = _PLACE.sub(
        lambda found: "%" if found[0] == "%%" else f"${next(number)}",
        f"WITH {parts} SELECT {wanted} FROM (SELECT 1) AS one {joined}",
    )
    return text, widths
