"""The part of the model that is about screens: forms and views; `model` has it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.problems import Span

if TYPE_CHECKING:
    from kith.metadata.model import Label
    from kith.rules.program import Expression


@dataclass(frozen=True, slots=True)
class FormItem:
    """A field on a form; `visible_when` is presentation and protects nothing."""

    field: str
    visible_when: Expression | None
    only_for: tuple[str, ...]
    widget: str
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields on a form; `columns` is 1 to 4."""

    name: str
    label: Label
    columns: int
    tab: str
    items: Mapping[str, FormItem]
    visible_when: Expression | None
    only_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A list of related records on a record page; `view` gives its columns."""

    relation: str
    view: str
    label: Label
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How a record is shown and edited."""

    name: str
    of: str
    label: Label
    tabs: Mapping[str, Label]
    highlights: tuple[str, ...]
    sections: Mapping[str, Section]
    related: Mapping[str, Related]
    span: Span
    layer: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table view: a field or a path through references; `width` in characters, 0 for automatic."""

    path: str
    value: Expression
    label: Label
    width: int
    total: str


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a view's order."""

    path: str
    value: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class View:
    """A list of records.

    `group` is the field whose values are the columns of a kanban or the rows of a timeline; `starts` and `ends` place a
    record in time; `color_by` is the choice that colours it. "" where the layout needs none.
    """

    name: str
    of: str
    label: Label
    layout: str
    segment: str
    filter: Expression | None
    columns: tuple[Column, ...]
    sort: tuple[SortKey, ...]
    span: Span
    layer: str
    group: str = ""
    starts: str = ""
    ends: str = ""
    color_by: str = ""

    @property
    def placing(self) -> Mapping[str, str]:
        """The fields that its layout lays records out by, under the keys that name them."""
        named = {"group": self.group, "starts": self.starts, "ends": self.ends, "color_by": self.color_by}
        return {key: name for key, name in named.items() if name}
