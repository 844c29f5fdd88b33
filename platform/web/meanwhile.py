"""Forms that were open while the app changed: fields under the names that they have now, and what has no place any more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from starlette.datastructures import FormData

from kith.metadata.model import Field
from kith.web.typed import WAS, Raw, Row, Typed, mark, marks_of

Fields = Mapping[str, Field]


def as_named_now(form: FormData, fields: Fields, grids: Mapping[str, Fields]) -> FormData:
    """The form with the names that the fields of a record, and of its lines by relation, have now."""
    names, columns = _renamed(fields), {relation: _renamed(some) for relation, some in grids.items()}
    marks = marks_of(form)
    if not any(_named(name, names, columns) != name for name in (*marks, *form)):
        return form
    was = json.dumps({_named(name, names, columns): sign for name, sign in marks.items()})
    return FormData(
        [(_named(name, names, columns), was if name == WAS else value) for name, value in form.multi_items()]
    )


def _renamed(fields: Fields) -> dict[str, str]:
    return {old: one.name for one in fields.values() for old in one.renamed_from if old not in fields}


def _named(name: str, names: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> str:
    first, *rest = name.split(".")
    if not rest:
        return names.get(first, first)
    if first in columns and len(rest) >= 2:
        return ".".join([first, rest[0], columns[first].get(rest[1], rest[1]), *rest[2:]])
    return ".".join([names.get(first, first), *rest])


def left_over(form: FormData, typed: Typed) -> list[tuple[str, str]]:
    """What was typed where nothing can be typed any more: names and texts as the form has them."""
    read = {*typed.raw, *(f"{relation}.{row.key}.{name}" for relation, row, name in _cells(typed))}
    found: list[tuple[str, str]] = []
    for name, sign in typed.was.items():
        if name in read:
            continue
        sent = [(key, value) for key, value in form.multi_items() if _is_of(key, name) and isinstance(value, str)]
        if sent and sign not in {mark(raw) for raw in _readings(name, sent)}:
            found += sent
    return found


def _cells(typed: Typed) -> Iterator[tuple[str, Row, str]]:
    for relation, rows in typed.rows.items():
        yield from ((relation, row, name) for row in rows for name in row.raw)


def _is_of(key: str, name: str) -> bool:
    return key == name or (key.startswith(f"{name}.") and not name.count("."))


def _readings(name: str, sent: Sequence[tuple[str, str]]) -> Iterator[Raw]:
    """The values that the controls of a field may have stood for: what it was is not known any more."""
    texts = [value for _, value in sent]
    yield texts[0]
    yield tuple(sorted(text for text in texts if text))
    yield {key.removeprefix(f"{name}."): value for key, value in sent}
