"""How the channel of a save writes the values that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.metadata.model import Field
from kith.runtime.coerce import Reading

if TYPE_CHECKING:
    from kith.runtime.write.session import Session


def reading_of(session: Session, declared: Field) -> Reading:
    """How the channel of this save writes values: people type them, or a file brings nothing but texts."""
    cause = session.cause
    typed = cause.typed or cause.channel == "form"
    points = declared.type_name == "percent" and typed
    found = session.readings.get(points)
    if found is None:
        zone = session.context.reader_zone if typed else session.context.zone
        found = session.readings[points] = Reading(zone, typed or cause.channel == "import", points)
    return found
