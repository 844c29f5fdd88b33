"""What the language gives to the rest: compiled expressions and action blocks, with what they read and write."""

from __future__ import annotations

from dataclasses import dataclass

from kith.problems import Excerpt
from kith.rules.syntax import Block, Syntax
from kith.rules.tree import Node, Step
from kith.rules.types import Type


@dataclass(frozen=True, slots=True)
class Use:
    """Something an expression reads: the fields of a path from `root`, or a relation and a field behind it.

    `through` are the references passed on the way from `root`; `relation` is "" for a plain field. Behind a relation `entity` and
    `field` are the related record's (a field of "": which records are related), reached through the references of `beyond`.
    """

    root: str
    entity: str
    field: str
    through: tuple[Step, ...] = ()
    relation: str = ""
    beyond: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression."""

    excerpt: Excerpt
    syntax: Syntax
    tree: Node
    uses: tuple[Use, ...]
    volatile: str
    """"" , "today" or "now": the strongest thing about time that it reads."""
    cost: int = 0
    """Roughly the work of one evaluation: 1 a node, 10 a followed reference, 100 an aggregate."""

    @property
    def type(self) -> Type:
        """The type of its value."""
        return self.tree.type


@dataclass(frozen=True, slots=True)
class Assign:
    """`set path = value`; `target` ends in the field that is set."""

    target: tuple[Step, ...]
    value: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bind:
    """`let name = value`."""

    name: str
    value: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Make:
    """`create entity { … } as alias`."""

    entity: str
    values: tuple[tuple[str, Node], ...]
    alias: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Branch:
    """`if c { … } else { … }`."""

    condition: Node
    then: tuple[Action, ...]
    otherwise: tuple[Action, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """`refuse "message" on field`; the field is "" where none is named."""

    message: Node
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Halt:
    """`stop`."""

    start: int
    end: int


Action = Assign | Bind | Make | Branch | Refusal | Halt


@dataclass(frozen=True, slots=True)
class Program:
    """A checked action block."""

    excerpt: Excerpt
    block: Block
    actions: tuple[Action, ...]
    uses: tuple[Use, ...]
    sets: tuple[str, ...]
    """Own fields that it may set."""
    before: bool
    """Whether it runs before the write."""
    writes: tuple[tuple[str, str], ...] = ()
    """Entity and field of everything that it may write, also in records that it creates (then also `(entity, "")`)."""
    volatile: str = ""
    """"", "today" or "now": the strongest thing about time that it reads."""
