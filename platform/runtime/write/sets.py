"""Fields of several values: read for all records and fields of an entity at once, written set-wise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kith.runtime.driver import Writing, writing
from kith.runtime.read.prepared import Prepared, prepare
from kith.runtime.schema.tables import Link
from kith.runtime.waiting import Write
from kith.runtime.write.shelf import Shelf

Sets = dict[str, frozenset[str]]
Pairs = list[tuple[str, str]]


def sets_of(connection: sa.Connection, shelf: Shelf, ids: Iterable[str]) -> dict[str, Sets]:
    """Every set of some records, by record and field, in one statement."""
    names = tuple(shelf.table.links)
    found: dict[str, dict[str, set[str]]] = {id_: {name: set() for name in names} for id_ in ids}
    if found and names:
        prepared: Prepared = shelf.kept("sets", lambda: prepare(connection, _all_sets(shelf)))
        for index, record, value in prepared.run(connection, {"ids": shelf.several(sorted(found))}):
            found[str(record)][names[index]].add(value)
    return {id_: {name: frozenset(values) for name, values in sets.items()} for id_, sets in found.items()}


def _all_sets(shelf: Shelf) -> sa.CompoundSelect[Any] | sa.Select[Any]:
    parts: list[Any] = [
        sa.select(
            sa.literal_column(str(index), sa.Integer()).label("field"), link.record, sa.cast(link.value, sa.Text())
        ).where(shelf.among(link.record))
        for index, link in enumerate(shelf.table.links.values())
    ]
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)


def relinking(
    connection: sa.Connection, shelf: Shelf, field: str, changes: Mapping[str, tuple[frozenset[str], frozenset[str]]]
) -> Iterator[Write]:
    """The statements that bring the sets of a field from before to after, by record: one that takes, one that adds."""
    gone = [(id_, value) for id_, (old, new) in changes.items() for value in sorted(old - new)]
    added = [(id_, value) for id_, (old, new) in changes.items() for value in sorted(new - old)]
    for what, make, pairs in (("take", _taking, gone), ("add", _adding, added)):
        if pairs:
            link = shelf.table.links[field]
            made: Writing = shelf.kept(f"{what} {field}", partial(_apart, connection, make, link, shelf))
            yield Write(made, [_given(shelf, pairs)])


def _apart(connection: sa.Connection, make: Callable[[Link, Shelf], Any], link: Link, shelf: Shelf) -> Writing:
    # What one takes no other adds: they may share a statement, and it does not matter which comes first.
    return replace(writing(connection, make(link, shelf)), adds=True)


def _given(shelf: Shelf, pairs: Pairs) -> dict[str, Any]:
    if shelf.engine == "sqlite":
        return {"pairs": orjson.dumps(pairs).decode()}
    return {"records": [record for record, _ in pairs], "members": [value for _, value in pairs]}


def _taking(link: Link, shelf: Shelf) -> sa.Delete:
    return sa.delete(link.table).where(sa.tuple_(link.record, link.value).in_(_pairs(link, shelf)))


def _adding(link: Link, shelf: Shelf) -> sa.Insert:
    return sa.insert(link.table).from_select(["record", "value"], _pairs(link, shelf))


def _pairs(link: Link, shelf: Shelf) -> sa.Select[Any]:
    """Records and values of a parameter, however many there are."""
    if shelf.engine == "sqlite":
        each = sa.func.json_each(sa.bindparam("pairs", type_=sa.Text())).table_valued("value")
        return sa.select(sa.func.json_extract(each.c.value, "$[0]"), sa.func.json_extract(each.c.value, "$[1]"))
    records, members = ARRAY(link.record.type), ARRAY(link.value.type)
    given = (
        sa.func.unnest(
            sa.cast(sa.bindparam("records", type_=records), records),
            sa.cast(sa.bindparam("members", type_=members), members),
        )
        .table_valued("record", "value")
        .render_derived()
    )
    return sa.select(given.c.record, given.c.value)
