"""The typed tree as SQL: one lowering over SQLAlchemy's elements, with a dialect for each engine."""

from kith.rules.sql.dialect import Dialect
from kith.rules.sql.lower import condition, value
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.sql.support import unsupported
from kith.rules.sql.tables import Members, Rows, Tables

__all__ = ["Dialect", "Members", "PostgreSQL", "Rows", "SQLite", "Tables", "condition", "unsupported", "value"]
