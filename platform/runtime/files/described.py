"""What the value of a field says of a file: enough to show it, whatever becomes of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Described:
    """One file as a field holds it: one value of four columns, or one text of a set."""

    id: str
    name: str
    type: str
    size: int

    def as_parts(self) -> dict[str, Any]:
        """As a field of one file has it."""
        return {"id": self.id, "name": self.name, "type": self.type, "size": self.size}

    def as_text(self) -> str:
        """As a member of a set; texts sort as the files were uploaded."""
        return f"{self.id}/{self.type}/{self.size}/{self.name}"

    @classmethod
    def of(cls, value: object) -> Described | None:
        """The file that a value describes, in either form; None where it describes none."""
        if isinstance(value, Mapping):
            id_, name, type_, size = (value.get(part) for part in ("id", "name", "type", "size"))
            return cls(str(id_), str(name or ""), str(type_ or ""), int(size or 0)) if id_ else None
        if isinstance(value, str) and value.count("/") >= 3:
            id_, type_, size, name = value.split("/", 3)
            return cls(id_, name, type_, int(size) if size.isascii() and size.isdecimal() else 0)
        return None


def ids_in(value: object) -> set[str]:
    """The ids of the files in a field's value, whether they are described or only named."""
    if value is None:
        return set()
    if isinstance(value, (frozenset, set, tuple, list)):
        return {id_ for one in value for id_ in ids_in(one)}
    if isinstance(value, Mapping):
        return ids_in(value.get("id"))
    return {str(value).partition("/")[0]}
