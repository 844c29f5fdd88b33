"""What a wave of a save does to the records of the next, collected by record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kith.runtime.write.draft import Draft

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

Ask = Callable[["Session", Draft], None]
"""Something that a block wants done to a record, in the order in which blocks want it."""


@dataclass(slots=True)
class Touch:
    """What a wave does to one record of the next: deltas of roll-ups, roll-ups to look up again, what blocks want done."""

    top: int
    chain: tuple[str, ...]
    deltas: dict[str, Decimal | int] = field(default_factory=dict)
    lookups: set[str] = field(default_factory=set)
    asks: list[Ask] = field(default_factory=list)
    deletions: list[Callable[[Any], bool]] = field(default_factory=list)
    """Tests by which a block wants the record deleted, if it still passes once it is locked."""
    events: set[str] = field(default_factory=set)

    @property
    def only_moves(self) -> bool:
        """Whether nothing but sums and counts is known to change."""
        return bool(self.deltas) and not (self.lookups or self.asks or self.deletions or self.events)


Touches = dict[tuple[str, str], Touch]


def touch(touches: Touches, entity: str, id_: str, draft: Draft, by: str) -> Touch:
    """The touch of a record, made where there is none."""
    return touches.setdefault((entity, id_), Touch(draft.top, (*draft.chain, by)))
