"""Checks of what is drawn: icons that there are."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import lint
from kith.problems import Problem, Words, nearest
from kith.source import Mapping, Node, Scalar

ICONS = frozenset((files("kith.metadata") / "shapes" / "icons.txt").read_text("utf-8").split())
"""The icons that pages can draw; a test holds them equal to those that are shipped."""
KINDS = ("app", "entity", "workflow")
"""Kinds whose documents name icons."""
SOME = Words(
    "such as package, users, receipt; docs/reference/kinds.md lists them",
    "例如 package、users、receipt；全部名称见 docs/reference/kinds.md",
)


@tells(lint.NO_ICON)
def icons_are_there(c: Checking) -> Iterator[Problem]:
    """An icon is one that pages can draw; another is shown as a dashed circle."""
    for kind in KINDS:
        for document, _ in c.documents(kind):
            for icon in _icons(document.node):
                if icon.text not in ICONS:
                    yield Problem(lint.NO_ICON, icon.span, {"name": icon.text}, hint_for(icon.text))


def hint_for(name: str) -> Words:
    """The icons that may be meant."""
    near = [one for one in sorted(ICONS) if set(one.split("-")) & set(name.split("-"))]
    close = nearest(name, ICONS)
    found = list(dict.fromkeys([*([close] if close else []), *near]))[:3]
    if not found:
        return SOME
    return Words(f"did you mean {' / '.join(found)}?", f"是否想写 {' / '.join(found)}？")


def _icons(node: Node) -> Iterator[Scalar]:
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        if name == "icon" and isinstance(entry.value, Scalar) and not entry.value.is_null:
            yield entry.value
        yield from _icons(entry.value)


CHECKS = (icons_are_there,)
