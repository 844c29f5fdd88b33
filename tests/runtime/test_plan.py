"""Each case: what is planned in both languages, what the tables are afterwards, and that nothing is left to do then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.metadata.model import Model
from kith.rules.sql.values import instant
from kith.runtime import releases
from kith.runtime.applying.applying import Hooks, apply
from kith.runtime.applying.progress import CannotApply
from kith.runtime.database import Database, open_database
from kith.runtime.plan.planning import plan
from kith.runtime.release import Release
from kith.runtime.schema.drift import find_drift
from tests.runtime.plan_cases import CASES, ID, Case
from tests.runtime.plan_types import CASES as TYPES

ALL = CASES | TYPES
EXPECTED = Path(__file__).parent / "plans"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOOKS = Hooks(renew=lambda connection, release, entity, fields, ids: None)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def publish(database: Database, candidate: Model, base: Release | None) -> Release:
    return apply(plan(candidate, base, database), database, clock=lambda: NOW, hooks=HOOKS, allow_loss=True)


def insert(database: Database, release: Release, case: Case) -> None:
    now = instant(NOW) if database.kind == "sqlite" else NOW
    for name, rows in case.rows.items():
        table = release.tables[name]
        with database.write() as connection:
            for number, row in enumerate(rows):
                values: dict[str, Any] = {"id": ID.format(number), "version": 1, "created_at": now, "updated_at": now}
                values |= {key: now if value is True else value for key, value in row.items()}
                connection.execute(table.table.insert().values(values))
    for (name, of), linked in case.links.items():
        with database.write() as connection:
            link = release.tables[name].links[of].table
            connection.execute(link.insert(), [{"record": ID.format(at), "value": value} for at, value in linked])


def schema(connection: sa.Connection) -> str:
    inspector = sa.inspect(connection)
    lines: list[str] = []
    for name in sorted(name for name in inspector.get_table_names() if not name.startswith("kith_")):
        columns = ", ".join(f"{column['name']} {column['type']}" for column in inspector.get_columns(name))
        lines += [name, f"  {columns}"]
        for index in sorted(inspector.get_indexes(name), key=lambda index: str(index["name"])):
            over = index["column_names"] if None not in index["column_names"] else index["expressions"]
            lines.append(f"  {'unique' if index['unique'] else 'index'} {index['name']} {', '.join(map(str, over))}")
        for key in sorted(inspector.get_foreign_keys(name), key=lambda key: key["constrained_columns"]):
            lines.append(
                f"  {key['constrained_columns'][0]} -> {key['referred_table']} {key['options'].get('ondelete', '')}".rstrip()
            )
    return "\n".join(lines) + "\n"


def data(connection: sa.Connection, release: Release) -> str:
    lines: list[str] = []
    for table in release.tables.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in ("created_at", "updated_at", "deleted_at")]
        for row in connection.execute(sa.select(*columns).order_by(columns[0], *columns[1:2])):
            shown = {column.name: value for column, value in zip(columns, row, strict=True) if value is not None}
            for own in ("version", "computed"):
                shown.pop(own, None)
            lines.append(f"{table.name} " + ", ".join(f"{name}={value}" for name, value in shown.items()))
    return "\n".join(lines) + "\n" if lines else ""


@pytest.mark.parametrize("name", ALL)
@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
def test_a_plan_says_what_apply_makes(name: str, database: Database, update: bool) -> None:
    case = ALL[name]
    base = publish(database, case.before, None) if case.before.entities else None
    if base:
        insert(database, base, case)
    for model in case.between:
        base = publish(database, model, base)
    planned = plan(case.after, base, database)
    parts = [planned.as_text("en"), planned.as_text("zh-CN")]
    if planned.is_refused:
        with pytest.raises(CannotApply):
            apply(planned, database, hooks=HOOKS)
    else:
        after = apply(planned, database, hooks=HOOKS, allow_loss=True)
        with database.read() as connection:
            parts += [schema(connection), data(connection, after)]
            assert find_drift(connection, after.tables, after.names) == ()
            stored = releases.load_current(connection)
            assert stored is not None
            layers = tuple(replace(layer, root=layer.name) for layer in case.after.layers)
            assert (stored.number, stored.names, stored.layers) == (after.number, after.names, layers)
        again = plan(case.after, after, database)
        assert (again.changes, again.drift) == ((), ())
    compare_with_file(EXPECTED / f"{name}.{database.kind}.txt", "\n".join(parts), update)


def compare_with_file(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
