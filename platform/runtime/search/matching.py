"""What somebody typed as a query of the engine's own full-text search, over the fields that he may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.rules.sql.values import Engine
from kith.rules.tree import Path, Template
from kith.runtime.schema import system
from kith.runtime.schema.tables import EntityTable
from kith.runtime.search.terms import field_code, phrases, runs

INDEX = sa.table("kith_search_index", sa.column("rowid"), sa.column("kith_search_index"))
MOST_RUNS = 8
LONGEST_RUN = 64
NOTHING = "nothing0"
"""A term that no field has."""


def searched(entity: Entity) -> tuple[Field, ...]:
    """The fields that search looks into: those that say so, and the texts of the title."""
    titled = title_fields(entity)
    return tuple(
        field
        for field in entity.fields.values()
        if (field.search or field.name in titled) and field.type_name != "secret"
    )


def title_fields(entity: Entity) -> frozenset[str]:
    """The record's own texts that its title prints."""
    tree = entity.title.tree
    parts = tree.parts if isinstance(tree, Template) else (tree,)
    return frozenset(
        part.steps[0].name
        for part in parts
        if isinstance(part, Path) and part.root == "this" and len(part.steps) == 1 and part.type.kind == "text"
    )


def code_of(table: EntityTable, field: Field) -> str:
    """What the terms of a field begin with."""
    columns = table.columns.get(field.name)
    if columns is not None:
        return field_code(table.stable_name, next(iter(columns.parts.values())).name)
    link = table.links.get(field.name)
    return field_code(table.stable_name, link.table.name if link is not None else field.name)


def match(text: str, codes: Sequence[str], engine: Engine) -> str:
    """The query that finds the records in which every run of the text stands in one of the fields.

    It is made of nothing but terms and the engine's operators, so that no text can change its meaning.
    """
    found = runs(text)[:MOST_RUNS]
    if not found or not codes:
        return f'"{NOTHING}"' if engine == "sqlite" else NOTHING
    write = _sqlite if engine == "sqlite" else _postgresql
    words = [_any(engine, (write(one) for code in codes for one in phrases(code, run[:LONGEST_RUN]))) for run in found]
    return (" AND " if engine == "sqlite" else " & ").join(words)


def rows_with(engine: Engine, asked: sa.ColumnElement[str]) -> sa.Select[tuple[str]]:
    """The records whose search rows a query of the engine finds.

    Terms begin with the code of their field, so that the entity need not be asked for: it would mislead SQLite's planner.
    """
    rows = system.search.c
    found = sa.select(rows.record)
    if engine == "sqlite":
        found = found.join_from(INDEX, system.search, rows.row == INDEX.c.rowid)
        return found.where(INDEX.c.kith_search_index.op("MATCH")(asked))
    simple: sa.ColumnElement[str] = sa.literal_column("'simple'")
    return found.where(sa.func.to_tsvector(simple, rows.terms).op("@@")(sa.func.to_tsquery(simple, asked)))


def _any(engine: Engine, alternatives: Iterable[str]) -> str:
    return "(" + (" OR " if engine == "sqlite" else " | ").join(alternatives) + ")"


def _sqlite(phrase: list[str]) -> str:
    return f'"{" ".join(phrase)}"' + ("*" if len(phrase) == 1 else "")


def _postgresql(phrase: list[str]) -> str:
    return f"{phrase[0]}:*" if len(phrase) == 1 else "(" + " <-> ".join(phrase) + ")"
