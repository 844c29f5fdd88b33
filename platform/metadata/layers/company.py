"""The company layer: what a customer says over the templates, and the only layer that is edited in a running CRM."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kith.metadata.layers.loading import base_name, layer_of
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import FOLDERS

NAME = "company"
"""How a company layer is called that nobody has given another name."""
APP = "app.yaml"
_PATH = re.compile(rf"{re.escape(APP)}|(?:{'|'.join(map(re.escape, FOLDERS))})/(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.yaml")


def company_of(layers: Sequence[Layer]) -> Layer | None:
    """The company layer of a stack: the last, where it extends another; none of a template that stands alone."""
    return layers[-1] if len(layers) > 2 and base_name(layers[-1]) else None


def with_company(layers: Sequence[Layer], changes: Mapping[str, str | None]) -> tuple[Layer, ...]:
    """The stack with other texts of documents in its company layer, None for those that go; all other layers stay.

    A stack without a company layer gets one. Paths are those of documents: raises ValueError for others.
    """
    company = company_of(layers)
    lower = layers[:-1] if company else layers
    documents = dict(company.documents if company else _first_words(layers))
    for path, text in changes.items():
        if not _PATH.fullmatch(path) or (path == APP and text is None):
            raise ValueError(f"{path} is no document of a company layer")
        documents.pop(path, None)
        if text is not None:
            documents[path] = text.replace("\r\n", "\n")
    name = company.name if company else NAME
    return (*lower, layer_of(in_order(documents), company.root if company else name, name))


def in_order(documents: Mapping[str, str]) -> dict[str, str]:
    """Documents in the order in which they are read from a folder."""
    return dict(sorted(documents.items(), key=lambda item: item[0].split("/")))


def _first_words(layers: Sequence[Layer]) -> dict[str, str]:
    """The documents of an empty company layer over a stack."""
    taken = {layer.name for layer in layers}
    name = next(one for one in (NAME, *(f"{NAME}_{number}" for number in range(2, 100))) if one not in taken)
    return {APP: f"app: {name}\nversion: 1.0.0\nextends: {layers[-1].name}\n"}
