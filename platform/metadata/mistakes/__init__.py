"""Every kind of mistake in a document, as data: the one list that messages, documentation and tests are made of."""

from __future__ import annotations

from kith.metadata.mistakes import (
    calendars,
    dashboards,
    data,
    files,
    flows,
    layers,
    layouts,
    lint,
    model,
    privacy,
    shape,
    timing,
)
from kith.problems import Mistake
from kith.yaml_mistakes import MISTAKES as YAML


def _of(module: object, family: str = "") -> tuple[Mistake, ...]:
    found = (value for value in vars(module).values() if isinstance(value, Mistake))
    return tuple(value for value in found if value.code.startswith(family))


FAMILIES: dict[str, tuple[Mistake, ...]] = {
    "D1": YAML,
    "D2": _of(shape),
    "D3": _of(layers),
    "D4": (
        *_of(model),
        *_of(flows, "D4"),
        *_of(timing),
        *_of(calendars),
        *_of(layouts),
        *_of(dashboards, "D4"),
        *_of(privacy, "D4"),
        *_of(files),
    ),
    "D5": _of(data),
    "W5": (*_of(lint), *_of(flows, "W5"), *_of(dashboards, "W5"), *_of(privacy, "W5")),
}
"""By family, in the order of the documentation."""

ALL: dict[str, Mistake] = {mistake.code: mistake for family in FAMILIES.values() for mistake in family}
