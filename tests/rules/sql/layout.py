"""Tables as a release would have them, with indexes, for looking at statements and at what the planners make of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import DictScope, scope_of
from kith.rules.scope import Slot
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.tables import Element, Members, Rows
from kith.rules.sql.values import sql_type
from kith.rules.tree import Node
from kith.rules.types import Type, ref

TYPES: dict[str, object] = {
    "name": "text?", "amount": "decimal(15,2)?", "size": "int", "stage": "choice<fresh,open,won,lost>", "due": "date?",
    "seen": "datetime?", "ok": "bool?", "hot": "bool", "tags": "set<text>", "rate": "percent?", "took": "duration?",
    "owner": "ref<user>?", "account.name": "text?", "account.owner": "ref<user>?", "account.score": "decimal(12,4)?",
    "lines": {"price": "decimal(10,2)?", "off": "bool", "day": "date?"}, "me.teams": "set<text>", "me.name": "text?",
    "me.limit": "decimal(15,2)?",
}  # fmt: skip
SCOPE = scope_of(TYPES)
OWN = SCOPE.entity
INDEXED = ("name", "amount", "size", "stage", "due", "seen", "hot", "owner", "account")
LINES = f"lines_of_{OWN}"


def tree(text: str) -> Node:
    """A checked expression."""
    expression, problems = compile_expression(Excerpt.whole(text), SCOPE, Slot("filter", actor=True))
    assert expression is not None, [problem.message() for problem in problems]
    return expression.tree


class Layout:
    """The tables of the scope: one for each entity, one of links for each set."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.metadata = sa.MetaData()
        self.tables = {entity: self._table(entity, scope) for entity, scope in SCOPE.world.items()}
        self.this = Rows(OWN, self.tables[OWN])

    def _table(self, entity: str, scope: DictScope) -> sa.Table:
        fields = {name: found.type for name, found in scope.fields.items() if name != "id"}
        columns = [sa.Column(name, self._type(type_)) for name, type_ in fields.items() if type_.kind != "set"]
        if entity == LINES:
            columns.append(sa.Column("parent", self._type(ref(OWN)), index=True))
        for name, type_ in fields.items():
            if type_.kind == "set" and type_.item:
                link = sa.Table(f"{entity}__{name}", self.metadata, sa.Column("record", self._type(ref(entity))))
                link.append_column(sa.Column("value", self._type(type_.item)))
                sa.Index(f"i_{entity}__{name}", link.c.record, link.c.value)
        deleted = sa.Column("deleted_at", self._type(Type("datetime")))
        table = sa.Table(
            entity, self.metadata, sa.Column("id", self._type(ref(entity)), primary_key=True), *columns, deleted
        )
        if entity == OWN:
            for name in INDEXED:
                sa.Index(f"i_{name}", table.c[name])
        return table

    def _type(self, type_: Type) -> Any:
        plain = sql_type(type_, self.dialect.name)
        return sa.Text(collation="C") if isinstance(plain, sa.Text) and self.dialect.name == "postgresql" else plain

    def column(self, rows: Rows, field: str) -> Element:
        return rows.source.c[field]

    def joined(self, rows: Rows, field: str) -> Rows | None:
        return None

    def found(self, entity: str, id_: Element) -> Rows:
        alias = self.tables[entity].alias()
        return Rows(entity, alias, alias.c.id == id_)

    def related(self, rows: Rows, relation: str) -> Rows:
        alias = self.tables[LINES].alias()
        return Rows(LINES, alias, (alias.c.parent == rows.source.c.id) & alias.c.deleted_at.is_(None))

    def members(self, rows: Rows, field: str) -> Members:
        table = rows.source.element if isinstance(rows.source, sa.Alias) else rows.source
        link = self.metadata.tables[f"{table}__{field}"].alias()
        return Members(link, link.c.value, link.c.record == rows.source.c.id)
