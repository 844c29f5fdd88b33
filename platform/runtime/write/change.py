"""What can be asked of the write gate, and what it answers; the same for forms, API, import, bulk, rules and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Op = Literal["create", "update", "upsert", "delete", "restore"]
Channel = Literal["form", "api", "bulk", "import", "rule", "job", "system", "revert", "undo", "erasure", "merge"]


@dataclass(frozen=True, slots=True)
class Change:
    """One record to be saved, with the owned children sent along.

    `values` are raw: JSON values, or texts as a form or file gives them (`Cause.channel` and the locale say how they
    read).
    `children` maps a relation of owned lines to the changes of its records; a child that is not named stays as it is.
    `version` is what the author saw (None where there is none, as in effects). `key` finds the record for upsert.
    """

    op: Op
    entity: str
    id: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    children: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    version: int | None = None
    key: Mapping[str, object] | None = None
    key_name: str = ""
    filter: str = ""
    """Bulk by filter: the condition that must still hold on the locked record."""
    action: str = ""
    """An update that carries out this named action, or takes this transition; `inputs` is what a named action asks for."""
    inputs: Mapping[str, object] = field(default_factory=dict)
    seen_alike: frozenset[str] | None = None
    """Others that may be the same stand in the way where a rule warns of them, but for these, which the author has seen; None
    where nobody is there to look at them."""
    exact: bool = False
    """Any edit since `version` stands in the way (`If-Match`), not only one of the fields that are sent."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a save comes from, for the history: channel, batch, and what exactly (an import, a rule)."""

    channel: Channel
    batch: str | None = None
    detail: str = ""
    dry_run: bool = False
    """Everything is checked and computed, nothing is kept."""
    depth: int = 0
    """How many jobs in a row led here, each set off by what the one before had saved."""
    typed: bool = False
    """Values are texts as people type them into a form, whatever the channel."""
    quiet: bool = False
    """Letters and notices that rules want sent are held back; all else that they want is done."""

    @property
    def returns(self) -> bool:
        """Whether what is written stood there before: what rules did then returns as well, so that no block does it again."""
        return self.channel == "undo"


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason why a save is refused, tied to its field and rule where there are any.

    `at` is the way to the child (`lines.2`) or "". `why` is the smallest reason, line by line, under the reader's
    rights.
    """

    code: str
    message: str
    field: str = ""
    rule: str = ""
    at: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """Another record that may be the same as the one that is saved.

    `id` is "" where the reader may not see it; `told` is then what its rule tells all the same, as labels with values.
    `why` sets what was compared side by side, where it differs.
    """

    rule: str
    entity: str
    id: str
    title: str
    message: str
    refuses: bool
    labels: str = ""
    """The fields that agree, in the reader's words."""
    why: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed since the author read the record.

    `at` is the way to the line (`lines.2`) or "", `label` then what the field is called in the reader's language, with
    the line's place. `is_told` says that he may read what it is now.
    """

    field: str
    yours: object
    theirs: object
    at: str = ""
    label: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """A save that is done: ids of records touched, and what rules did besides."""

    op: Op
    entity: str
    id: str
    version: int
    save: str
    created: bool
    touched: tuple[tuple[str, str], ...] = ()
    changed: bool = True
    """False where everything that was sent, lines included, was so already."""
    alike: tuple[Alike, ...] = ()
    """Others that look like it, which a rule warns of."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A save that left nothing behind.

    `kind` is what doors answer by: invalid (422), conflict (412), denied (403), missing (404), taken (409: a restore
    or delete
    that collides).
    """

    kind: Literal["invalid", "conflict", "denied", "missing", "taken"]
    failures: tuple[Failure, ...]
    conflicts: tuple[Conflict, ...] = ()
    alike: tuple[Alike, ...] = ()
    """Records that may be the same."""


Verdict = Saved | Refused
