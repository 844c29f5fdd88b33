"""Column types of Kith's own tables, the same in Python on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from kith.rules.sql.values import EPOCH, MICROSECOND, instant


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: microseconds since 1970 on SQLite, timestamptz on PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The engine's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The instant as the driver takes it."""
        return instant(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The instant as Python knows it."""
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value is not None else None
        return EPOCH + int(value) * MICROSECOND


class Json(TypeDecorator[Any]):
    """Plain data: text on SQLite, jsonb on PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The engine's own type."""
        return dialect.type_descriptor(JSONB(none_as_null=True) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The data as the driver takes it."""
        return orjson.dumps(value).decode() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The data as Python knows it."""
        return orjson.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Compared by code point on both engines."""
ID = sa.Text().with_variant(sa.Uuid(as_uuid=False), "postgresql")
"""A UUID, text in Python."""
