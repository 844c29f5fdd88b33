"""The related records that a statement of an action block is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from kith.rules.effects import Fresh, Still
from kith.rules.program import Range
from kith.rules.reference import related
from kith.rules.tree import Node
from kith.rules.values import Env, Record


def chosen(env: Env, over: Range, evaluate: Callable[[Node, Env], object]) -> Iterator[Record]:
    """The records of a range, in the order of their ids; none where a link to them is null."""
    rows = over.rows
    if rows.via.steps and isinstance(evaluate(rows.via, env), Fresh):
        return  # what the block itself creates has no related records yet
    found = sorted(related(rows, env), key=lambda row: str(row["id"]))
    for way in over.ahead:
        env.ahead(found, rows.entity, way)
    for row in found:
        if rows.where is None or evaluate(rows.where, replace(env, row=row)) is True:
            yield row


def is_cut_off(env: Env, over: Range, evaluate: Callable[[Node, Env], object]) -> bool:
    """Whether a link on the way to the relation is null."""
    return bool(over.rows.via.steps) and evaluate(over.rows.via, env) is None


def still_chosen(env: Env, over: Range, evaluate: Callable[[Node, Env], object]) -> Still:
    """Whether a record, read once more, is still one of a range."""
    rows = over.rows
    parent = evaluate(rows.via, env) if rows.via.steps else env.this.get("id")

    def still(record: Record) -> bool:
        if over.inverse and record.get(over.inverse) != parent:
            return False
        return rows.where is None or evaluate(rows.where, replace(env, row=record)) is True

    return still
