"""Who may do what: roles and what they grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kith.metadata.model import Label
    from kith.problems import Span
    from kith.rules.program import Expression


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may do with an entity.

    Each right is true, false or a scope expression. `fields` maps exceptions to write, read, mask or none;
    `other_fields` is what holds for the rest.
    """

    entity: str
    rights: Mapping[str, bool | Expression]
    fields: Mapping[str, str]
    other_fields: str
    actions: Mapping[str, bool | Expression]
    span: Span


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of grants; `all_entities` (read or write) is the wide grant of administrators."""

    name: str
    label: Label
    grants: Mapping[str, Grant]
    all_entities: str
    span: Span
    layer: str
    second_step: bool = False
    """Whether whoever has it must sign in with a second step."""
