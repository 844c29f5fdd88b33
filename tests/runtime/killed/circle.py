"""Releases of a shop that go round in a circle: types, names, keys, roll-ups and reference data change, and come back."""

from __future__ import annotations

from collections.abc import Callable

from kith.runtime.applying.purging import kept_aside, purge_plan
from tests.runtime.rolling.world import FIRST, SECOND, World

KINDS = {
    "entities/kind.yaml": 'entity: kind\nlabel: Kind\nplural: Kinds\ntitle: "{code}"\nfields:\n'
    "  code: {type: text, required: true, unique: exact, label: Code}\n",
    "data/kinds.yaml": "data: kinds\nof: kind\nkey: code\nrows:\n  - {code: A}\n  - {code: B}\n",
}
VISITED = FIRST["entities/visit.yaml"].replace("what: {type: text,", "what: {type: text, unique: exact,")
COUNTED = FIRST["entities/item.yaml"] + (
    "  visited: {type: rollup, value: count(visits), label: Visited}\n"
    "  grade: {type: text, required: true, default: plain, label: Grade}\n"
)
START = FIRST
GROWN = START | KINDS | {"entities/item.yaml": COUNTED, "entities/visit.yaml": VISITED}
Way = Callable[[World], object]


def _purge(world: World) -> None:
    release = world.workspace.current()
    with world.workspace.database.read() as connection:
        everything = kept_aside(connection, release.names)
    world.carry_out(purge_plan(release, everything, everything))


CIRCLE: dict[str, Way] = {
    "types and names change": lambda world: world.publish(SECOND),
    "back": lambda world: world.back(),
    "keys, roll-ups and reference data": lambda world: world.publish(GROWN),
    "back again": lambda world: world.back(),
    "purge": _purge,
}
"""Ways from one release to the next; after the last, the values are those of the beginning."""
