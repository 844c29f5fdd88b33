"""Files: what records name is there with all its bytes, and there are no files of nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.fields.files import FILES
from kith.problems import Words
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.files.described import ids_in
from kith.runtime.files.keeping import columns_of
from kith.runtime.files.letting_go import let_go
from kith.runtime.files.reading import whole
from kith.runtime.schema import system
from kith.runtime.schema.tables import EntityTable

_FILE, _PART = system.file, system.file_part


def look(visit: Visit) -> Found:
    """Every file that a record names is its own and whole; deeply, its bytes are those that were kept."""
    with visit.database.read() as connection:
        total = int(connection.scalar(sa.select(sa.func.count()).select_from(_FILE)) or 0)
        flaws = [*_missing(connection, visit), *_cut(connection), *(_changed(connection) if visit.deep else ())]
        for orphan in _orphans(connection, visit):
            count = int(
                connection.scalar(sa.select(sa.func.count()).select_from(orphan.table).where(orphan.which)) or 0
            )
            if count:
                flaws.append(orphan.words(count))
    return Found(counted(total, "file", "files", "个文件"), total, flaws)


def mend(visit: Visit) -> Iterator[Words]:
    """Take away what belongs to nobody; what is missing only a backup has."""
    with visit.database.write() as connection:
        count = 0
        for orphan in _orphans(connection, visit):
            if orphan.table is _FILE:
                count += let_go(connection, orphan.which)
            else:
                count += connection.execute(sa.delete(_PART).where(orphan.which)).rowcount
    if count:
        yield Words(f"{count} files or portions of nobody were taken away", f"已删除 {count} 个无主的文件或片段")


def _missing(connection: sa.Connection, visit: Visit) -> Iterator[Words]:
    for table in visit.release.tables.entities.values():
        for field in table.entity.fields.values():
            if field.type_name not in FILES or field.is_computed:
                continue
            columns = columns_of(visit.release.names.entities[table.entity.name], field.name)
            count = sum(
                not _is_there(connection, table, columns, *one) for one in _named(connection, table, field.name)
            )
            if count:
                place = f"{table.entity.name}.{field.name}"
                yield Words(
                    f"{place}: {count} files that records name are not there", f"{place}：{count} 个被引用的文件不存在"
                )


def _named(connection: sa.Connection, table: EntityTable, field: str) -> Iterator[tuple[str, str]]:
    """The records and the ids of the files that a field of theirs holds."""
    if field in table.links:
        link = table.links[field]
        chosen = sa.select(link.record, link.value)
    else:
        column = table.columns[field].parts["id"]
        chosen = sa.select(table.id, column).where(column.is_not(None))
    for record, value in connection.execute(chosen):
        yield from ((str(record), id_) for id_ in ids_in(value))


def _is_there(connection: sa.Connection, table: EntityTable, columns: Collection[str], record: str, id_: str) -> bool:
    whose = (_FILE.c.entity == table.stable_name, _FILE.c.record == record, _FILE.c.field.in_(columns))
    return connection.execute(sa.select(_FILE.c.id).where(_FILE.c.id == id_, *whose)).first() is not None


def _cut(connection: sa.Connection) -> Iterator[Words]:
    """Files whose portions are not as long together as the file."""
    length = sa.func.coalesce(sa.func.sum(sa.func.length(_PART.c.data)), 0)
    sizes = sa.select(length).where(_PART.c.file == _FILE.c.id).scalar_subquery()
    for id_, name in connection.execute(sa.select(_FILE.c.id, _FILE.c.name).where(_FILE.c.size != sizes)):
        yield Words(f"{id_} ({name}): bytes are missing", f"{id_}（{name}）：内容不完整")


def _changed(connection: sa.Connection) -> Iterator[Words]:
    for id_, name, sum_ in connection.execute(sa.select(_FILE.c.id, _FILE.c.name, _FILE.c.sha256)).all():
        digest = hashlib.sha256()
        for data in whole(connection, str(id_)):
            digest.update(data)
        if digest.hexdigest() != sum_:
            yield Words(
                f"{id_} ({name}): its bytes are not those that were kept", f"{id_}（{name}）：内容与保存时不一致"
            )


@dataclass(frozen=True, slots=True)
class _Orphan:
    """Rows of a table that belong to nobody."""

    table: sa.Table
    which: sa.ColumnElement[bool]
    english: str
    chinese: str

    def words(self, count: int) -> Words:
        """How many there are."""
        return Words(f"{count} {self.english}", f"{count} {self.chinese}")


def _orphans(connection: sa.Connection, visit: Visit) -> Iterator[_Orphan]:
    yield _Orphan(_PART, _PART.c.file.not_in(sa.select(_FILE.c.id)), "portions of no file", "个不属于任何文件的片段")
    known = {names.table for names in visit.release.names.entities.values()} | visit.release.names.kept.keys()
    there = {name for name in known if sa.inspect(connection).has_table(name)}
    held = _FILE.c.entity.is_not(None)
    yield _Orphan(_FILE, sa.and_(held, _FILE.c.entity.not_in(there)), "files of no entity", "个不属于任何实体的文件")
    for name in sorted(there):
        record = sa.table(name, sa.column("id", _FILE.c.record.type))
        gone = _FILE.c.record.not_in(sa.select(record.c.id))
        which = sa.and_(_FILE.c.entity == name, gone)
        yield _Orphan(_FILE, which, f"files of records of {name} that are not there", f"个文件所属的 {name} 记录不存在")
