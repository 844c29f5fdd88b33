"""Values go into a database and come back as they were, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from kith.rules.sql.connecting import scratch_engine
from kith.rules.sql.values import Engine, from_database, is_wide, sql_type, to_database
from kith.rules.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    INT,
    PERCENT,
    PERIOD,
    TEXT,
    TIME,
    Type,
    choice,
    decimal,
    money,
    ref,
)
from kith.rules.values import Period

VALUES: list[tuple[Type, object]] = [
    (BOOL, True),
    (BOOL, False),
    (INT, -999_999_999_999_999),
    (decimal(18, 4), Decimal("-99999999999999.9999")),
    (decimal(38, 6), Decimal("-12345678901234567890123456789012.345678")),
    (decimal(38, 6), Decimal("0.000001")),
    (money("CNY", 12, 2), Decimal("0.05")),
    (PERCENT, Decimal("0.150000")),
    (TEXT, "张三 'x' \\ %_"),
    (choice(("a", "b")), "a"),
    (DATE, date(1900, 1, 1)),
    (DATE, date(2999, 12, 31)),
    (DATETIME, datetime(1900, 1, 1, tzinfo=UTC)),
    (DATETIME, datetime(2999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    (TIME, time(9, 30)),
    (DURATION, timedelta(days=-1_000_000, microseconds=1)),
    (PERIOD, Period(-13)),
    (ref("x"), "01890000-0000-7000-8000-000000000001"),
]


@pytest.mark.parametrize(("type_", "value"), VALUES, ids=[f"{type_} {value}" for type_, value in VALUES])
def test_a_value_comes_back_as_it_was(type_: Type, value: object, database_url: str) -> None:
    engine = scratch_engine(database_url)
    name: Engine = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    held = sa.literal(to_database(value, type_, name), sql_type(type_, name))
    with engine.connect() as connection:
        found = from_database(connection.scalar(sa.select(held)), type_, name)
        missing = connection.scalar(sa.select(sa.cast(sa.null(), sql_type(type_, name))))
    engine.dispose()
    assert type(found) is type(value)
    assert str(found) == str(value)
    assert from_database(missing, type_, name) is None


def test_wide_numbers_sort_as_texts_on_sqlite() -> None:
    type_ = decimal(38, 6)
    assert is_wide(type_)
    numbers = [
        Decimal("-5e30"),
        Decimal(-1),
        Decimal("-0.000001"),
        Decimal(0),
        Decimal("0.5"),
        Decimal(9),
        Decimal("1e31"),
    ]
    texts = [to_database(number, type_, "sqlite") for number in numbers]
    assert texts == sorted(texts)
    assert len({len(text) for text in texts}) == 1


def test_what_has_more_places_is_stored_half_up() -> None:
    assert to_database(Decimal("0.125"), decimal(5, 2), "sqlite") == 13
    assert to_database(Decimal("-0.125"), decimal(5, 2), "postgresql") == Decimal("-0.13")
