"""What each view says: live records, logical names, values as a person reads them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors

from kith.metadata.model import Entity, Field
from kith.rules.sql.tables import Rows
from kith.rules.types import DATETIME, INT, Type, ref
from kith.runtime.layout import Layout
from kith.runtime.schema.names import shortened
from kith.runtime.schema.storage import VALUE, is_link, is_stored, parts_of
from kith.runtime.schema.views.titles import title_of
from kith.runtime.schema.views.values import readable

if TYPE_CHECKING:
    from kith.runtime.release import Release

MARK = "kith view"
OURS = re.compile(r"\bkith_\w+\(")
"""A function that only Kith's own connections to SQLite have."""
HIDDEN = frozenset({"secret"})
"""Types of fields that no view shows."""
AROUND = {
    "version": INT,
    "created_at": DATETIME,
    "created_by": ref("user"),
    "updated_at": DATETIME,
    "updated_by": ref("user"),
}
_DIALECTS: dict[str, Any] = {
    # With named parameters no `%` is doubled.
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
}
Named = Iterator[tuple[str, sa.ColumnElement[Any]]]


@dataclass(frozen=True, slots=True)
class View:
    """What a view says, the tables that this is made of, and a digest of both."""

    query: str
    tables: tuple[str, ...]
    digest: str


def view_names(release: Release) -> dict[str, str]:
    """The name of each entity's view, with the entity."""
    return {shortened(f"v_{name}"): name for name in release.model.entities}


def view_of(release: Release, entity: Entity) -> View:
    """The view of an entity."""
    table = release.tables[entity.name]
    layout = Layout(release.model, release.tables, release.dialect, Rows(entity.name, table.table))
    chosen = [one.label(shortened(name)) for name, one in _columns(release, layout, entity)]
    query = sa.select(*chosen).select_from(table.table).where(table.live)
    written = _written(release, query)
    assert written is not None
    tables = tuple(sorted({one.name for one in visitors.iterate(query) if isinstance(one, sa.Table)}))
    return View(written, tables, hashlib.sha256(" ".join((written, *tables)).encode()).hexdigest()[:16])


def _columns(release: Release, layout: Layout, entity: Entity) -> Named:
    engine, own = release.tables.engine, release.tables[entity.name].table.c
    yield "id", own.id
    for one in entity.fields.values():
        if one.type_name not in HIDDEN:
            yield from ((name, column) for name, column in _field(release, layout, one) if _is_sayable(release, column))
    for name, type_ in AROUND.items():
        yield name, readable(own[name], type_, engine)


def _field(release: Release, layout: Layout, one: Field) -> Named:
    """The columns of a field: its value, or its parts; of a reference the title as well."""
    engine, table = release.tables.engine, release.tables[one.entity]
    if is_stored(one) and is_link(one):
        yield one.name, _joined(release, layout, one)
        return
    if not is_stored(one):
        if one.value is not None and one.type.kind != "set":
            yield one.name, readable(layout.computed(layout.this, one), one.type, engine)
        return
    for part, type_ in parts_of(one).items():
        column = table.columns[one.name].parts[part]
        whole = layout.column(layout.this, one.name) if part == VALUE else column
        if not _is_sayable(release, whole):
            # What has run out with the day is shown as it was last worked out.
            whole = column
        if part not in ("sum", "count"):
            yield f"{one.name}__{part}" if part else one.name, readable(whole, type_, engine)
    if one.type.kind == "ref" and one.type.entity in release.model.entities and VALUE in table.columns[one.name].parts:
        title = title_of(layout, layout.found(one.type.entity, table.columns[one.name].value), engine)
        if title is not None:
            yield f"{one.name}__title", title


def _joined(release: Release, layout: Layout, one: Field) -> sa.ColumnElement[Any]:
    """The values of a set in one text, in order."""
    link = release.tables[one.entity].links[one.name]
    item = one.type.item or Type("text")
    value = sa.cast(link.value, sa.Text()) if item.kind == "ref" else link.value
    mine = sa.select(value.label("value")).where(link.record == layout.this.source.c.id).order_by(value)
    mine = mine.correlate(layout.this.source)
    if release.tables.engine == "postgresql":
        return sa.func.array_to_string(sa.func.array(mine.scalar_subquery()), ", ", type_=sa.Text())
    found = mine.subquery()
    return sa.select(sa.func.group_concat(found.c.value, ", ")).scalar_subquery()


def _is_sayable(release: Release, column: sa.ColumnElement[Any]) -> bool:
    """Whether everybody's connection to the database can work a column out."""
    if isinstance(column, sa.Column):
        return True
    written = _written(release, sa.select(column))
    return written is not None and not OURS.search(written)


def _written(release: Release, query: sa.Select[Any]) -> str | None:
    """A query as text without parameters; None where it needs one that the database does not know."""
    engine = release.tables.engine
    moments: dict[str, sa.ColumnElement[Any]] = {}
    if engine == "sqlite":
        moments["now"] = sa.literal_column("(CAST(strftime('%s', 'now') AS INTEGER) * 1000000)")
    else:
        moments["now"] = sa.literal_column("now()")
        moments["today"] = sa.cast(sa.func.timezone(sa.literal(release.dialect.zone), sa.func.now()), sa.Date())

    def told(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.BindParameter) and element.required:
            return moments[element.key]
        return None

    try:
        told_now: sa.ClauseElement = visitors.replacement_traverse(query, {}, told)  # type: ignore[assignment]
        return str(told_now.compile(dialect=_DIALECTS[engine], compile_kwargs={"literal_binds": True}))
    except (CompileError, NotImplementedError, KeyError):
        return None
