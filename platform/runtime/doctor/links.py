"""What refers to records: they are there, and lines have a parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.schema.tables import Column, Tables


@dataclass(frozen=True, slots=True)
class Tie:
    """A column that holds ids of another table's records; `is_link` where its rows are nothing else."""

    table: sa.Table
    column: Column
    target: sa.Table
    is_link: bool
    kind: Column | None = None
    """Of a reference to any record, the column that names the table; the tie is of those that name the target's."""

    @property
    def dangling(self) -> sa.ColumnElement[bool]:
        """The condition that its record is not there."""
        other = self.target.alias()
        gone = self.column.is_not(None) & ~sa.exists().where(other.c.id == self.column)
        return gone if self.kind is None else (self.kind == self.target.name) & gone


def look(visit: Visit) -> Found:
    """Whatever is referred to is there."""
    ties = list(ties_of(visit.release.tables))
    flaws = []
    with visit.database.read() as connection:
        for tie in ties:
            count = connection.scalar(sa.select(sa.func.count()).select_from(tie.table).where(tie.dangling))
            if count:
                place = f"{tie.table.name}.{tie.column.name}"
                flaws.append(
                    Words(
                        f"{place}: {count} refer to records of {tie.target.name} that are not there",
                        f"{place}：{count} 处引用的 {tie.target.name} 记录不存在",
                    )
                )
    return Found(
        counted(len(ties), "column that refers to records", "columns that refer to records", "个引用列"),
        len(ties),
        flaws,
    )


def mend(visit: Visit) -> Iterator[Words]:
    """Take away links to or from nothing. A reference of a record is a value of its own: which other one is meant, people know."""
    for tie in ties_of(visit.release.tables):
        if tie.is_link:
            with visit.database.write() as connection:
                count = connection.execute(sa.delete(tie.table).where(tie.dangling)).rowcount
            if count:
                yield Words(
                    f"{tie.table.name}: {count} links to nothing were taken away",
                    f"{tie.table.name}：已删除 {count} 条无效关联",
                )


def ties_of(tables: Tables) -> Iterator[Tie]:
    """Every column that holds ids of records."""
    for table in tables.entities.values():
        for columns in table.columns.values():
            kind = columns.field.type
            if kind.kind == "ref" and kind.entity in tables.entities and "" in columns.parts:
                yield Tie(table.table, columns.value, tables[kind.entity].table, is_link=False)
            for target in columns.entities.values():
                yield Tie(table.table, columns.tie, tables[target].table, is_link=False, kind=columns.parts["entity"])
        for link in table.links.values():
            yield Tie(link.table, link.record, table.table, is_link=True)
            item = link.field.type.item
            if item is not None and item.kind == "ref" and item.entity in tables.entities:
                yield Tie(link.table, link.value, tables[item.entity].table, is_link=True)


def look_at_lines(visit: Visit) -> Found:
    """Every owned line that is live belongs to a record that is live."""
    flaws, total = [], 0
    with visit.database.read() as connection:
        for name, entity in visit.release.model.entities.items():
            if not entity.owner_of_lines:
                continue
            total += 1
            table = visit.release.tables[name]
            reference = table.columns[entity.owner_of_lines]
            parent = visit.release.tables[reference.field.to].table.alias()
            has = sa.exists().where(parent.c.id == reference.value, parent.c.deleted_at.is_(None))
            count = connection.scalar(sa.select(sa.func.count()).select_from(table.table).where(table.live, ~has))
            if count:
                flaws.append(
                    Words(
                        f"{name}: {count} live lines without a live parent",
                        f"{name}：{count} 条有效的行没有有效的主记录",
                    )
                )
    return Found(counted(total, "kind of lines", "kinds of lines", "种从属行"), total, flaws)
