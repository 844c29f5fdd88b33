"""A list as a grid of cards, with the pictures that records have, paged like a table."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from kith.runtime.read import list_records
from kith.web.cards import Deck
from kith.web.listing import SIZE
from kith.web.pages.listed import Listing
from kith.web.shell import icon_of
from kith.web.showing import inline
from kith.web.view import Empty, Page


def card_grid(listing: Listing) -> Markup:
    """The grid as HTML."""
    visit, asked, deck = listing.visit, listing.asked, Deck(listing)
    query = replace(deck.query(SIZE), cursor=asked.before or asked.after, backwards=bool(asked.before), count="capped")
    found = list_records(visit.connection, visit.context, visit.release, query)
    first, size, plural = max(1, asked.at), len(found.rows), inline(listing.entity.plural, visit.language)
    words = "list.range_capped" if found.capped else "list.range"
    pager = Page(
        visit.texts(words, first=first, last=first + size - 1, count=found.count or size),
        asked.page(before=found.previous, at=max(1, first - SIZE)) if found.previous else "",
        asked.page(after=found.next, at=first + size) if found.next else "",
        "#results",
    )
    empty = Empty(visit.texts("list.no_records", name=plural), "", icon_of(listing.entity))
    html: Markup = visit.web.templates.ui(visit.language).card_grid(
        [deck.card(row) for row in found.rows], pager if size else None, empty, plural
    )
    return html
