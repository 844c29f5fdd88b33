"""The part of the model that is about moving a record on: named actions and workflows; `model` has it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.problems import Span

if TYPE_CHECKING:
    from kith.metadata.model import Field, Label
    from kith.rules.program import Expression


@dataclass(frozen=True, slots=True)
class NamedAction:
    """Something that people do with a record, beside writing its fields: what it does are the rules that it wakes.

    `when` says on which records it can be carried out. `inputs` are asked of whoever does it, as fields of no record.
    """

    name: str
    label: Label
    help: Label
    icon: str
    when: Expression | None
    inputs: Mapping[str, Field]
    confirm: Label
    """What is asked before it is done; empty where nothing is."""
    danger: bool
    span: Span
    layer: str


@dataclass(frozen=True, slots=True)
class State:
    """A state of a workflow: an option of its field. A final one is never left."""

    name: str
    label: Label
    required: tuple[str, ...]
    """Fields that have a value while a record is in it."""
    final: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from some states to another.

    `when` must hold of the record as it will be. `roles` are those whose people may take it; none named: whoever may
    change the record.
    """

    name: str
    label: Label
    origins: tuple[str, ...]
    to: str
    when: Expression | None
    roles: tuple[str, ...]
    confirm: Label
    span: Span


@dataclass(frozen=True, slots=True)
class Workflow:
    """The states that the records of an entity go through, held in a choice field."""

    name: str
    of: str
    field: str
    label: Label
    initial: tuple[str, ...]
    """States in which a new record may be; none named: any."""
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    span: Span
    layer: str

    def leaving(self, state: object) -> Iterator[Transition]:
        """The transitions that lead out of a state."""
        return (one for one in self.transitions.values() if state in one.origins)

    def path(self, transition: str) -> str:
        """`workflow NAME/TRANSITION`, as messages and the history name it."""
        return f"workflow {self.name}/{transition}"
