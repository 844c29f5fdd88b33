"""The order page of an entity: what a save does, step by step, and why; for those who administer the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.analysis.order import order_of
from kith.metadata.analysis.order_told import STAGES, TIES, TITLE, act_lines
from kith.problems import fill
from kith.runtime.read.reader import reader_of
from kith.web import addresses
from kith.web.answering import page
from kith.web.requests import Stop, Visit, Web, parameter
from kith.web.templating import wanted
from kith.web.view import Link


def routes(web: Web) -> Sequence[Route]:
    """The route of the order page."""
    return (Route("/order/{entity}", page(web, show), methods=["GET"]),)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a save does: what it is, and below it what it reads and why it comes there."""

    head: str
    facts: Sequence[str]


def may_see_order(visit: Visit) -> bool:
    """Whether somebody administers: the order names fields of every entity."""
    return reader_of(visit.context, visit.release).administers


def show(visit: Visit) -> Response:
    """The order of an entity."""
    entity = visit.model.entities.get(parameter(visit.request, "entity"))
    if entity is None or not may_see_order(visit):
        raise Stop(404)
    language = visit.language
    stages = []
    for stage, acts in groupby(order_of(visit.model, entity), key=lambda act: act.stage):
        lines = [list(act_lines(act, language)) for act in acts]
        told = [Told(some[0].removeprefix("- "), [line.strip() for line in some[1:]]) for some in lines if some]
        stages.append((STAGES[stage].in_(language), told))
    title = fill(TITLE, {"name": entity.label.in_(language)}, language)
    back = addresses.list_of(entity.name)
    context = {
        "title": title,
        "crumbs": (Link(entity.plural.in_(language), back), Link(title, visit.here)),
        "stages": stages,
        "ties": TIES.in_(language),
        "back": back,
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("order.html", "content", **context)
    return visit.page("order.html", **context)
