"""Search rows: written with the save, so that a saved record is found at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.driver import writing
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.tables import EntityTable
from kith.runtime.search.likeness import Likeness, likenesses
from kith.runtime.search.matching import code_of, searched
from kith.runtime.search.terms import index_terms
from kith.runtime.waiting import Write

MOST_TERMS = 20_000
"""Terms of one record; PostgreSQL's vectors have a limit."""


Coded = Sequence[tuple[str, str]]
"""The searched fields of an entity: what their terms begin with, and their names."""


def coded_fields(table: EntityTable) -> Coded:
    """The searched fields of an entity with the codes of their terms."""
    return [(code_of(table, field), field.name) for field in searched(table.entity)]


def coded_of(release: Release, entity: str) -> Coded:
    """The searched fields of an entity, found once per release."""
    return release.cached(("search fields", entity), partial(coded_fields, release.tables[entity]))


def likenesses_of(release: Release, entity: str) -> tuple[Likeness, ...]:
    """The rules by which records of an entity may be the same, made once per release."""
    return release.cached(("likenesses", entity), lambda: tuple(likenesses(release.tables[entity])))


def indexed_of(release: Release, entity: str) -> frozenset[str]:
    """The fields by which search or another record finds a record, worked out once per release."""
    return release.cached(("indexed", entity), partial(_indexed, release, entity))


def _indexed(release: Release, entity: str) -> frozenset[str]:
    matched = (field.name for one in likenesses_of(release, entity) for field in one.fields)
    return frozenset((*(name for _, name in coded_of(release, entity)), *matched))


def terms_of(coded: Coded, alike: Sequence[Likeness], record: Mapping[str, Any]) -> str:
    """The terms of a record: those by which one like it finds it, and those of each searched field, under its code."""
    found: list[str] = [key for likeness in alike for key in likeness.keys(record)]
    for code, name in coded:
        for text in _texts(record.get(name)):
            found += index_terms(code, text)
    return " ".join(found[:MOST_TERMS])


def _texts(value: Any) -> Iterator[str]:
    """The texts of a value; the parts of a person's name belong together."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        parts = [str(part) for part in value.values() if part]
        yield "".join(parts) if not "".join(parts).isascii() else " ".join(parts)
        yield from parts
    elif isinstance(value, frozenset | set | list | tuple):
        yield from (str(item) for item in value)
    elif value is not None:
        yield str(value)


def index_records(
    connection: sa.Connection, release: Release, records: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Bring the search rows of records (entity, values with their id) up to date, in one statement."""
    write = indexing(connection, release, records)
    if write is not None:
        write.run(connection)


def indexing(
    connection: sa.Connection, release: Release, records: Sequence[tuple[str, Mapping[str, Any]]]
) -> Write | None:
    """The statement that does so, where there is anything to search by; the connection says for which database."""
    rows = list(_rows(release, records))
    if not rows:
        return None
    upsert = _UPSERT[release.tables.engine]
    return Write(release.cached("search upsert", lambda: writing(connection, upsert, [*rows[0]])), rows)


def _rows(release: Release, records: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for entity, record in records:
        table = release.tables[entity]
        coded, alike = coded_of(release, entity), likenesses_of(release, entity)
        if coded or alike:
            terms = terms_of(coded, alike, record)
            yield {"entity": table.stable_name, "record": record["id"], "title": "", "terms": terms}


def _upsert(insert: Any) -> Any:
    kept = system.search.c
    return insert.on_conflict_do_update(
        index_elements=[kept.entity, kept.record],
        set_={"terms": insert.excluded.terms},
        where=kept.terms != insert.excluded.terms,
    )


_UPSERT = {
    "sqlite": _upsert(sqlite.insert(system.search)),
    "postgresql": _upsert(postgresql.insert(system.search)),
}
