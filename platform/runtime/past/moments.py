"""Moments that somebody names: a day means its end, so that all that was done on it has been done."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

import sqlalchemy as sa

from kith.runtime.schema import system


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """The instant of a text: a day (its end in the zone), or a day and a time, with an offset or in the zone; None for others."""
    text = text.strip()
    try:
        if len(text) == len("2026-01-31"):
            return (
                _utc(datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone)) - datetime.resolution
            )
        found = datetime.fromisoformat(text)
        return _utc(found if found.tzinfo is not None else found.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def release_at(connection: sa.Connection, at: datetime) -> int:
    """The number of the release that was in force at a moment, 0 before the first."""
    release = system.release.c
    return int(connection.scalar(sa.select(sa.func.max(release.number)).where(release.at <= at)) or 0)
