"""What the language gives to the rest: compiled expressions and action blocks, with what they read and write."""

from __future__ import annotations

from dataclasses import dataclass

from kith.problems import Excerpt
from kith.rules.syntax import Block, Syntax
from kith.rules.tree import Aggregate, Node, Root, Step
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
    """`set path = value`; `target` ends in the field that is set, and starts in a variable where the root is `let`."""

    target: tuple[Step, ...]
    value: Node
    start: int
    end: int
    root: Root = "this"


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
class Range:
    """Related records: `lines where c`.

    `rows` counts them, with their condition; `inverse` is the reference by which they hang on the record ("" for a field of
    several records); `ahead` are the ways from one of them to what the statement reads, so that all are fetched together.
    """

    rows: Aggregate
    inverse: str
    ahead: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """`for name in relation where c { … }`."""

    name: str
    over: Range
    body: tuple[Action, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amend:
    """`update relation where c { … }`."""

    over: Range
    values: tuple[tuple[str, Node], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Remove:
    """`delete relation where c`."""

    over: Range
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Joining:
    """`link path add value`; with `gone`, `unlink path remove value`."""

    target: tuple[Step, ...]
    root: Root
    value: Node
    gone: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Notice:
    """`notify people "message"`."""

    to: Node
    message: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Letter:
    """`email address using "template"`."""

    to: Node
    template: str
    start: int
    end: int


Payload = Node | tuple[tuple[str, "Payload"], ...]
"""A value that is sent away, or an object of several."""


@dataclass(frozen=True, slots=True)
class Post:
    """`webhook "name" { … }`."""

    name: str
    payload: tuple[tuple[str, Payload], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Handing:
    """`assign field from queue "name"`."""

    field: str
    queue: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Submission:
    """`submit approval "name"`."""

    approval: str
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


Action = (
    Assign | Bind | Make | Branch | Loop | Amend | Remove | Joining
    | Notice | Letter | Post | Handing | Submission | Refusal | Halt
)  # fmt: skip


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
    """Entity and field of everything that it may write; `(entity, "")` where it creates records or deletes some."""
    volatile: str = ""
    """"", "today" or "now": the strongest thing about time that it reads."""
