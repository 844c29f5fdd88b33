"""The title of a record that another refers to, as SQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kith.rules.sql.lower import value
from kith.rules.sql.tables import Rows
from kith.rules.sql.values import Engine
from kith.rules.tree import Node, Path, Template
from kith.runtime.layout import Layout
from kith.runtime.schema.views.values import readable

DEPTH = 2
"""References in a title show as titles; so many levels of that."""


def title_of(layout: Layout, rows: Rows, engine: Engine, depth: int = 0) -> sa.ColumnElement[Any] | None:
    """The title of the record that `rows` finds; None where it cannot be said."""
    tree = layout.model.entities[rows.entity].title.tree
    if not isinstance(tree, Template):
        return None
    about = layout.about(Rows(rows.entity, rows.source))
    shown: list[Any] = []
    for part in tree.parts:
        hole = sa.literal(part) if isinstance(part, str) else _hole(about, part, engine, depth)
        if hole is None:
            return None
        shown.append(hole)
    text = shown[0]
    for more in shown[1:]:
        text = text.op("||", return_type=sa.Text())(more)
    asked = sa.select(text)
    return (asked.where(rows.where) if rows.where is not None else asked).select_from(rows.source).scalar_subquery()


def _hole(layout: Layout, node: Node, engine: Engine, depth: int) -> sa.ColumnElement[Any] | None:
    if node.type.kind == "set":
        return None
    if node.type.kind == "ref":
        if depth >= DEPTH or not isinstance(node, Path):
            return None
        found = layout.found(node.type.entity, value(node, layout, layout.dialect))
        title = title_of(layout, found, engine, depth + 1)
        return None if title is None else sa.func.coalesce(title, "")
    shown = readable(value(node, layout, layout.dialect), node.type, engine)
    return sa.func.coalesce(sa.cast(shown, sa.Text()), "")
