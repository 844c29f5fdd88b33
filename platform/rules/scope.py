"""What names mean where an expression stands, and what the place allows; the language knows nothing else of entities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kith.problems import Words
from kith.rules.types import Type

SETTINGS = ":settings"
"""What a scope calls the names that stand behind `settings.`: values that are the same for all records."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field that an expression may read.

    `volatile` is "today" or "now" where its value changes as time passes. `writable` is false where Kith makes the value itself
    (formulas, roll-ups, `id`, `created_at` …); a `create` must give every `needed` one (required, without a default).
    """

    name: str
    type: Type
    label: Words
    personal: bool = False
    volatile: str = ""
    writable: bool = True
    needed: bool = False
    currency: str = ""
    """Of an amount in its record's own currency: the field that holds that. Its value is then the amount in the workspace's."""
    value: object = None
    """Of a setting: what it is set to."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A to-many relation: the records of `entity` whose reference `inverse_of` points here, or a link table."""

    name: str
    entity: str
    inverse_of: str
    owned: bool
    label: Words


class Scope(Protocol):
    """The names of one kind of record."""

    @property
    def entity(self) -> str:
        """The entity's name."""

    @property
    def label(self) -> Words:
        """The entity's label, for messages."""

    def name(self, name: str) -> Name | None:
        """The field of that name."""

    def relation(self, name: str) -> Relation | None:
        """The to-many relation of that name."""

    def names(self) -> Iterable[str]:
        """Every field and relation, for hints and completion."""

    def of(self, entity: str) -> Scope | None:
        """The names of another entity, to follow a reference or a relation."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a document where an expression stands, and what it allows there.

    `result` is the type the place wants (none: any); a nullable value is refused (E4) where the result is not nullable, except that
    a condition (`bool`) takes a `bool?`, whose null is false.
    """

    name: str
    result: Type | None = None
    saving: bool = False
    """`old`, `changed` and `is_new` have a meaning: something is being saved."""
    actor: bool = False
    """`me` has a meaning."""
    database: bool = False
    """The expression must run inside the database (E5)."""
    guarded: bool = False
    """A comparison of a value that may be missing is refused (E4): the slot of a `require`."""
    relations: bool = True
    """Aggregates over relations are allowed."""
    volatile: bool = True
    """`today()` and `now()` are allowed."""
    currency: str = ""
    """What is made is an amount in the currency that this field of the record holds."""
    lets: tuple[tuple[str, Type], ...] = ()
    """Names that have a value here beside those of the record: what a named action asks for."""
    advice: bool = True
    """Hints are told of what always or never holds; whoever only runs what was checked before spares himself the thinking."""
    known: frozenset[tuple[str, ...]] = frozenset()
    """What another condition, asked before, tells of the values that are read here; see `usual`."""
    shown: bool = False
    """A template whose holes are printed for a reader (title, message)."""
