"""Layers: folders of documents, read, put on each other, and asked where a value comes from."""

from __future__ import annotations

from kith.metadata.layers.documents import Merged, Part, merged
from kith.metadata.layers.loading import CORE, PACKAGES, base_name, layer_of, load, load_layer
from kith.metadata.layers.why import Origin, why

__all__ = [
    "CORE",
    "PACKAGES",
    "Merged",
    "Origin",
    "Part",
    "base_name",
    "layer_of",
    "load",
    "load_layer",
    "merged",
    "why",
]
