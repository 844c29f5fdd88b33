"""The proposed app before it is written: entities, fields and imports as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt, Note
from kith.problems import Words

Value = Mapping[str, object]
"""Where a field's value comes from, as an import says it."""


@dataclass
class Field:
    """A proposed field; `keys` are those of its document besides the label."""

    name: str
    label: Words
    type: str
    keys: dict[str, object]
    why: Words
    column: Column | None = None
    filled: int = 0


@dataclass
class Entity:
    """A proposed entity."""

    name: str
    label: Words
    plural: Words
    plural_name: str
    count: int
    why: Words
    fields: dict[str, Field] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    """The fields of its key, one or several."""
    title: str = ""
    lines_of: str = ""
    """The entity that it is the lines of."""

    @property
    def key_name(self) -> str:
        """What an import calls the key."""
        return self.key[0] if len(self.key) == 1 else "identity" if self.key else ""


@dataclass(frozen=True)
class Step:
    """A step of a proposed import."""

    name: str
    entity: str
    key: str
    values: dict[str, Value]
    when: str = ""


@dataclass(frozen=True)
class Import:
    """A proposed import, and the file that it is for."""

    name: str
    label: Words
    file: Mapping[str, object]
    path: Path
    rows: int
    steps: list[Step]
    unreadable: int = 0
    """Rows of the file that will fail, for they cannot be read."""


@dataclass
class Proposal:
    """A proposed app with everything that is to be said about it."""

    name: str
    title: Words
    languages: tuple[str, str]
    currency: str
    time_zone: str
    entities: dict[str, Entity]
    imports: list[Import]
    doubts: list[Doubt]
    notes: list[Note]
