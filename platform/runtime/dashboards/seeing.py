"""Which dashboards somebody has."""

from __future__ import annotations

from collections.abc import Collection

from kith.metadata.model_dashboards import Dashboard
from kith.runtime.read.reader import Reader


def visible(reader: Reader) -> list[Dashboard]:
    """The dashboards of which a reader may see a tile."""
    found = reader.release.model.dashboards.values()
    return [one for one in found if any(reader.may_read(tile.of) for tile in one.tiles.values())]


def own(reader: Reader, roles: Collection[str]) -> list[Dashboard]:
    """Those that he finds by himself: of his roles and of everybody; whoever administers finds all."""
    return [
        one for one in visible(reader) if reader.administers or not one.roles or not set(roles).isdisjoint(one.roles)
    ]
