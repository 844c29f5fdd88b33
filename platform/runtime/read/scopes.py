"""The names that a person's expressions know: what he may read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kith.metadata.model import Field, Label
from kith.metadata.parts import parts_in, parts_scope
from kith.problems import Words
from kith.rules.scope import Name, Relation, Scope
from kith.rules.types import DATETIME, INT, TEXT, Type, ref, set_of
from kith.runtime.read.reader import Reader

OWN: dict[str, Type] = {
    "id": TEXT,
    "version": INT,
    "created_at": DATETIME,
    "created_by": ref("user").or_null(),
    "updated_at": DATETIME,
    "updated_by": ref("user").or_null(),
}
"""Types of the fields that every record has."""
TEAMS_BELOW = "teams_below"
"""What only `me` has."""


@dataclass(frozen=True)
class ReaderScope:
    """The fields and relations of one entity that a reader may read in some record.

    What he may read only in some of them may be missing, and so may everything of a record that may be out of his scope.
    """

    reader: Reader
    entity: str
    near: bool = False
    """Whether it is the record that the query is about, which is never out of scope."""

    @property
    def label(self) -> Words:
        """The entity's label."""
        return words(self.reader.entity(self.entity).label)

    def name(self, name: str) -> Name | None:
        """The field of that name, where the reader may read it as it is."""
        if name == TEAMS_BELOW and self.entity == "user" and name not in self.reader.entity("user").fields:
            return Name(name, set_of(ref("team")), Words(name, name), writable=False)
        if not self.reader.may_read(self.entity):
            return None
        far = not self.near and self.reader.is_limited(self.entity)
        if name in OWN:
            return Name(name, OWN[name].or_null(OWN[name].nullable or far), Words(name, name), writable=False)
        field = self.reader.field(self.entity, name)
        access = self.reader.access(self.entity, name) if field is not None else None
        if field is None or access is None or access.read.never:
            return None
        if field.type.kind == "record" and not parts_in(field.type):
            return None
        missing = field.type.nullable or far or not access.read.always
        type_ = field.type if field.type.kind == "set" else field.type.or_null(missing)
        currency = field.currency_field
        return Name(name, type_, words(field.label), bool(field.personal), volatility(field), currency=currency)

    def relation(self, name: str) -> Relation | None:
        """The relation of that name, where the reader may read some of its records and what ties them."""
        inverse = self.reader.entity(self.entity).inverses.get(name)
        if inverse is None:
            return self._links(name)
        if not self._may_follow(inverse.entity, inverse.entity, inverse.field):
            return None
        label = words(self.reader.entity(inverse.entity).plural)
        return Relation(name, inverse.entity, inverse.field, inverse.owned, label)

    def _links(self, name: str) -> Relation | None:
        """The record's own links, many to many, which are a relation beside the field."""
        field = self.reader.field(self.entity, name)
        target = field.type.item.entity if field is not None and field.type.item is not None else ""
        if field is None or field.is_computed or not target or not self._may_follow(target, self.entity, name):
            return None
        return Relation(name, target, "", False, words(field.label))

    def _may_follow(self, target: str, holder: str, tie: str) -> bool:
        may_read = self.reader.may_read(self.entity) and self.reader.may_read(target)
        return may_read and not self.reader.access(holder, tie).read.never

    def names(self) -> Iterable[str]:
        """Everything that can be named."""
        entity = self.reader.entity(self.entity)
        yield from (name for name in entity.fields if self.name(name))
        yield from (name for name in OWN if self.name(name))
        yield from (name for name in (*entity.inverses, *entity.fields) if self.relation(name) and not self.name(name))

    def of(self, entity: str) -> Scope | None:
        """The names of another entity, or the parts of a value of several."""
        if entity == self.entity:
            return self if not self.near else ReaderScope(self.reader, entity)
        return ReaderScope(self.reader, entity) if entity in self.reader.release.model.entities else parts_scope(entity)


def words(label: Label) -> Words:
    """A label as the language's messages take it."""
    return Words(label.in_("en"), label.in_("zh-CN"))


def volatility(field: Field) -> str:
    """How a field's value changes as time passes."""
    return field.value.volatile if field.value is not None and field.storage != "stored" else ""
