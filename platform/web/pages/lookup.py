"""What a reference may name: the options under a type-ahead, for each few characters typed."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read import choices
from kith.web.answering import page
from kith.web.forming import choice_of
from kith.web.parts import part
from kith.web.requests import Visit, Web, parameter

MOST = 20
LONGEST = 200


def routes(web: Web) -> Sequence[Route]:
    """The route of type-aheads."""
    return (Route("/records/{entity}/choices/{field}", part(page(web, show), 401), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The options for what has been typed so far."""
    text = visit.request.query_params.get("q", "").strip()[:LONGEST]
    entity, field = parameter(visit.request, "entity"), parameter(visit.request, "field")
    found = choices(visit.connection, visit.context, visit.release, entity, field, text, limit=MOST)
    options = [choice_of(visit, one) for one in found]
    return visit.block("fragments/lookup.html", "options", choices=options, query=text, create="")
