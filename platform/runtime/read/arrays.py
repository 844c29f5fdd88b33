"""Sets of values as one parameter, so that a statement's text does not depend on how many there are."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kith.rules.sql.dialect import Dialect
from kith.rules.sql.lower import Lowering
from kith.rules.sql.tables import Element, Rows
from kith.rules.tree import Path
from kith.rules.types import Type


def members_of(name: str, type_: Type, dialect: Dialect) -> Element:
    """The values of a parameter that holds an array, to stand behind IN."""
    sql_type = dialect.type_(type_)
    if dialect.name == "sqlite":
        each = sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value")
        return sa.select(each.c.value).scalar_subquery()
    values = sa.cast(sa.bindparam(name, type_=ARRAY(sql_type)), ARRAY(sql_type))
    return sa.select(sa.func.unnest(values, type_=sql_type)).scalar_subquery()


class Asking(Lowering):
    """The lowering of expressions that know an actor: his sets are arrays."""

    def inside(self, row: Rows) -> Lowering:
        """The same pass, where `row` means that related record."""
        return Asking(self.tables, self.dialect, row)

    def path(self, node: Path) -> Element:
        """A field, perhaps through references; ids are texts to people."""
        found = super().path(node)
        if node.steps and node.steps[-1].name == "id" and self.dialect.name == "postgresql":
            return sa.cast(found, sa.Text())
        return found

    def actors_set(self, path: Path) -> Element:
        """A set field of the actor."""
        return members_of(f"me_{path.steps[0].name}", path.type.item or path.type, self.dialect)
