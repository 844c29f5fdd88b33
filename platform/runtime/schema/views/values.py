"""Column values as a person reads them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kith.rules.sql.values import Engine, is_wide
from kith.rules.types import Type

SECOND = 1_000_000


def readable(column: sa.ColumnElement[Any], type_: Type, engine: Engine) -> sa.ColumnElement[Any]:
    """A value as a person reads it: on SQLite decimals with their point and instants as text, on both seconds."""
    if type_.kind == "duration":
        return column * sa.literal_column("1.0") / sa.literal_column(str(SECOND))
    if engine == "postgresql":
        return column
    if type_.kind in ("decimal", "money", "percent") and type_.scale and not is_wide(type_):
        return column * sa.literal_column("1.0") / sa.literal_column(str(10**type_.scale))
    if type_.kind == "datetime":
        seconds = column / sa.literal_column(str(SECOND))
        whole = sa.cast(seconds, sa.Integer())
        return sa.func.strftime("%Y-%m-%d %H:%M:%S", whole, "unixepoch", type_=sa.Text())
    return column
