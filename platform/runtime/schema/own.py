"""How Kith's own tables are written down: their names start with `kith_`, which no entity's does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

SYSTEM = sa.MetaData()


def column(name: str, type_: Any, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column, which always has a value unless it may be `null`."""
    return sa.Column(name, type_, nullable=null, primary_key=key, autoincrement=False)


def table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    """A table of Kith's own."""
    return sa.Table(f"kith_{name}", SYSTEM, *items)


def index(of: sa.Table, *columns: str, unique: bool = False, where: sa.ColumnElement[bool] | None = None) -> None:
    """An index, of the rows `where` something holds only."""
    prefix = "uq" if unique else "ix"
    filters: dict[str, Any] = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
    sa.Index(f"{prefix}_{of.name}_{'_'.join(columns)}", *(of.c[name] for name in columns), unique=unique, **filters)
