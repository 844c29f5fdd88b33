"""A JSON list of objects as a table."""

from __future__ import annotations

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
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Unreadable("bad_json", reason=str(error)) from None
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


def _rows(items: list[Any]) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            yield Row(number, {}, ("no_object", {}))
        elif nested := next((name for name, value in item.items() if isinstance(value, dict)), None):
            yield Row(number, item, ("nested", {"column": nested}))
        else:
            yield Row(number, item)
