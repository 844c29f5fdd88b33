"""A stack of layers without one of them."""

from __future__ import annotations

from collections.abc import Sequence

from kith.metadata.editing import Put, Remove, edited
from kith.metadata.layers import base_name
from kith.metadata.model import Layer
from kith.packages.stack import with_documents


def without(layers: Sequence[Layer], name: str) -> tuple[Layer, ...] | None:
    """The layers without the one of that name, what stood on it now standing on what it stood on; None where it is not there."""
    gone = next((layer for layer in layers[1:] if layer.name == name), None)
    if gone is None:
        return None
    base = base_name(gone)
    left = [layer for layer in layers if layer is not gone]
    return tuple(_standing_on(layer, base) if base_name(layer) == name else layer for layer in left)


def _standing_on(layer: Layer, base: str) -> Layer:
    change = Put(("extends",), base) if base else Remove(("extends",))
    return with_documents(layer, {**layer.documents, "app.yaml": edited(layer.documents["app.yaml"], [change])})
