"""A JSON list of objects as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from kith.runtime.transfer.table import Row, Settings, Table, Unreadable, named

MAX_BYTES = 50 << 20


def open_objects(path: Path, settings: Settings) -> Table:
    """A file with one list of objects; their keys are the columns. Raises Unreadable."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable("large_file", limit=MAX_BYTES >> 20)
    try:
        text = path.read_bytes()
        orjson.loads(text)  # refuses what is nested without end before anything else reads it
        found = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise Unreadable("bad_json", line=error.lineno, column=error.colno) from None
    if isinstance(found, dict) and isinstance(found.get("data"), list):
        found = found["data"]
    if not isinstance(found, list):
        raise Unreadable("no_list")
    columns: dict[str, None] = {}
    for item in found:
        if isinstance(item, dict):
            columns |= dict.fromkeys(item)
    if not columns:
        raise Unreadable("no_rows")
    rows = _rows(found)
    return Table("json", named(list(columns), settings.columns), rows, encoding="utf-8", total=len(found))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable("twice_in_json", name=next(name for name in names if names.count(name) > 1))
    return found


def _rows(items: list[Any]) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            yield Row(number, {}, ("no_object", {}))
        elif nested := next((name for name, value in item.items() if isinstance(value, dict)), None):
            yield Row(number, item, ("nested", {"column": nested}))
        else:
            yield Row(number, item)
