"""The columns that a reader may have in a list: their labels, types, and whether a list can be sorted by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.model import Entity, Field, Label, View
from kith.metadata.parts import LABELS, parts_in
from kith.rules.tree import Path, Template
from kith.rules.types import Type
from kith.runtime.read.paths import access_to, part_at
from kith.runtime.read.reader import Reader
from kith.runtime.read.scopes import OWN
from kith.runtime.search.matching import title_fields
from kith.texts import Texts

NUMERIC = frozenset({"int", "decimal", "money", "percent", "duration"})
UNSORTABLE = frozenset({"set", "file", "geo", "period"})
HIDDEN = frozenset({"id", "version"})
"""Of the fields that every record has, what is no news in a list."""
MOST_PATH = 4
USUAL = 7
"""Columns of a list that no view describes."""
LONG = frozenset({"long_text", "markdown", "json"})


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list: where its value is, what it is called and what it holds."""

    path: str
    label: str
    type: Type
    declared: Field | None
    masked: bool = False
    width: int = 0
    total: str = ""
    compared: str = ""
    """Of amounts in their records' own currencies: what they are called where they are compared, in the workspace's."""

    @property
    def asked(self) -> str:
        """What filters and orders call it."""
        return self.compared or self.label

    @property
    def sortable(self) -> bool:
        """Whether a list can be put in its order."""
        kind = FIELD_TYPES.get(self.declared.type_name) if self.declared is not None else None
        return not self.masked and self.type.kind not in UNSORTABLE and (kind is None or kind.sortable)

    @property
    def numeric(self) -> bool:
        """Whether its values stand at the end of their cells."""
        return self.type.kind in NUMERIC


def column_at(reader: Reader, entity: str, path: str, texts: Texts) -> ListColumn | None:
    """The column of a path through references; None where there is none or the reader may not read it."""
    names = path.split(".")
    if len(names) > MOST_PATH:
        return None
    labels: list[str] = []
    while len(names) > 1 and not part_at(reader, entity, names):
        link = names.pop(0)
        declared = reader.field(entity, link)
        if declared is None or declared.type.kind != "ref" or access_to(reader, entity, link).read.never:
            return None
        labels.append(declared.label.in_(texts.language))
        entity = declared.type.entity
    last, part = names[0], part_at(reader, entity, names)
    access = access_to(reader, entity, last)
    if access.read.never and access.mask.never:
        return None
    declared = reader.field(entity, last)
    labels.append(declared.label.in_(texts.language) if declared else texts(f"field.{last}"))
    if part is not None:
        labels.append(LABELS[names[1]].in_(texts.language))
        return ListColumn(path, " · ".join(labels), part, None, masked=access.read.never)
    type_, label = declared.type if declared else OWN[last], " · ".join(labels)
    owned = declared is not None and declared.currency_field
    compared = texts("list.in_currency", label=label, currency=type_.currency) if owned else ""
    return ListColumn(path, label, type_, declared, masked=access.read.never, compared=compared)


def columns_of_view(reader: Reader, view: View, texts: Texts) -> list[ListColumn]:
    """The columns of a view, without those that the reader may not read."""
    found = []
    for column in view.columns:
        known = column_at(reader, view.of, column.path, texts)
        if known is not None:
            label = _own(column.label, texts.language) or known.label
            found.append(
                ListColumn(
                    known.path,
                    label,
                    known.type,
                    known.declared,
                    known.masked,
                    column.width,
                    _total(known, column.total),
                    known.compared,
                )
            )
    return found


def _own(label: Label, language: str) -> str:
    return label.in_(language) if label.texts else ""


def _total(column: ListColumn, total: str) -> str:
    """Totals of what the reader may not read as it is would tell."""
    return "" if column.masked or "." in column.path else total


def title_order(entity: Entity) -> list[str]:
    """The record's own texts that its title prints, in the title's order."""
    named, tree = title_fields(entity), entity.title.tree
    parts = tree.parts if isinstance(tree, Template) else (tree,)
    steps = [part.steps[0].name for part in parts if isinstance(part, Path) and len(part.steps) == 1]
    return [name for name in steps if name in named]


def usual_columns(reader: Reader, entity: Entity, texts: Texts) -> list[ListColumn]:
    """The columns of a list that no view describes: what the title is made of, then what was declared first."""
    named = title_order(entity)
    names = list(named)
    names += [name for name, field in entity.fields.items() if name not in named and field.type_name not in LONG]
    found = [column for name in names if (column := column_at(reader, entity.name, name, texts))]
    return found[:USUAL]


def possible_columns(reader: Reader, entity: str, texts: Texts) -> tuple[ListColumn, ...]:
    """Every column that a reader may choose, without those behind references."""
    key = ("possible columns", reader.key, entity, texts.language)
    return reader.release.cached(key, lambda: tuple(_possible(reader, entity, texts)))


def _possible(reader: Reader, entity: str, texts: Texts) -> Iterator[ListColumn]:
    for name in (*reader.entity(entity).fields, *(name for name in OWN if name not in HIDDEN)):
        column = column_at(reader, entity, name, texts)
        if column is not None:
            yield column


def with_parts(reader: Reader, entity: str, columns: Iterable[ListColumn], texts: Texts) -> Iterator[ListColumn]:
    """Columns, each followed by the parts of its values where they have several."""
    for column in columns:
        yield column
        parts = (column_at(reader, entity, f"{column.path}.{part}", texts) for part in parts_in(column.type))
        yield from (part for part in parts if part is not None)
