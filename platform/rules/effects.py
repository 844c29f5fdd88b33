"""What an action block wants done, as values: collected by `actions.run`, carried out by nobody but the write path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.rules.tree import Step
from kith.rules.values import Record


@dataclass(frozen=True, slots=True)
class Fresh:
    """Stands for the id of a record that this block creates; whoever carries the effects out puts the id in."""

    entity: str
    number: int


@dataclass(frozen=True, slots=True)
class SetField:
    """A field of the record itself gets a value."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class SetThrough:
    """A field of another record gets a value.

    `path` are the references and the field, `id` the record they lead to, None where a link is null: then nothing is set.
    """

    path: tuple[Step, ...]
    entity: str
    id: object
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class CreateRecord:
    """A record of an entity is created; `fresh` stands for its id in later effects."""

    entity: str
    values: Mapping[str, object]
    alias: str
    fresh: Fresh


@dataclass(frozen=True, slots=True)
class Refuse:
    """The save is refused; `field` is "" where the message belongs to the whole record."""

    message: str
    field: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The block ended early."""


Still = Callable[[Record], bool]
"""Whether a record is still one of those that a statement is about: asked of the record once it is locked."""


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """A related record gets values."""

    entity: str
    id: object
    values: Mapping[str, object]
    still: Still | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DeleteRecord:
    """A related record goes into the recycle bin."""

    entity: str
    id: object
    still: Still | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A field of several values gets one more."""

    entity: str
    id: object
    field: str
    other: object


@dataclass(frozen=True, slots=True)
class Unlink:
    """A field of several values loses one."""

    entity: str
    id: object
    field: str
    other: object


@dataclass(frozen=True, slots=True)
class Send:
    """Something outside of the records is asked for: `notify email webhook assign submit`, with what it takes."""

    kind: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Skip:
    """A statement did nothing because a link or a value was null: `path` where it is one, `word` is the statement's."""

    word: str
    path: tuple[Step, ...]


Effect = (
    SetField | SetThrough | CreateRecord | UpdateRecord | DeleteRecord | Link | Unlink | Send | Skip | Refuse | Stop
)  # fmt: skip
