"""How the channel of a save writes the values that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.metadata.model import Field
from kith.runtime.coerce import Reading

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

TEXT_CHANNELS = frozenset({"form", "import"})
"""Channels in which every value arrives as text."""


def reading_of(session: Session, declared: Field) -> Reading:
    """How the channel of this save writes values."""
    points = declared.type_name == "percent" and session.cause.channel == "form"
    found = session.readings.get(points)
    if found is None:
        channel = session.cause.channel
        zone = session.context.reader_zone if channel == "form" else session.context.zone
        found = session.readings[points] = Reading(zone, channel in TEXT_CHANNELS, points)
    return found
