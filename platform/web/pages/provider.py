"""Signing in by another provider of identities: there, and back."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Sequence
from dataclasses import astuple
from hmac import compare_digest

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.accounts.provider import Journey, NotProven, arrival, departure, user_of
from kith.runtime.accounts.requiring import wants_second
from kith.runtime.accounts.signing import Due, Entered, enter_known
from kith.runtime.database import Connection
from kith.runtime.publishing import system_context
from kith.runtime.settings import Provider
from kith.web import addresses, sessions
from kith.web.answering import Endpoint
from kith.web.choices import local
from kith.web.pages.signing import Way, go_on, sign_in_page
from kith.web.requests import Guest, Web, guest_of

LOG = logging.getLogger("kith.web")
SECONDS = 600
"""How long a person may take at the provider."""
LONGEST_TARGET = 1_000


def routes(web: Web) -> Sequence[Route]:
    """The routes of another provider, where the operator has set one."""
    provider = web.doors.settings.provider
    if provider is None:
        return ()
    return (
        Route(addresses.PROVIDER, _called(web, provider, depart), methods=["GET"]),
        Route(addresses.PROVIDED, _called(web, provider, arrive), methods=["GET"]),
    )


def _called(web: Web, provider: Provider, handler: Callable[[Guest, Provider], Response]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await web.doors.calling.long(lambda: handler(guest_of(web, request), provider))

    return endpoint


def depart(guest: Guest, provider: Provider) -> Response:
    """Send the browser to the provider, with what its answer has to fit to."""
    target = local(guest.request.query_params.get("next", addresses.HOME))[:LONGEST_TARGET]
    try:
        address, journey = departure(provider, _back(guest), target)
    except NotProven as wrong:
        return _refused(guest, wrong)
    response = RedirectResponse(address, 303, headers={"cache-control": "no-store"})
    kept = base64.urlsafe_b64encode(orjson.dumps(astuple(journey))).decode()
    # Lax: it comes along when the provider sends the browser back.
    response.set_cookie(_cookie(guest), kept, max_age=SECONDS, path="/", httponly=True, samesite="lax")
    return response


def arrive(guest: Guest, provider: Provider) -> Response:
    """Take whoever comes back for who he is."""
    sent, journey = guest.request.query_params, _journey(guest)
    try:
        if journey is None or not compare_digest(sent.get("state", "").encode(), journey.state.encode()):
            raise NotProven("no journey of this browser")  # noqa: TRY301 - one answer to all of it
        if "code" not in sent:
            raise NotProven(f"refused: {sent.get('error', '')[:80]!r}")  # noqa: TRY301
        entered = _entered(guest, provider, journey, sent["code"])
    except NotProven as wrong:
        response = _refused(guest, wrong)
    else:
        response = go_on(guest, entered, Way(local(journey.target)))
    response.delete_cookie(_cookie(guest), path="/", httponly=True, samesite="lax")
    return response


def _entered(guest: Guest, provider: Provider, journey: Journey, code: str) -> Entered | Due:
    doors = guest.web.doors
    now = doors.clock()
    who = arrival(provider, _back(guest), journey, code, int(now.timestamp()))
    context, device = system_context(guest.release, doors.clock), sessions.device_of(guest.request)

    def work(connection: Connection) -> Entered | Due | None:
        user = user_of(connection, context, guest.release, provider, who)
        actor = actor_of_user(connection, guest.release, user) if user is not None else None
        if user is None or actor is None:
            return None
        wanted = wants_second(guest.release, doors.settings, actor)
        return enter_known(connection, user, now, device, second=who.second, wanted=wanted)

    entered = doors.workspace.database.run(work)
    if entered is None:
        raise NotProven("nobody here")
    return entered


def _refused(guest: Guest, wrong: NotProven) -> Response:
    """The page to sign in by other means; why is for the log."""
    LOG.warning("not signed in by the provider: %s", wrong)
    return sign_in_page(guest, addresses.HOME, said=guest.texts("sign_in.not_proven"))


def _back(guest: Guest) -> str:
    return guest.web.doors.settings.address + addresses.PROVIDED


def _cookie(guest: Guest) -> str:
    return f"{guest.web.doors.cookie}_journey"


def _journey(guest: Guest) -> Journey | None:
    """What the browser has carried; None where it is none of ours."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(guest.request.cookies.get(_cookie(guest), "")))
    except (binascii.Error, ValueError):
        return None
    return Journey(*found) if isinstance(found, list) and len(found) == 4 and all(map(_is_text, found)) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
