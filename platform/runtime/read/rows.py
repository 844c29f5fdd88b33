"""Rows of an answer, each made by one generated expression: fifty rows of twenty columns are a thousand calls less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kith.rules.sql.values import EPOCH, Converter, Engine, narrowed
from kith.rules.types import Type
from kith.runtime.read.cells import Cell, Columns, Converted, Referring
from kith.runtime.read.prepared import Row
from kith.runtime.read.query import Reference
from kith.runtime.read.titles import Plain

Values = Callable[[Row], tuple[Any, ...]]
ONE_STEP = frozenset({"decimal", "money", "percent", "date", "time", "datetime"})
"""Kinds whose values an engine keeps nearly as JSON has them."""
AS_TEXT = 6
"""Digits behind the point up to which Python writes a Decimal without an exponent."""


@dataclass(frozen=True, slots=True)
class Plainly:
    """How values are written as JSON has them: `write` says what makes one of a Python value, None where nothing need.

    `hidden` is the label of references out of the reader's scope.
    """

    write: Callable[[Type], Converter | None]
    hidden: str
    engine: Engine


def values_of(columns: Columns) -> Values:
    """What makes one row of Python values: id and version, and the wanted cells."""
    names: dict[str, Any] = {"Reference": Reference}
    parts = [_value(cell, f"f{number}", names) for number, cell in enumerate(columns.cells)]
    # Nothing but numbers of ours stands in the text.
    made: Values = eval(f"lambda row: ({', '.join(['row[0]', 'row[1]', *parts])},)", names)  # noqa: S307
    return made


@dataclass(frozen=True, slots=True)
class Objects:
    """What makes one object for JSON of a tuple, past the Python values in between."""

    make: Callable[[Row], dict[str, Any]]
    plainly: Plainly


def objects_of(columns: Columns, plainly: Plainly) -> Objects:
    """What makes the objects of an answer; paths over references are for others."""
    names: dict[str, Any] = {"hidden": plainly.hidden}
    parts = ["'id': row[0]", "'version': row[1]"]
    for number, (shown, cell) in enumerate(zip(columns.shown, columns.cells, strict=True)):
        parts.append(f"{shown.path!r}: {_written(cell, shown.type, f'f{number}', names, plainly)}")
    # Nothing but numbers of ours and names of the model, quoted, stands in the text.
    return Objects(eval(f"lambda row: {{{', '.join(parts)}}}", names), plainly)  # noqa: S307


def _value(cell: Cell, name: str, names: dict[str, Any]) -> str:
    if isinstance(cell, Converted):
        return _called(cell.index, cell.convert, name, names)
    if isinstance(cell, Referring):
        return _referring(cell, name, names, "Reference(value, {})", "Reference(value, '', False)")
    names[name] = cell
    return f"{name}(row)"


def _written(cell: Cell, type_: Type, name: str, names: dict[str, Any], plainly: Plainly) -> str:
    if isinstance(cell, Converted):
        return _called(cell.index, _writer(cell, type_, plainly), name, names)
    if isinstance(cell, Referring):
        return _referring(cell, name, names, "{{'id': value, 'label': {}}}", "{{'id': value, 'label': hidden}}")
    write = plainly.write(type_)
    if write is None:
        return _value(cell, name, names)
    names[name], names[f"{name}w"] = cell, write
    return f"None if (value := {name}(row)) is None else {name}w(value)"


def _sqlite_writer(type_: Type) -> Converter | None:
    """Days and times are texts there already, numbers integers that count units of their scale."""
    if type_.kind in ("date", "time"):
        return None
    if type_.kind == "datetime":
        return lambda value: EPOCH + timedelta(microseconds=value)
    scale, unit = type_.scale, 10**type_.scale

    def exact(value: Any) -> str:
        number = narrowed(value)
        if number < 0:
            return f"-{exact(-number)}"
        return f"{number // unit}.{number % unit:0{scale}}" if scale else str(number)

    if type_.kind != "percent" or not scale:
        return exact
    return lambda value: exact(value).rstrip("0").rstrip(".")


def _postgresql_writer(cell: Converted) -> Converter | None:
    """Days and instants are JSON's already, which are in UTC there."""
    convert, type_ = cell.convert, cell.type
    if convert is None or type_ is None or type_.kind in ("date", "time", "datetime"):
        return None
    if type_.kind == "percent" and type_.scale:
        return lambda value: f"{convert(value):f}".rstrip("0").rstrip(".")
    return (lambda value: str(convert(value))) if type_.scale <= AS_TEXT else (lambda value: f"{convert(value):f}")


def _called(index: int, function: Converter | None, name: str, names: dict[str, Any]) -> str:
    if function is None:
        return f"row[{index}]"
    names[name] = function
    return f"None if (value := row[{index}]) is None else {name}(value)"


def _referring(cell: Referring, name: str, names: dict[str, Any], found: str, hidden: str) -> str:
    if isinstance(cell.title, Plain):
        label = f"row[{cell.title.index}] or ''"
    else:
        names[name], label = cell.title, f"{name}(row)"
    there = f"{found.format(label)} if row[{cell.found}] is not None else {hidden.format()}"
    return f"None if (value := row[{cell.index}]) is None else {there}"


def _writer(cell: Converted, type_: Type, plainly: Plainly) -> Converter | None:
    """What makes JSON of the driver's value, in one step where there is one."""
    if cell.type is not None and cell.type.kind in ONE_STEP:
        return _sqlite_writer(cell.type) if plainly.engine == "sqlite" else _postgresql_writer(cell)
    write, convert = plainly.write(type_), cell.convert
    if write is None or convert is None:
        return write or convert
    return lambda value: write(convert(value))
