"""The keys and values of a document, each with the shape of its place and whose names are meant there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.reading import chosen
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence

Schema = Mapping[str, Any]
NONE: Schema = {}


@dataclass(frozen=True, slots=True)
class Spot:
    """A key, or a value that is a scalar.

    `schema` is that of the value; for a key, that of the map which it stands in. `path` leads there, the key itself included.
    """

    scalar: Scalar
    is_key: bool
    schema: Schema
    path: tuple[str, ...]
    within: MappingNode
    kind: str
    root: MappingNode
    owner: str
    """The entity whose names are meant; "" where none is known."""
    flow: bool = False
    field: str = ""
    """The field that has this value, in a record of data, of a test or of an import."""
    whole: MappingNode | None = None
    """The map at this place as all layers together say it, where the document is one of several."""

    @property
    def to(self) -> str:
        """What the name at this place leads to; "" for what is no name of something declared."""
        if not self.is_key:
            return str(self.schema.get("kith:to", ""))
        if self.scalar.text in self.schema.get("properties", NONE):
            return ""
        return str(self.schema.get("kith:keys", ""))


Led = Callable[[str, str], str]
"""The entity that a field or relation of an entity leads to."""


def nowhere(entity: str, name: str) -> str:
    """Nothing leads anywhere."""
    return ""


def spots(
    kind: str, root: MappingNode, led: Led = nowhere, owner: str = "", whole: MappingNode | None = None
) -> Iterator[Spot]:
    """All of a document of a kind; `owner` is the entity that it is about where the document itself does not say.

    `whole` is the document with what lower layers say: which entity it is about, say, or of which type a field is.
    """
    said = whole or root
    of = said.get("entity" if kind == "entity" else "of")
    owner = of.text if isinstance(of, Scalar) else owner
    nothing = Scalar("", "plain", root.span)
    first = Spot(nothing, True, KINDS[kind].schema, (), root, kind, said, owner, whole=whole)
    yield from _of_map(root, first, led)


def spot_at(among: Iterable[Spot], offset: int) -> Spot | None:
    """The one that an offset of the text stands in or right behind."""
    inside = (one for one in among if one.scalar.span.start <= offset <= one.scalar.span.end)
    return min(inside, key=lambda one: one.scalar.span.end - one.scalar.span.start, default=None)


def _of_map(node: MappingNode, above: Spot, led: Led) -> Iterator[Spot]:
    schema = chosen(above.whole or node, above.schema) if "kith:choose" in above.schema else above.schema
    named, other = schema.get("properties", NONE), schema.get("additionalProperties") or NONE
    about = "entity" if "entity" in named else "of"
    entity = (above.whole or node).get(about) if above.path else None
    if isinstance(entity, Scalar) and about in named:
        above = replace(above, owner=entity.text)
    for name, entry in node.entries.items():
        below = above.whole.get(name) if above.whole else None
        whole = below if isinstance(below, MappingNode) else None
        at = replace(above, path=(*above.path, name), within=node, flow=above.flow or node.flow, whole=whole)
        yield replace(
            at, scalar=entry.key, is_key=True, schema=above.schema if "kith:choose" in above.schema else schema
        )
        inner = replace(at, is_key=False, schema=named.get(name, other), field=field_of(at, schema, name))
        if schema.get("kith:keys") == "entity":
            inner = replace(inner, owner=name)
        elif of := inner.schema.get("kith:of"):
            inner = replace(inner, owner=of)
        elif inner.field and not isinstance(entry.value, Scalar):
            # A record that is made along with this one: its keys are fields of its own entity.
            along = led(above.owner, name)
            inner = replace(inner, owner=along, schema={**schema, "items": schema}) if along else inner
        yield from _of(entry.value, inner, led)


def field_of(at: Spot, schema: Schema, name: str) -> str:
    """The field that the value at a key belongs to."""
    if at.path[-3:-2] == ("fields",) and name == "default":
        return at.path[-2]
    if at.kind == "import" and at.path[-4:-3] == ("values",) and at.path[-2] == "map":
        return at.path[-3]
    if at.kind == "import" and at.path[-3:-2] == ("values",) and name == "constant":
        return at.path[-2]
    values = schema.get("kith:keys") == "field" and not schema.get("additionalProperties")
    return name if values and at.kind in ("tests", "data") else ""


def _of(node: Node, at: Spot, led: Led) -> Iterator[Spot]:
    if isinstance(node, Scalar):
        yield replace(at, scalar=node)
    elif isinstance(node, MappingNode):
        yield from _of_map(node, at, led)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _of(item, replace(at, schema=at.schema.get("items", NONE)), led)
