"""A record on its way through a save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kith.rules.tree import BASE
from kith.runtime.write.change import Conflict, Failure

if TYPE_CHECKING:
    from kith.rules.values import Env
    from kith.runtime.write.plans import Plan
    from kith.runtime.write.session import Values


NONE: frozenset[object] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of a record that an author has seen."""

    entity: str
    id: str
    version: int


@dataclass(slots=True, eq=False)
class Draft:
    """One record: what it was, what was asked for it, what it is to become.

    `top` is the number of the asked-for change it belongs to, `at` the way from there (`lines.2`); `chain` names the rules
    and roll-ups that led here. `before` is None for a create.
    """

    plan: Plan
    id: str
    op: Literal["create", "update", "delete", "restore"]
    before: Values | None
    after: Values
    top: int
    at: str = ""
    given: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    """Fields whose raw value could not be read: nothing more is said about them."""
    seen: Seen | None = None
    """What its author saw, of this record or of one that it is a line of; None where he says nothing of it."""
    parent: Draft | None = None
    children: dict[str, list[Draft]] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    env: Env | None = None
    """What expressions about it are given; made when the first asks."""
    events: frozenset[str] = frozenset()
    """Besides its own op: `child:lines`, a relation whose records changed; `action:claim`; `transition:win`; `schedule:rule`."""
    action: str = ""
    """The named action or transition that was asked for."""
    inputs: Mapping[str, object] = field(default_factory=dict)
    """What came along with a named action; rules that it wakes read it by name."""
    seen_alike: frozenset[str] | None = None
    """The records whose likeness is known already; a warning of any other refuses it, unless this is None."""
    free: bool = False
    """Nobody's right is asked: what only rules had done is taken back."""
    converted: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """What amounts in the record's own currency were last converted from, by where the result stands."""

    @property
    def entity(self) -> str:
        """The name of its entity."""
        return self.plan.entity.name

    @property
    def is_live(self) -> bool:
        """Whether the record is live after this save."""
        return self.op != "delete"

    @property
    def is_dirty(self) -> bool:
        """Whether anything about the record changes, bookkeeping aside."""
        return self.before is None or self.op != "update" or dict(self.after) != dict(self.before)

    @property
    def is_edited(self) -> bool:
        """Whether stored input changes, here or in its lines: that counts up the version and makes history.

        What only roll-ups and formulas change does not.
        """
        if self.before is None or self.op != "update":
            return True
        if any(self.changed(declared.name) for declared in self.plan.inputs if self.after.has(declared.name)):
            return True
        return any(line.is_edited for lines in self.children.values() for line in lines)

    @property
    def old(self) -> Values | None:
        """The record before the write; of a value that ran out with the day, what was stored: so its change is told once."""
        return self.before.stored() if self.before is not None else None

    def changed(self, name: str) -> bool:
        """Whether a field's value differs from before; on a create, whether it is set."""
        after = self.after
        if not dict.__contains__(after, name):
            return False  # a set that nobody has looked at
        value = dict.__getitem__(after, name)
        if self.before is None:
            return value is not None and value != NONE
        ran_out = self.before.ran_out
        return bool((ran_out[name] if name in ran_out else self.before[name]) != value)

    def differs(self, name: str) -> bool:
        """Whether a field has changed, or what its amount is worth in the workspace's currency."""
        return self.changed(name) or self.changed(f"{name}__{BASE}")

    def fail(self, failure: Failure) -> None:
        """Note a reason why the save is refused."""
        self.failures.append(failure)

    def tree(self) -> Iterator[Draft]:
        """The draft and its owned children, parents first."""
        yield self
        for drafts in self.children.values():
            for draft in drafts:
                yield from draft.tree()
