"""The syntax tree: what the parser makes of a text, before names and types are known.

Every node knows its stretch of the text; printing a tree and parsing the print gives the same tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Syntax:
    """A piece of syntax from offset `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Syntax):
    """`12`, `1_000.50`; with `percent`, `15%`."""

    text: str
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Text(Syntax):
    """`"text {hole}"`: decoded strings and expressions in turn."""

    parts: tuple[str | Syntax, ...]


@dataclass(frozen=True, slots=True)
class Word(Syntax):
    """`true`, `false` or `null`."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment(Syntax):
    """`@2026-01-31` or `@2026-01-31T09:00`, as written after the `@`."""

    text: str


@dataclass(frozen=True, slots=True)
class Amount(Syntax):
    """A span of time: `3d`, `12mo`."""

    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class Items(Syntax):
    """A list literal: `["a", "b"]`."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    """A bare name, also `me`, `this` and `old`."""

    text: str


@dataclass(frozen=True, slots=True)
class Dot(Syntax):
    """`target.name`."""

    target: Syntax
    name: str
    name_start: int


@dataclass(frozen=True, slots=True)
class Sort(Syntax):
    """One key of `by`: `ordered_on desc`."""

    value: Syntax
    descending: bool


@dataclass(frozen=True, slots=True)
class Invoke(Syntax):
    """A call; `where` and `by` belong to its first argument."""

    function: str
    args: tuple[Syntax, ...]
    where: Syntax | None = None
    by: tuple[Sort, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed(Syntax):
    """`changed(stage from "new" to "won")`."""

    field: Syntax
    before: Syntax | None
    after: Syntax | None


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    """`not a`, `-a`."""

    op: str
    arg: Syntax


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    """`or and == != < <= > >= in "not in" + - * / ??`; `op_start` is where the operator stands."""

    op: str
    left: Syntax
    right: Syntax
    op_start: int


@dataclass(frozen=True, slots=True)
class Between(Syntax):
    """`a between low and high`."""

    value: Syntax
    low: Syntax
    high: Syntax


@dataclass(frozen=True, slots=True)
class IsSet(Syntax):
    """`a is set`, `a is not set`; also `regarding is account` once any-references exist."""

    value: Syntax
    negated: bool


@dataclass(frozen=True, slots=True)
class If(Syntax):
    """`if c then a else b`."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax


@dataclass(frozen=True, slots=True)
class Statement(Syntax):
    """One statement of an action block."""


@dataclass(frozen=True, slots=True)
class Let(Statement):
    """`let name = value`."""

    name: str
    value: Syntax


@dataclass(frozen=True, slots=True)
class Set(Statement):
    """`set path = value`."""

    target: Syntax
    value: Syntax


@dataclass(frozen=True, slots=True)
class Entry(Syntax):
    """`name: value` inside `{ }`."""

    name: str
    value: Syntax


@dataclass(frozen=True, slots=True)
class Object(Syntax):
    """`{ id: id, customer: { name: name } }`: what is sent away."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Create(Statement):
    """`create entity { field: value } as name`."""

    entity: str
    entity_start: int
    entries: tuple[Entry, ...]
    alias: str | None


@dataclass(frozen=True, slots=True)
class Choose(Statement):
    """`if c { … } else { … }`."""

    condition: Syntax
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class For(Statement):
    """`for name in relation where c { … }`."""

    name: str
    relation: Syntax
    where: Syntax | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """`update relation where c { field: value }`."""

    relation: Syntax
    where: Syntax | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """`delete relation where c`."""

    relation: Syntax
    where: Syntax | None


@dataclass(frozen=True, slots=True)
class Join(Statement):
    """`link path add value`; with `gone`, `unlink path remove value`."""

    target: Syntax
    value: Syntax
    gone: bool


@dataclass(frozen=True, slots=True)
class Notify(Statement):
    """`notify people "message"`."""

    to: Syntax
    message: Syntax


@dataclass(frozen=True, slots=True)
class Email(Statement):
    """`email address using "template"`."""

    to: Syntax
    template: Text


@dataclass(frozen=True, slots=True)
class Webhook(Statement):
    """`webhook "name" { … }`."""

    name: Text
    payload: Object


@dataclass(frozen=True, slots=True)
class Hand(Statement):
    """`assign field from queue "name"`."""

    target: Syntax
    queue: Text


@dataclass(frozen=True, slots=True)
class Submit(Statement):
    """`submit approval "name"`."""

    approval: Text


@dataclass(frozen=True, slots=True)
class Refuse(Statement):
    """`refuse "message" on field`."""

    message: Syntax
    field: str | None
    field_start: int


@dataclass(frozen=True, slots=True)
class Stop(Statement):
    """`stop`: ends this block for this record."""


@dataclass(frozen=True, slots=True)
class Comment(Syntax):
    """`# text` to the end of the line; its place is counted in tokens, so that it survives re-printing.

    `tokens` stand before it (brackets, commas, `asc` and `else` are not counted), then `braces` closing braces; one with a
    line of its own has `own_line`. The empty text is a blank line.
    """

    text: str
    tokens: int
    braces: int
    own_line: bool


@dataclass(frozen=True, slots=True)
class Block(Syntax):
    """A whole action block; comments are kept for printing."""

    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = ()


def parts(syntax: Syntax) -> Iterator[Syntax]:
    """The direct parts of a piece of syntax, left to right; comments are no parts."""
    for item in fields(syntax):
        value = getattr(syntax, item.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Sort):
                yield part.value
            elif isinstance(part, Syntax) and not isinstance(part, Comment):
                yield part
