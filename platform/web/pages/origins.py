"""Where a setting comes from: the layer, file and line that say it, and the values that it covers, as `kith why` tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Layer
from kith.problems import did_you_mean
from kith.runtime.offered import NoOffer
from kith.runtime.wanted import layers_at
from kith.web import addresses
from kith.web.answering import page
from kith.web.pages.jobs import administering
from kith.web.pages.proposals import offer
from kith.web.requests import Stop, Visit, Web
from kith.web.view import Choice, Link

if TYPE_CHECKING:  # servers start without what reads documents
    from kith.metadata.layers import Origin

LONGEST_PATH = 400
LONGEST_VALUE = 1_000
MOST_BELOW = 60
AROUND = 2
"""Lines that are shown before and after the one that says it."""


def routes(web: Web) -> Sequence[Route]:
    """The route of origins."""
    return (Route(addresses.ORIGINS, page(web, show, long=True), methods=["GET"]),)


@dataclass(frozen=True, slots=True)
class Saying:
    """What one layer says: `lines` are those around it, each with its number and whether it is the one."""

    layer: str
    value: str
    place: str
    lines: Sequence[tuple[int, str, bool]]
    chips: Sequence[Choice] = ()


def show(visit: Visit) -> Response:
    """The origins of a setting in a release, or in what waits in the folder."""
    administering(visit)
    from kith.metadata.layers import merged, why
    from kith.metadata.layers.why import known_below
    from kith.metadata.memo import Memo

    texts, sent = visit.texts, visit.request.query_params
    path, of = sent.get("path", "").strip()[:LONGEST_PATH], sent.get("of", "")
    layers, where, back = _layers(visit, of)
    documents = merged(layers, [], Memo())
    found = why(documents, path) if path else []
    below = known_below(documents, f"{path}.") if found else known_below(documents, path) if path else []
    near = did_you_mean(path.rpartition(".")[2], below) if path and not found else None
    stem = path if found else path.rpartition(".")[0]
    return visit.page(
        "origins.html",
        title=texts("origins.title"),
        crumbs=(
            Link(texts("menu.releases"), addresses.RELEASES),
            Link(where, back),
            Link(texts("origins.title"), visit.here),
        ),
        note=where,
        action=addresses.ORIGINS,
        path=path,
        of=of,
        sayings=[_saying(visit, one, index) for index, one in enumerate(found)],
        missing=texts("origins.none", path=path) if path and not found else "",
        near=_sentence(near.in_(visit.language)) if near else "",
        below=[Link(name, addresses.origin_of(f"{stem}.{name}", of)) for name in below[:MOST_BELOW]] if stem else [],
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _layers(visit: Visit, of: str) -> tuple[Sequence[Layer], str, str]:
    """The stack that is asked, what it is called, and its page."""
    texts, workspace = visit.texts, visit.web.doors.workspace
    if of == "waiting":
        try:
            found = offer(visit)
        except NoOffer as none:
            raise Stop(404, none.words.in_(visit.language)) from None
        if found is None:
            raise Stop(404, texts("plan.no_folder"))
        return found.layers, texts("plan.waits"), addresses.WAITING
    current = workspace.current().number
    number = int(of) if of.isascii() and of.isdigit() and len(of) < 10 else current
    if not 1 <= number <= current:
        raise Stop(404)
    return layers_at(workspace, number), texts("releases.one", number=number), addresses.release_of(number)


def _saying(visit: Visit, origin: Origin, index: int) -> Saying:
    texts = visit.texts
    value = origin.value if len(origin.value) <= LONGEST_VALUE else origin.value[: LONGEST_VALUE - 1] + "…"
    layer = f"{origin.layer} ({origin.fragment})" if origin.fragment else origin.layer
    chip = Choice("covered", texts("origins.covered")) if index else Choice("holds", texts("origins.holds"), "green")
    return Saying(layer, value, origin.span.place, list(_lines(origin)), (chip,))


def _lines(origin: Origin) -> Iterator[tuple[int, str, bool]]:
    source = origin.span.source
    at, _ = source.position(origin.span.start)
    last = len(source.text.splitlines())
    for number in range(max(1, at - AROUND), min(last, at + AROUND) + 1):
        yield number, source.line(number), number == at
