"""Where a setting comes from: the layer, file and line that say it, and the values that it covers, as `kith why` tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from kith.metadata.model import Layer
from kith.problems import did_you_mean
from kith.runtime.offered import NoOffer
from kith.runtime.wanted import layers_at
from kith.web import addresses
from kith.web.pages.jobs import administering
from kith.web.pages.proposals import offer
from kith.web.requests import Stop, Visit
from kith.web.view import Choice, Link

if TYPE_CHECKING:  # servers start without what reads documents
    from kith.metadata.layers import Merged, Origin

LONGEST_PATH = 400
LONGEST_VALUE = 1_000
MOST_BELOW = 300
AROUND = 2
"""Lines that are shown before and after the one that says it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one layer says: `lines` are those around it, each with its number and whether it is the one."""

    layer: str
    value: str
    place: str
    lines: Sequence[tuple[int, str, bool]]
    chips: Sequence[Choice] = ()
    href: str = ""


def show(visit: Visit) -> Response:
    """The origins of a setting in a release, or in what waits in the folder."""
    administering(visit)
    from kith.metadata.layers import merged, why
    from kith.metadata.memo import Memo

    texts, sent = visit.texts, visit.request.query_params
    path, of = sent.get("path", "").strip()[:LONGEST_PATH], sent.get("of", "")
    number, layers, where, back = _layers(visit, of)
    documents = merged(layers, [], Memo())
    found = why(documents, path) if path else []
    stem, below = _below(documents, path, there=bool(found))
    missing = "" if found or path in ("", stem) else path
    near = did_you_mean(path.rpartition(".")[2], below) if missing else None
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
        sayings=[_saying(visit, one, index, number) for index, one in enumerate(found)],
        missing=texts("origins.none", path=missing) if missing else "",
        near=_sentence(near.in_(visit.language)) if near else "",
        below=[Link(name, addresses.origin_of(f"{stem}.{name}".lstrip("."), of)) for name in below[:MOST_BELOW]],
    )


def _below(documents: Merged, path: str, *, there: bool) -> tuple[str, list[str]]:
    """What there is to look at next: below a setting that is there, else beside it; kinds at first, then the names of one."""
    from kith.metadata.layers.why import known_below

    if not path:
        return "", list(dict.fromkeys(kind for kind, _ in documents.documents))
    stem = path if there else path.rpartition(".")[0] or path
    return stem, [name for name in known_below(documents, f"{path}." if there else path) if name]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _layers(visit: Visit, of: str) -> tuple[int, Sequence[Layer], str, str]:
    """The release that is asked, 0 for what waits, with its stack, what it is called, and its page."""
    from kith.metadata.layers.textual import named

    texts, workspace = visit.texts, visit.web.doors.workspace
    if of == "waiting":
        try:
            found = offer(visit)
        except NoOffer as none:
            raise Stop(404, none.words.in_(visit.language)) from None
        if found is None:
            raise Stop(404, texts("plan.no_folder"))
        return 0, found.layers, texts("plan.waits"), addresses.WAITING
    current = workspace.current().number
    number = int(of) if of.isascii() and of.isdigit() and len(of) < 10 else current
    if not 1 <= number <= current:
        raise Stop(404)
    layers = [named(layer) for layer in layers_at(workspace, number)]
    return number, layers, texts("releases.one", number=number), addresses.release_of(number)


def _saying(visit: Visit, origin: Origin, index: int, number: int) -> Saying:
    texts = visit.texts
    value = origin.value if len(origin.value) <= LONGEST_VALUE else origin.value[: LONGEST_VALUE - 1] + "…"
    layer = f"{origin.layer} ({origin.fragment})" if origin.fragment else origin.layer
    chip = Choice("covered", texts("origins.covered")) if index else Choice("holds", texts("origins.holds"), "green")
    path, (line, _) = origin.span.source.path, origin.span.source.position(origin.span.start)
    document = path.removeprefix(f"{origin.layer}/")
    href = addresses.document_of(number, origin.layer, document, line) if number else ""
    return Saying(layer, value, origin.span.place, list(_lines(origin)), (chip,), href)


def _lines(origin: Origin) -> Iterator[tuple[int, str, bool]]:
    source = origin.span.source
    at, _ = source.position(origin.span.start)
    last = len(source.text.splitlines())
    for number in range(max(1, at - AROUND), min(last, at + AROUND) + 1):
        yield number, source.line(number), number == at
