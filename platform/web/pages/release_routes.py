"""The addresses of releases; what answers them reads documents, and is imported when somebody asks: a server starts without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from starlette.responses import Response
from starlette.routing import Route

from kith.web import addresses
from kith.web.answering import action, page
from kith.web.pages.signing import expired
from kith.web.requests import Visit, Web

ONE = addresses.RELEASES + "/{number}"
BACK = ONE + "/back"


def routes(web: Web) -> Sequence[Route]:
    """The routes of releases; those with a name of their own come before those with a number."""

    def get(path: str, module: str, handler: str, *, long: bool = True) -> Route:
        return Route(path, page(web, _of(module, handler), long=long), methods=["GET"])

    def post(path: str, module: str, handler: str) -> Route:
        return Route(path, action(web, _of(module, handler), expired, long=True), methods=["POST"])

    return (
        get(addresses.RELEASES, "releases", "show"),
        get(addresses.WAITING, "publishing", "waiting"),
        post(addresses.WAITING, "publishing", "publish"),
        get(addresses.RELEASES + "/publishing/{id}", "underway", "show", long=False),
        get(addresses.KEPT, "kept", "show"),
        get(addresses.ORIGINS, "origins", "show"),
        get(addresses.SETTINGS, "settings", "show"),
        post(addresses.SETTINGS, "settings", "save"),
        get(BACK, "publishing", "going_back"),
        post(BACK, "publishing", "go_back"),
        get(ONE + "/document", "releases", "show_document"),
        get(ONE, "releases", "show_one"),
    )


def _of(module: str, handler: str) -> Callable[[Visit], Response]:
    def answered(visit: Visit) -> Response:
        found: Callable[[Visit], Response] = getattr(import_module(f"kith.web.pages.{module}"), handler)
        return found(visit)

    return answered
