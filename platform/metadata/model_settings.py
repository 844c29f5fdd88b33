"""Settings of an app in the model: values that every expression reads as `settings.NAME`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kith.metadata.model import Field


@dataclass(frozen=True, slots=True)
class AppSetting:
    """One setting: `field` says what it is and, as its default, how its value is written; `value` is what expressions have."""

    field: Field
    value: object
    editable: bool
    """Whether administrators may change it in the browser."""
