"""What documents say about people: who is one, what becomes of his records, how long they are kept, what he can agree to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kith.metadata.model import Label
    from kith.problems import Span

STAMPS = ("created_at", "updated_at", "deleted_at")
"""Instants of every record from which it can be kept for a while."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long records are kept: `after` (3y, 18mo, 90d) from the day in `from_field`, and what is done then."""

    after: str
    from_field: str
    do: str
    """erase: gone from everywhere; anonymise: personal fields emptied; delete: into the recycle bin."""
    span: Span


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a person can agree to; `version` names the text that is in use now."""

    name: str
    label: Label
    version: str
