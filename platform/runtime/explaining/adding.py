"""The records that an aggregate adds up: those that the reader may see, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kith.rules.explaining import Reader
from kith.rules.reference import evaluate, holds, related
from kith.rules.tree import Aggregate, Node, walk
from kith.runtime.write.authorising import may_see
from kith.runtime.write.explaining import title_of
from kith.runtime.write.messages import texts
from kith.runtime.write.session import Session

LISTED = 20
"""Records that are listed of each aggregate; the others are counted."""
ASCENDING = frozenset({"min", "first", "any", "all"})
"""Aggregates whose first record is the smallest, or the first in the order that they name."""


@dataclass(frozen=True, slots=True)
class Added:
    """One record that counts, with what it adds as text: `S-0007: ¥30.00`."""

    entity: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Sum:
    """What an aggregate is over, and the records that count: the first of them, and how many more there are.

    `hidden` says that records count as well which the reader may not see.
    """

    name: str
    records: tuple[Added, ...]
    more: int = 0
    hidden: bool = False

    def lines(self, language: str) -> Iterator[str]:
        """The same as text."""
        say = texts(language)
        yield f"{self.name}{say('explain.colon')}".rstrip()
        yield from (f"  {one.text}" for one in self.records)
        if self.more:
            yield "  " + say("explain.adds.more", count=self.more)
        if self.hidden:
            yield "  " + say("explain.adds.hidden")
        if not self.records and not self.hidden:
            yield "  " + say("explain.adds.none")


def sums(session: Session, reader: Reader, tree: Node) -> Iterator[Sum]:
    """The aggregates of a formula of which the reader may read everything that decides which records count."""
    for node in walk(tree):
        if isinstance(node, Aggregate) and reader.reads(node):
            yield _sum(session, reader, node)


def _sum(session: Session, reader: Reader, node: Aggregate) -> Sum:
    rows: list[Any] = list(related(node, reader.env))
    rows = [row for row in rows if node.where is None or holds(node.where, replace(reader.env, row=row))]
    seen = [row for row in rows if may_see(session, node.entity, row)]
    listed = _most_telling(reader, node, seen)[:LISTED]
    return Sum(
        reader.total(node) if node.function not in ("any", "all") else reader.relation(node),
        tuple(Added(node.entity, str(row["id"]), _text(session, reader, node, row)) for row in listed),
        len(seen) - len(listed),
        len(seen) < len(rows),
    )


def _most_telling(reader: Reader, node: Aggregate, rows: list[Any]) -> list[Any]:
    """Those first that make most of the value; without a value, or with one that has no order, the newest."""
    rows = sorted(rows, key=lambda row: str(row["id"]), reverse=True)
    weight = node.by[0].value if node.by else node.value
    if weight is None or not (weight.type.is_number or weight.type.kind in ("date", "datetime")):
        return rows
    known = [(evaluate(weight, replace(reader.env, row=row)), row) for row in rows]
    falling = node.by[0].descending if node.by else node.function not in ASCENDING
    told = sorted((pair for pair in known if pair[0] is not None), key=lambda pair: pair[0], reverse=falling)  # type: ignore[arg-type,return-value]
    return [row for _, row in told] + [row for value, row in known if value is None]


def _text(session: Session, reader: Reader, node: Aggregate, row: Any) -> str:
    title = title_of(session, row)
    if node.value is None:
        return title
    value = reader.value(evaluate(node.value, replace(reader.env, row=row)), node.value.type)
    return f"{title}{texts(session.context.language)('explain.colon')}{value}"
