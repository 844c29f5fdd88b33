"""Building: merged documents become the frozen model, with every expression compiled in its place."""

from __future__ import annotations

from kith.metadata.build.building import build

__all__ = ["build"]
