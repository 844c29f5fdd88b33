"""What the keys of the keyboard do: a page, or what stands in the dialog."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read.reader import reader_of
from kith.web import addresses
from kith.web.answering import page
from kith.web.requests import Visit, Web
from kith.web.shell import GO, places_of
from kith.web.templating import wanted

KEYS = (
    ("search", ("/", "Ctrl+K", "⌘K")),
    ("down", ("j",)),
    ("up", ("k",)),
    ("open", ("o",)),
    ("tick", ("x",)),
    ("edit", ("e",)),
    ("create", ("c",)),
    ("save", ("Ctrl+S", "Ctrl+Enter")),
    ("pages", ("Ctrl+←", "Ctrl+→")),
    ("cards", ("↑", "↓", "←", "→")),
    ("lift", ("Space",)),
    ("close", ("Esc",)),
    ("help", ("?",)),
)
"""The keys that `kith.js` and `boards.js` answer."""


def routes(web: Web) -> Sequence[Route]:
    """The route of the list of keys."""
    return (Route(addresses.KEYS, page(web, show), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The list of keys."""
    title, places = visit.texts("keys.title"), _places(visit)
    if wanted(visit.request, "dialog-body"):
        return visit.block("keys.html", "content", title=title, keys=KEYS, places=places)
    return visit.page("keys.html", title=title, keys=KEYS, places=places)


def _places(visit: Visit) -> list[tuple[str, str]]:
    """The letters after `g`, and where each leads."""
    groups = places_of(reader_of(visit.context, visit.release), visit.language, visit.texts).groups
    found = [(link.key.removeprefix(GO), link.label) for group in groups for link in group.links if link.key]
    return [*found, ("i", visit.texts("inbox.title"))]
