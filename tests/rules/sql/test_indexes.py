"""Conditions stay usable for indexes: the planners of both engines take the index of the column that a condition names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from kith.rules.sql.connecting import dialect_of, scratch_engine
from kith.rules.sql.lower import condition
from kith.rules.sql.values import to_database
from kith.rules.types import DATE, DATETIME, DECIMAL, Type
from tests.rules.sql.layout import Layout, tree

SERVED = [
    ("amount > 1000", "i_amount"),
    ("not (amount > 1000) and amount is set", "i_amount"),
    ("amount > 0.125", "i_amount"),
    ("amount between 5 and 10 and not ok", "i_amount"),
    ("amount == 12.50", "i_amount"),
    ("size in [1, 2, 3]", "i_size"),
    ("name == me.name", "i_name"),
    ("owner == me", "i_owner"),
    ('stage < "open" and ok', "i_stage"),
    ('stage in ["won"]', "i_stage"),
    ("due < today() - 300d", "i_due"),
    ("due >= today() - 1mo and due <= today()", "i_due"),
    ("local_date(seen) == today()", "i_seen"),
    ("seen > now() - 4h", "i_seen"),
    ('starts_with(name, "Kith")', "i_name"),
    ("amount > me.limit", "i_amount"),
]


@pytest.fixture
def layout(database_url: str) -> Iterator[tuple[Layout, sa.Connection]]:
    engine = scratch_engine(database_url)
    with engine.connect() as connection:
        made = Layout(dialect_of(connection, "Asia/Shanghai"))
        made.metadata.create_all(connection)
        if made.dialect.name == "postgresql":
            # What matters is whether the index can serve, not whether it is worth it for an empty table.
            connection.execute(sa.text("SET enable_seqscan = off"))
        yield made, connection
    engine.dispose()


def parameters(layout: Layout) -> dict[str, object]:
    held: list[tuple[str, object, Type]] = [
        ("today", date(2026, 11, 25), DATE),
        ("now", datetime(2026, 11, 25, 8, tzinfo=UTC), DATETIME),
        ("me_limit", Decimal("5.00"), DECIMAL),
    ]
    found: dict[str, object] = {name: to_database(value, type_, layout.dialect.name) for name, value, type_ in held}
    return found | {"me_name": "Ann", "me_id": "01890000-0000-7000-8000-000000000001"}


def plan(layout: Layout, connection: sa.Connection, text: str) -> str:
    query = sa.select(layout.this.source.c.id).where(condition(tree(text), layout, layout.dialect))
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    explain = "EXPLAIN QUERY PLAN " if layout.dialect.name == "sqlite" else "EXPLAIN "
    values = {**parameters(layout)}
    held = compiled.construct_params({name: value for name, value in values.items() if name in compiled.params})
    if compiled.positional:
        rows = connection.exec_driver_sql(
            explain + str(compiled), tuple(held[name] for name in compiled.positiontup or ())
        )
    else:
        rows = connection.exec_driver_sql(explain + str(compiled), held)
    return "\n".join(str(row) for row in rows)


@pytest.mark.parametrize(("text", "index"), SERVED, ids=[text for text, _ in SERVED])
def test_an_index_serves(text: str, index: str, layout: tuple[Layout, sa.Connection]) -> None:
    shown = plan(*layout, text)
    assert index in shown
    assert "SCAN record" not in shown.replace("USING INDEX", "") or "SEARCH record" in shown


def test_a_relation_is_found_by_its_foreign_key(layout: tuple[Layout, sa.Connection]) -> None:
    assert "ix_lines_of_record_parent" in plan(*layout, "hot and any(lines where price > 5)")


def test_a_tag_is_found_by_its_record(layout: tuple[Layout, sa.Connection]) -> None:
    assert "i_record__tags" in plan(*layout, '"vip" in tags and hot')
