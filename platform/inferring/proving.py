"""Proof before anything is written: the app is sound, and every value of the files goes in as what it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from kith.inferring.columns import Column, Sheet
from kith.inferring.drafts import Proposal
from kith.metadata.build import build
from kith.metadata.layers.loading import CORE, load_layer
from kith.metadata.model import Entity, Field, Import, ImportValue, Layer, Model
from kith.problems import Problem
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.transfer.table import Cell
from kith.runtime.transfer.values import cell_of, raw_of


@dataclass(frozen=True)
class Misfit:
    """Texts of a column that its field does not take, or takes for something else."""

    sheet: str
    column: str
    texts: tuple[str, ...]


def built(proposal: Proposal, documents: Mapping[str, str]) -> tuple[Model | None, list[Problem]]:
    """The model of the proposed app, and what is wrong with it."""
    core, problems = load_layer(CORE, "platform/core")
    texts = {path: text for path, text in documents.items() if path.endswith(".yaml")}
    model, found = build((core, Layer(proposal.name, "0.1.0", texts, "", proposal.name)))
    return model, [*problems, *found]


def misfits(model: Model, proposal: Proposal, sheets: Sequence[Sheet]) -> list[Misfit]:
    """All columns with values that would not go in."""
    found = []
    for draft in proposal.imports:
        sheet = next(
            one for one in sheets if one.path == draft.path and one.settings.sheet == draft.file.get("sheet", "")
        )
        for column, texts in _of_import(model, model.imports[draft.name], sheet):
            found.append(Misfit(sheet.name, column, texts))
    return found


def _of_import(model: Model, mapping: Import, sheet: Sheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    for step in mapping.steps.values():
        entity = model.entities[step.entity]
        for name, value in step.values.items():
            if value.column and not value.match and not value.step:
                texts = tuple(_strange(entity, entity.fields[name], value, sheet.by_name[value.column]))
                if texts:
                    yield value.column, texts


def _strange(entity: Entity, field: Field, value: ImportValue, column: Column) -> Iterator[str]:
    """The texts that a field does not take, or does not keep apart where it should."""
    known: dict[object, str] = {}
    is_key = bool(field.unique) or any(field.name in key.fields for key in entity.keys.values())
    for cell, text, _ in column.each():
        if cell_of(value, {column.name: cell}) is None:
            continue
        try:
            taken = coerce(field, raw_of(value, field, {column.name: cell}, UTC), Reading(zone=UTC, text=True))
        except Misread:
            yield text
            continue
        if taken is None or not _means(field, taken, cell):
            yield text
        elif is_key:
            same = str(taken).casefold() if field.unique == "folded" else str(taken)
            if known.setdefault(same, text) != text:
                yield text


def _means(field: Field, taken: object, cell: Cell) -> bool:
    """Whether an option that was read is the one that a cell names."""
    if field.type_name != "choice" or not isinstance(taken, str) or not isinstance(cell, str):
        return True
    wanted = cell.strip().casefold()
    return wanted in {label.casefold() for label in field.options[taken].label.texts.values()}
