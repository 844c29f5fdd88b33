"""The tables, columns and indexes of the current release, and its views."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.applying.steps import AddForeignKey, CheckForeignKey, MakeIndex
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.schema.drift import Drift, find_drift
from kith.runtime.schema.keeping import columns_of
from kith.runtime.schema.names import Names, link_table
from kith.runtime.schema.views import make_views, missing_views

HARMLESS = frozenset({"column_added", "index_added"})
"""What somebody added by hand: worth knowing, and nothing that Kith minds."""
BESIDE = ("__sort", "__fold", "__fresh", "__as_of")
"""Columns that stand beside a value."""
INVALID = (
    "SELECT t.relname, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT i.indisvalid AND n.nspname = current_schema() ORDER BY 1, 2"
)


def look(visit: Visit) -> Found:
    """Everything that the release needs is there, and every index is whole."""
    tables = visit.release.tables.metadata.tables
    columns = sum(len(table.columns) for table in tables.values())
    indexes = sum(len(table.indexes) for table in tables.values())
    kept = sum(len(names.kept) for names in visit.release.names.entities.values()) + len(visit.release.names.kept)
    with visit.database.read() as connection:
        drift = find_drift(connection, visit.release.tables, visit.release.names)
        broken = list(_invalid(connection))
        lost = list(_lost(connection, visit.release.names))
    return Found(
        Words(
            f"{len(tables)} tables, {columns} columns, {indexes} indexes; kept aside: {kept}",
            f"{len(tables)} 个数据表、{columns} 列、{indexes} 个索引；另存保留 {kept} 项",
        ),
        len(tables),
        [
            *(_told(one) for one in drift if one.kind not in HARMLESS),
            *(
                Words(f"index {name} of {table} is not whole", f"数据表 {table} 的索引 {name} 不完整")
                for table, name in broken
            ),
            *lost,
        ],
        [_told(one) for one in drift if one.kind in HARMLESS],
    )


def _lost(connection: sa.Connection, names: Names) -> Iterator[Words]:
    """What is kept aside and is not there."""
    inspector = sa.inspect(connection)
    tables = set(inspector.get_table_names())
    for entity, of in names.entities.items():
        there = [column["name"] for column in inspector.get_columns(of.table)] if of.kept and of.table in tables else []
        for base, item in of.kept.items():
            is_stored = "computed" not in item.stored.split()
            held = [name for name in columns_of(there, base) if not name.endswith(BESIDE)]
            if is_stored and not held and link_table(of.table, base) not in tables:
                place = f"{entity}.{item.field}"
                yield Words(f"what was kept aside of {place} is missing", f"另存保留的 {place} 缺失")
    for table, kept in names.kept.items():
        if table not in tables:
            yield Words(f"what was kept aside of {kept.entity} is missing", f"另存保留的 {kept.entity} 缺失")


def _told(drift: Drift) -> Words:
    return Words(drift.message("en"), drift.message("zh"))


def _invalid(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Indexes that a build which died has left behind; SQLite has none."""
    if connection.dialect.name == "postgresql":
        yield from ((str(table), str(name)) for table, name in connection.exec_driver_sql(INVALID))


def lacks_columns(visit: Visit) -> bool:
    """Whether something is not there without which records cannot be read."""
    with visit.database.read() as connection:
        drift = find_drift(connection, visit.release.tables, visit.release.names)
    return any(one.kind in ("table_missing", "column_missing") for one in drift)


def mend(visit: Visit) -> Iterator[Words]:
    """Build missing indexes, and those that are not whole, and on PostgreSQL missing foreign keys.

    Tables and columns are not made anew: what stood in them has to come from a backup.
    """
    tables = visit.release.tables.metadata.tables
    with visit.database.read() as connection:
        drift = find_drift(connection, visit.release.tables, visit.release.names)
        broken = list(_invalid(connection))
    wanted = [(one.table, one.name) for one in drift if one.kind == "index_missing"]
    for table, name in (*wanted, *broken):
        if table in tables and name in {index.name for index in tables[table].indexes}:
            # Outside of a transaction on PostgreSQL, where it is built beside writers.
            with visit.database.read() if visit.database.kind == "postgresql" else visit.database.write() as connection:
                MakeIndex(tables[table], name).run(connection)
            yield Words(f"index {name} of {table} was built", f"已创建数据表 {table} 的索引 {name}")
    if visit.database.kind == "postgresql":
        yield from _foreign_keys(visit, drift)


def _foreign_keys(visit: Visit, drift: tuple[Drift, ...]) -> Iterator[Words]:
    for one in drift:
        if one.kind == "foreign_key_missing":
            table = visit.release.tables.metadata.tables[one.table]
            for step in (AddForeignKey(table, one.name), CheckForeignKey(table, one.name)):
                with visit.database.write() as connection:
                    step.run(connection)
            yield Words(f"{one.table}.{one.name} is checked again", f"已恢复对 {one.table}.{one.name} 的检查")


def look_at_views(visit: Visit) -> Found:
    """Every entity has its view under today's names."""
    with visit.database.read() as connection:
        missing = missing_views(connection, visit.release)
    count = len(visit.release.model.entities)
    flaws = [
        Words(f"view {name} is missing or not of this release", f"视图 {name} 缺失或不属于此发布") for name in missing
    ]
    return Found(counted(count, "view", "views", "个视图"), count, flaws)


def mend_views(visit: Visit) -> Iterator[Words]:
    """Make them anew."""
    with visit.database.write() as connection:
        made = make_views(connection, visit.release)
    yield Words(f"{made} views were made", f"已创建 {made} 个视图")
