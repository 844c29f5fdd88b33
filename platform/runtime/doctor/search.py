"""Search rows against the records that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.doctor.findings import Found, Visit
from kith.runtime.doctor.samples import batches, renewed
from kith.runtime.schema.system import search
from kith.runtime.search.indexing import indexed_of
from kith.runtime.write.renewing import renew


def look(visit: Visit) -> Found:
    """Every record is found by what it now says, and nothing is found that is not there."""
    looked, flaws = 0, []
    for name in _searched(visit):
        wrong: list[str] = []
        for ids in batches(visit, name):
            looked += len(ids)
            wrong += _differing(visit, name, ids)
        if wrong:
            flaws.append(
                Words(
                    f"{name}: {len(wrong)} records are not found by what they say, such as {wrong[0]}",
                    f"{name}：{len(wrong)} 条记录无法按现有内容搜到，例如 {wrong[0]}",
                )
            )
    with visit.database.read() as connection:
        flaws += _orphans(visit, connection)
        if connection.dialect.name == "sqlite":
            flaws += _index(connection)
    return Found(Words(f"{looked} records indexed anew", f"重新索引了 {looked} 条记录"), looked, flaws)


def _searched(visit: Visit) -> Iterator[str]:
    return (name for name in visit.release.model.entities if indexed_of(visit.release, name))


def _differing(visit: Visit, entity: str, ids: Sequence[str]) -> list[str]:
    """The records whose row says something else when it is made anew; nothing of it is kept."""
    table = visit.release.tables[entity].stable_name
    asked = sa.select(search.c.record, search.c.terms).where(search.c.entity == table, search.c.record.in_(ids))

    def look(connection: sa.Connection) -> dict[str, str]:
        return {str(id_): terms for id_, terms in connection.execute(asked)}

    before, after = renewed(visit, entity, (), ids, look)
    return [id_ for id_, terms in after.items() if before.get(id_) != terms]


def _orphan_conditions(visit: Visit) -> Iterator[tuple[str, sa.ColumnElement[bool]]]:
    tables = {table.stable_name: table for table in visit.release.tables.entities.values()}
    kept = {*tables, *visit.release.names.kept}
    yield "", search.c.entity.not_in(sorted(kept))
    for name, table in tables.items():
        there = sa.exists().where(table.id == search.c.record)
        yield name, (search.c.entity == name) & ~there


def _orphans(visit: Visit, connection: sa.Connection) -> Iterator[Words]:
    for name, condition in _orphan_conditions(visit):
        count = connection.scalar(sa.select(sa.func.count()).select_from(search).where(condition))
        if count:
            yield Words(
                f"{name or '–'}: {count} rows of records that are not there",
                f"{name or '–'}：{count} 行对应的记录不存在",
            )


def _index(connection: sa.Connection) -> Iterator[Words]:
    """SQLite keeps the words apart from the rows that they are of, by triggers."""
    rows = connection.exec_driver_sql("SELECT count(*) FROM kith_search").scalar()
    words = connection.exec_driver_sql("SELECT count(*) FROM kith_search_index_docsize").scalar()
    if rows != words:
        yield Words(f"{words} rows are in the index of words, of {rows}", f"词索引有 {words} 行，应为 {rows} 行")


def mend(visit: Visit) -> Iterator[Words]:
    """Index what is not found, take away what is not there, and build SQLite's index of words anew."""
    for name in _searched(visit):
        wrong = 0
        for ids in batches(visit, name):
            found = _differing(visit, name, ids)
            if found:
                visit.database.run(
                    lambda connection, name=name, found=found: renew(  # type: ignore[misc]
                        connection, visit.context, visit.release, name, (), found
                    )
                )
                wrong += len(found)
        if wrong:
            yield Words(f"{name}: {wrong} records were indexed", f"{name}：已索引 {wrong} 条记录")
    with visit.database.write() as connection:
        gone = sum(connection.execute(sa.delete(search).where(one)).rowcount for _, one in _orphan_conditions(visit))
        if connection.dialect.name == "sqlite" and any(_index(connection)):
            connection.exec_driver_sql("INSERT INTO kith_search_index(kith_search_index) VALUES ('rebuild')")
            yield Words("the index of words was built anew", "已重建词索引")
    if gone:
        yield Words(f"{gone} rows of records that are not there were taken away", f"已删除 {gone} 行无对应记录的内容")
