"""What the keys of the keyboard do: a page, or what stands in the dialog."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.web import addresses
from kith.web.answering import page
from kith.web.requests import Visit, Web
from kith.web.templating import wanted

KEYS = (
    ("search", ("/", "Ctrl+K")),
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
    title = visit.texts("keys.title")
    if wanted(visit.request, "dialog-body"):
        return visit.block("keys.html", "content", title=title, keys=KEYS)
    return visit.page("keys.html", title=title, keys=KEYS)
