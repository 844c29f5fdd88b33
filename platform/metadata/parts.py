"""The parts of values of several columns, which stand behind a dot: `home.city`, `period.start`, `person.family`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.fields.kind import FieldType
from kith.problems import Words
from kith.rules.scope import Name, Relation, Scope
from kith.rules.types import Type

LABELS: Mapping[str, Words] = {
    "country": Words("Country", "国家/地区"),
    "region": Words("Province or state", "省/州"),
    "city": Words("City", "城市"),
    "district": Words("District", "区/县"),
    "street": Words("Street", "街道地址"),
    "postal_code": Words("Postal code", "邮编"),
    "family": Words("Family name", "姓"),
    "given": Words("Given name", "名"),
    "start": Words("From", "开始"),
    "end": Words("To", "结束"),
    "name": Words("File name", "文件名"),
    "type": Words("File type", "文件类型"),
    "size": Words("Size in bytes", "大小（字节）"),
    "entity": Words("Entity", "实体"),
    "id": Words("Id", "标识"),
}
"""What each part is called; a test holds them to the field types."""


def parts_in(type_: Type) -> Mapping[str, Type]:
    """The parts of a value of that type, each of which may be missing; none where it is one value."""
    kind = FIELD_TYPES.get(type_.entity.removeprefix(":")) if type_.kind == "record" else None
    return {name: part.or_null() for name, part in kind.parts.items()} if kind is not None else {}


BESIDES: Mapping[str, Words] = {
    "id": Words("Id", "标识"),
    "version": Words("Version", "版本"),
    "created_at": Words("Created at", "创建时间"),
    "created_by": Words("Created by", "创建人"),
    "updated_at": Words("Updated at", "更新时间"),
    "updated_by": Words("Updated by", "更新人"),
    "teams_below": Words("team and those below it", "团队及其下级团队"),
}
"""What readers call what a record, or `me`, has besides its declared fields."""


@dataclass(frozen=True, slots=True)
class PartsScope:
    """The parts of one type as the names of what looks like a record to the language."""

    kind: FieldType

    @property
    def entity(self) -> str:
        """What the field's type calls it."""
        return f":{self.kind.name}"

    @property
    def label(self) -> Words:
        """What the type is called."""
        return self.kind.title

    def name(self, name: str) -> Name | None:
        """The part of that name; the field is written as a whole."""
        part = self.kind.parts.get(name)
        return Name(name, part.or_null(), LABELS[name], writable=False) if part is not None else None

    def relation(self, name: str) -> Relation | None:
        """No records refer to a value."""
        return None

    def names(self) -> Iterable[str]:
        """Every part."""
        return self.kind.parts

    def of(self, entity: str) -> Scope | None:
        """Nothing is behind a part."""
        return None


def parts_scope(entity: str) -> PartsScope | None:
    """The parts of a type by the name that its values go by, such as `:address`."""
    kind = FIELD_TYPES.get(entity[1:]) if entity.startswith(":") else None
    return PartsScope(kind) if kind is not None and kind.parts else None
