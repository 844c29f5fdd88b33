"""Why a computed value is what it is: its formula and the values that it read, within what the reader may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.explaining import Reader, facts
from kith.rules.reference import evaluate
from kith.rules.tree import Node, Path, walk
from kith.runtime.context import Context
from kith.runtime.explaining.adding import Sum, sums
from kith.runtime.write.authorising import may_see
from kith.runtime.write.budgets import OverBudget
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import may_read, reader_of
from kith.runtime.write.session import Session, Values

if TYPE_CHECKING:
    from kith.runtime.release import Release

MOST_PARTS = 20
"""Computed values that went into another are told up to so many."""
DEPTH = 3
"""How far computed values are followed into those that they are made of."""


@dataclass(frozen=True, slots=True)
class Part:
    """A computed value that a formula read, on the record itself or through references, with what that one read."""

    name: str
    formula: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What a field is called and shows, its formula as its author wrote it, and what that read: `Goods is ¥30.00`.

    `sums` are the records that its aggregates add up, `parts` the computed values that it is made of. `too_many` says that it
    reads more records than can be looked at for an explanation.
    """

    name: str
    value: str
    formula: str
    facts: tuple[str, ...]
    sums: tuple[Sum, ...] = ()
    parts: tuple[Part, ...] = ()
    too_many: bool = False


def explain_value(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, field: str
) -> Explained | None:
    """Explain a computed field of a record; None where there is nothing to explain or the reader may not read it."""
    declared = release.model.entities[entity].fields.get(field)
    if declared is None or declared.value is None:
        return None
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None or not may_see(session, entity, record) or not may_read(session, entity, field):
        return None
    reader, tree = _reader(session, declared, record), declared.value.tree
    head = (declared.label.in_(context.language), reader.value(record[field], declared.type), _formula(declared))
    try:
        parts = tuple(_parts(session, reader, tree, {(id_, field)}, DEPTH))[:MOST_PARTS]
        return Explained(*head, _facts(reader, tree), tuple(sums(session, reader, tree)), parts)
    except OverBudget:
        return Explained(*head, (), too_many=True)


def _parts(session: Session, reader: Reader, tree: Node, told: set[tuple[str, str]], depth: int) -> Iterator[Part]:
    """The computed values that a formula reads and that its reader may read, each once, those that they read after them."""
    for node in walk(tree):
        found = _computed(session, reader, node)
        if found is None or not depth:
            continue
        declared, record = found
        key = (str(record["id"]), declared.name)
        if key in told or declared.value is None:
            continue
        told.add(key)
        inner = _reader(session, declared, record)
        yield Part(reader.name(node), _formula(declared), _facts(inner, declared.value.tree))  # type: ignore[arg-type]
        yield from _parts(session, inner, declared.value.tree, told, depth - 1)


def _computed(session: Session, reader: Reader, node: Node) -> tuple[Field, Values] | None:
    """The computed field that a path ends in, and the record that has it."""
    if not isinstance(node, Path) or node.root != "this" or not node.steps or not reader.sees(node):
        return None
    *way, last = node.steps
    declared = session.release.model.entities[last.entity].fields.get(last.name) if last.entity else None
    if declared is None or not declared.is_computed:
        return None
    id_ = evaluate(replace(node, steps=tuple(way), type=way[-1].type), reader.env) if way else reader.env.this["id"]
    record = session.load(last.entity, id_) if id_ is not None else None
    return (declared, record) if record is not None else None


def _reader(session: Session, declared: Field, record: Values) -> Reader:
    return reader_of(session, session.env_of(record), declared.value.excerpt.text if declared.value else "")


def _facts(reader: Reader, tree: Node) -> tuple[str, ...]:
    return tuple(facts(reader, tree))


def _formula(declared: Field) -> str:
    return dedent(declared.value.excerpt.text).strip() if declared.value else ""
