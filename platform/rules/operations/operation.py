"""What the table of operations says of each: how it is written, typed and meant, with words and examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kith.problems import Words
from kith.rules.tree import Node
from kith.rules.types import Type

Meaning = Callable[..., object]
Gives = Type | Callable[[Sequence[Node]], Type]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the language; operators and functions are the same to everything behind the checker.

    `takes` names a family (`checking/families.py`) for each argument; "?" after it marks one that may be left out, "..." one that
    repeats. `gives` is the result's type where no argument is null. `meaning` gets the values (none of them None unless
    `sees_null`; `env` first with `clock`) and answers exactly; the evaluator rounds a number half-up to the node's type.
    """

    name: str
    group: str
    takes: tuple[str, ...]
    gives: Gives
    meaning: Meaning
    doc: Words
    examples: tuple[tuple[str, object], ...]
    written: str = ""
    """How an operator is written, such as `a + b`; "" for what is called by its name."""
    sees_null: bool = False
    """Nulls reach the meaning, and the result is never null unless `may_null`; else one null makes the result null."""
    may_null: bool = False
    """The result may be null even where no argument is."""
    clock: bool = False
    """The meaning reads the instant, the time zone or the business calendar of the evaluation."""
    no_sql: Words | None = None
    """Why it has no form inside a database, where it has none (E501)."""

    @property
    def called(self) -> bool:
        """Whether authors call it by its name."""
        return not self.written

    def result(self, args: Sequence[Node]) -> Type:
        """The type of the operation on these arguments."""
        type_ = self.gives if isinstance(self.gives, Type) else self.gives(args)
        missing = not self.sees_null and any(arg.type.nullable for arg in args)
        return type_.or_null(type_.nullable or missing or self.may_null)


def types(args: Sequence[Node]) -> list[Type]:
    """The types of arguments."""
    return [arg.type for arg in args]
