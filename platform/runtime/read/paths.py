"""Paths that a person names (`name`, `account.owner.email`), followed as far as he may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.metadata.model import Field
from kith.metadata.parts import parts_in
from kith.rules.sql.tables import Rows
from kith.rules.tree import BASE
from kith.rules.types import Type
from kith.runtime.context import Context
from kith.runtime.read.messages import no_field
from kith.runtime.read.reader import Reader
from kith.runtime.read.scopes import OWN
from kith.runtime.read.statement import Statement, target_of
from kith.runtime.rights import ALWAYS, NEVER, FieldAccess


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path ends: the records (None where the reader may read none of them), the field, and how it may be read."""

    path: str
    entity: str
    name: str
    declared: Field | None
    type: Type
    access: FieldAccess
    rows: Rows | None
    part: str = ""
    """The part of a value of several, where the path ends in one."""

    @property
    def column(self) -> str:
        """What the tables call it."""
        return f"{self.name}.{self.part}" if self.part else self.name

    @property
    def worth(self) -> str:
        """What the tables call what it is compared and sorted by: of an amount in its own currency what it is worth."""
        owned = self.declared is not None and self.declared.currency_field
        return f"{self.name}.{BASE}" if owned else self.column


def place_of(statement: Statement, path: str, context: Context) -> Place:
    """Follow a path through joined references; raises BadQuery where the reader may not."""
    reader, rows, entity = statement.reader, statement.this, statement.this.entity
    names = path.split(".")
    found: Rows | None = rows
    while len(names) > 1 and not part_at(reader, entity, names):
        link = names.pop(0)
        target = target_of(reader, entity, link)
        if not target or access_to(reader, entity, link).read.never or not reader.may_read(target):
            raise no_field(context, path)
        found = statement.join(found, link) if found is not None else None
        entity = target
    last, part = names[0], part_at(reader, entity, names)
    access = access_to(reader, entity, last)
    if access.read.never and access.mask.never:
        raise no_field(context, path)
    declared = reader.field(entity, last)
    type_ = part or (declared.type if declared else OWN[last])
    return Place(path, entity, last, declared, type_, access, found, names[1] if part else "")


def part_at(reader: Reader, entity: str, names: Sequence[str]) -> Type | None:
    """The type of the part that two names end in, such as `home`, `city`; None where they are none."""
    declared = reader.field(entity, names[0]) if len(names) == 2 else None
    return parts_in(declared.type).get(names[1]) if declared is not None else None


def access_to(reader: Reader, entity: str, name: str) -> FieldAccess:
    """How a field may be read: not at all where there is none, or no record."""
    if not reader.may_read(entity):
        return FieldAccess(NEVER, NEVER)
    if name in OWN:
        return FieldAccess(ALWAYS, NEVER)
    return reader.access(entity, name) if reader.field(entity, name) is not None else FieldAccess(NEVER, NEVER)
