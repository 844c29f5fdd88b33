"""What two stacks of layers say differently: every setting by its path, with what each says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kith.metadata.editing import data_of, differences
from kith.metadata.editing.values import inline
from kith.metadata.layers.documents import Document, Merged, merged
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.source import Mapping, Node


@dataclass(frozen=True, slots=True)
class Differs:
    """A setting such as `entity.shop.fields.city.label`; None stands for what one side does not say."""

    path: str
    before: str | None
    after: str | None
    moved: bool = False
    """Whether only its place among its neighbours differs."""

    @property
    def sign(self) -> str:
        """`+` for what came, `-` for what went, `~` for what changed."""
        return "+" if self.before is None else "-" if self.after is None else "~"


def differing(before: Sequence[Layer], after: Sequence[Layer]) -> list[Differs]:
    """The settings that differ when all layers are put on each other, in the order of the later documents."""
    memo = Memo()
    old, new = (merged(layers, [], memo) for layers in (before, after))
    return [one for key in _keys(old, new) for one in _document(key, old.documents.get(key), new.documents.get(key))]


def _keys(old: Merged, new: Merged) -> list[tuple[str, str]]:
    return sorted({*old.documents, *new.documents}, key=lambda key: (key[0] != "app", *key))


def _document(key: tuple[str, str], old: Document | None, new: Document | None) -> Iterator[Differs]:
    path = ".".join(filter(None, key))
    if old is None or new is None:
        yield Differs(path, _said(old.node if old else None), _said(new.node if new else None))
        return
    for one in differences(_own(old.node), _own(new.node)):
        where = ".".join((path, *one.path))
        yield Differs(where, _said(one.before), _said(one.after), one.moved)


def _own(node: Mapping) -> Mapping:
    """A document without the directives of layers, which are done with when they are merged."""
    return Mapping(
        {name: entry for name, entry in node.entries.items() if not name.startswith("~")}, node.span, node.flow
    )


def _said(node: Node | None) -> str | None:
    return None if node is None else inline(data_of(node), in_flow=False)
