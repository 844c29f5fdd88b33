"""From the cells of a row to values that the write gate takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from kith.metadata.model import Field, ImportValue
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.transfer.table import Cell

GROUPS = re.compile(r"(?<=\d)[.\u00a0\u202f '](?=\d{3})")
TEXTS = frozenset({"text", "choice"})
Raw = object


def cell_of(value: ImportValue, cells: Mapping[str, Cell]) -> Cell:
    """The cell that a value is read from, with what the mapping says about its texts; None where it is empty."""
    if value.constant is not None:
        return str(value.constant)
    cell = cells.get(value.column)
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "" or (value.empty and str(cell) in value.empty):
        return None
    if value.map and str(cell) in value.map:
        return value.map[str(cell)]
    return pointed(cell) if value.decimal == "comma" and isinstance(cell, str) else cell


def pointed(text: str) -> str:
    """A number with a comma before its decimals as one with a point; the points, blanks and apostrophes of groups go."""
    return GROUPS.sub("", text).replace(",", ".")


def with_comma(number: object) -> str:
    """The same backwards."""
    return str(number).replace(".", ",")


def raw_of(value: ImportValue, declared: Field, cells: Mapping[str, Cell], zone: tzinfo) -> Raw:
    """A value for the write gate; raises Misread where the mapping's own format does not fit."""
    cell = cell_of(value, cells)
    if cell is None:
        return None
    if value.date and not isinstance(cell, date):
        return coerce(declared, str(cell), Reading(zone=zone, text=True, date_format=value.date))
    if value.percent:
        return coerce(declared, cell, Reading(zone=zone, text=True, percent_points=value.percent == "points"))
    return as_text(cell) if declared.type.kind in TEXTS and not isinstance(cell, str) else cell


def typed(declared: Field, raw: Raw, zone: tzinfo) -> Raw:
    """A value of a key as its field has it; what cannot be read is empty here, the gate tells why."""
    if declared.to:
        return raw
    if raw is not None and declared.type.kind in TEXTS and not isinstance(raw, str):
        # Sheets have numbers where the key is a text: it is the same number.
        raw = as_text(raw)  # type: ignore[arg-type]
    try:
        return coerce(declared, raw, Reading(zone=zone, text=True))
    except Misread:
        return None


def as_text(cell: Cell) -> str:
    """A cell of a sheet as the text that stands for it."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
