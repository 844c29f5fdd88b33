"""Texts in markdown as harmless HTML: no HTML of the author's own, no picture, no link to anything but pages and mail."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = frozenset(
    "a blockquote br code del em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
RELATION = "noopener noreferrer nofollow"
LARGEST = 20_000
"""Characters of a text that is laid out; a longer one is shown as it was typed."""


@cache
def _layout() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a server starts without it

    # Pictures would tell another server who reads; headings of the page itself are above these.
    return (
        MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"]).disable("image")
    )


def rendered(text: str) -> Markup:
    """A text as HTML that may stand in a page of ours: what the layout gives is cleaned once more, whatever it was.

    "" for one that is too long.
    """
    if len(text) > LARGEST:
        return Markup()
    tokens = _layout().parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
    html = _layout().renderer.render(tokens, _layout().options, {})
    attributes = {"a": {"href", "title"}, "ol": {"start"}}
    return Markup(nh3.clean(html, tags=set(TAGS), attributes=attributes, url_schemes=set(SCHEMES), link_rel=RELATION))  # noqa: S704
