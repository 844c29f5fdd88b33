"""Which records an entity's retention takes now; a plan asks it of a rule that is not in force yet."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from kith.metadata.model_privacy import STAMPS, Retention
from kith.rules.sql.values import to_database
from kith.rules.types import DATE, DATETIME
from kith.runtime.context import Context
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.storage import VALUE


def overdue(context: Context, release: Release, entity: str, retention: Retention) -> sa.Select[Any]:
    """The ids of the records, in their order: neither held nor as an erasure has left them."""
    table, erased = release.tables[entity], system.erased.c
    done = sa.exists().where(
        erased.entity == table.stable_name, erased.record == table.id, erased.version == table.table.c.version
    )
    wanted = sa.select(table.id).where(_has_passed(context, release, entity, retention)).order_by(table.id)
    held = sa.select(system.hold.c.record).where(
        system.hold.c.entity == table.stable_name, system.hold.c.lifted_at.is_(None)
    )
    wanted = wanted.where(table.id.not_in(held))
    return wanted.where(table.live) if retention.do == "delete" else wanted.where(~done)


def _has_passed(context: Context, release: Release, entity: str, retention: Retention) -> sa.ColumnElement[bool]:
    table, engine = release.tables[entity], release.tables.engine
    day, name = cutoff(context, retention.after), retention.from_field
    if name in STAMPS:
        column, type_ = table.table.c[name], DATETIME
    else:
        column, type_ = table.columns[name].parts[VALUE], release.model.entities[entity].fields[name].type
    if type_.kind == "date":
        return column <= sa.literal(to_database(day, DATE, engine), column.type)
    # An instant of that day counts: the day has passed as a whole, in the workspace's time zone.
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=context.zone).astimezone(UTC)
    return column < sa.literal(to_database(end, DATETIME, engine), column.type)


def cutoff(context: Context, after: str) -> date:
    """The last day that lies as long ago as is said."""
    today = context.now.astimezone(context.zone).date()
    unit = after.lstrip("0123456789")
    count = int(after.removesuffix(unit))
    if unit in ("d", "w"):
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
