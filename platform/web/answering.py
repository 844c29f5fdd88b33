"""How requests of pages are answered: by whom they are called, who may, and what becomes of what goes wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kith.runtime.accounts import Unproven, remembered_session, session_of
from kith.runtime.accounts.requiring import lacks_second
from kith.runtime.coerce.filed import MOST as MOST_FILES
from kith.runtime.database import BUSY_AGAIN, FULL_AGAIN, Connection, is_busy, is_full
from kith.runtime.files.uploading import LARGEST_OF_ALL
from kith.runtime.logs import route_of
from kith.runtime.read.query import BadQuery, Denied
from kith.web import addresses, sessions
from kith.web.requests import Guest, Stop, Visit, Web, go, guest_of, visit_of
from kith.web.security import LARGEST_FORM, form_within, is_ours, knows_secret
from kith.web.templating import wanted

Endpoint = Callable[[Request], Awaitable[Response]]
LOG = logging.getLogger("kith.web")


def page(web: Web, handler: Callable[[Visit], Response], *, long: bool = False) -> Endpoint:
    """The endpoint of a page that is read; `long` is for what takes its time, so that others need not wait."""
    call = web.doors.calling.long if long else web.doors.calling.read

    async def endpoint(request: Request) -> Response:
        return await _guarded(web, request, lambda: call(lambda: _answer(web, request, handler)))

    return endpoint


def action(
    web: Web,
    handler: Callable[[Visit], Response],
    expired: Callable[[Guest, FormData], Response],
    *,
    long: bool = False,
    files: bool = False,
) -> Endpoint:
    """The endpoint of a form that is sent; `expired` answers where the session has ended meanwhile.

    `long` is for what takes its time, so that others need not wait; with `files` the form may bring some along.
    """
    call = web.doors.calling.long if long else web.doors.calling.write

    async def endpoint(request: Request) -> Response:
        form = await form_of(web, request, files=files and await _may_send_files(web, request))
        if isinstance(form, Response):
            return form
        try:
            return await _guarded(
                web, request, lambda: call(lambda: _answer(web, request, handler, form, expired)), form
            )
        finally:
            await form.close()

    return endpoint


async def _may_send_files(web: Web, request: Request) -> bool:
    """Whether a request is a form with files of somebody who is signed in: nobody else's are even received."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return False

    def is_known() -> bool:
        guest, secret = guest_of(web, request), sessions.secret_of(web.doors, request)
        with web.doors.workspace.database.read() as connection:
            return bool(secret) and session_of(connection, guest.release, secret, web.doors.clock()) is not None

    return await web.doors.calling.read(is_known)


async def form_of(web: Web, request: Request, *, files: bool = False) -> FormData | Response:
    """The form that a page of ours has sent, else the page that says why it is not taken."""
    if not is_ours(request):
        return guest_of(web, request).error(403)
    try:
        return await (
            form_within(request, LARGEST_FORM + LARGEST_OF_ALL, MOST_FILES) if files else form_within(request)
        )
    except HTTPException as stopped:
        return guest_of(web, request).error(stopped.status_code)


def _answer(
    web: Web,
    request: Request,
    handler: Callable[[Visit], Response],
    form: FormData | None = None,
    expired: Callable[[Guest, FormData], Response] | None = None,
) -> Response:
    guest, now = guest_of(web, request), web.doors.clock()
    secret = sessions.secret_of(web.doors, request)
    with web.doors.workspace.database.read() as connection:
        if form is None and (told := _remembered(guest, connection, secret, now, handler)) is not None:
            return told
        account = session_of(connection, guest.release, secret, now, remember=form is None) if secret else None
        if account is None:
            return _unknown(guest, form, expired)
        visit = visit_of(guest, connection, account, now, form)
        if form is not None and expired is not None and not knows_secret(request, form, account.csrf):
            return expired(visit, form)
        response = _told(visit, handler)
    sessions.keep_alive(web.doors, request, response, account, now)
    return response


def _remembered(
    guest: Guest, connection: Connection, secret: str, now: datetime, handler: Callable[[Visit], Response]
) -> Response | None:
    """The answer to somebody who is taken for who he was; None where that is not known, or does not hold any more."""
    known = remembered_session(guest.release, secret, now)
    if known is None:
        return None
    account, proof = known
    try:
        response = _told(visit_of(guest, connection, account, now, proof=proof), handler)
    except Unproven:
        return None
    if not proof.holds(connection):
        return None
    sessions.keep_alive(guest.web.doors, guest.request, response, account, now)
    return response


def _told(visit: Visit, handler: Callable[[Visit], Response]) -> Response:
    """The answer to a person, who may have to choose another password or set up a second step first."""
    if visit.path != addresses.SIGN_OUT and (first := _first(visit)) not in ("", visit.path):
        return go(addresses.with_query(first, [("next", visit.here)]))
    return _handled(visit, handler)


def _first(visit: Visit) -> str:
    """What a person has to do before anything else."""
    if visit.account.must_change:
        return addresses.PASSWORD
    return addresses.CODES if lacks_second(visit.release, visit.web.doors.settings, visit.account) else ""


def _unknown(guest: Guest, form: FormData | None, expired: Callable[[Guest, FormData], Response] | None) -> Response:
    """The answer to somebody whose session has ended, or never was."""
    by_script = "hx-request" in guest.request.headers
    if form is not None and expired is not None:
        # A form that only asks how it stands keeps what is typed; it is told when it is sent.
        return Response(status_code=204) if by_script else expired(guest, form)
    # A page to sign in would be swapped into a part of another page.
    return Response(headers={"hx-redirect": sign_in_address(guest)}) if by_script else go(sign_in_address(guest))


def _handled(visit: Visit, handler: Callable[[Visit], Response]) -> Response:
    try:
        return handler(visit)
    except Stop as stop:
        return visit.error(stop.status, stop.text)
    except Denied as denied:
        return visit.error(404) if denied.hidden else visit.error(403, denied.message)
    except BadQuery as bad:
        return visit.error(400, bad.message)


def sign_in_address(guest: Guest) -> str:
    """Where to sign in, and come back from; from a part of a page to the page."""
    here, page = guest.here, urlsplit(guest.request.headers.get("hx-current-url", ""))
    if page.path and wanted(guest.request, "main", "results") == "":
        here = page.path + (f"?{page.query}" if page.query else "")
    back = "" if here == addresses.HOME else here
    return addresses.with_query(addresses.SIGN_IN, [("next", back)])


async def _guarded(
    web: Web, request: Request, answer: Callable[[], Awaitable[Response]], form: FormData | None = None
) -> Response:
    """Our own mistakes become a page with a reference, under which the log tells the rest; a form can be sent again."""
    try:
        return await answer()
    except Exception as error:
        if is_busy(error):
            LOG.warning("%s %s: %s", request.method, route_of(request.scope), error)
            return _later(web, request, form, 503, BUSY_AGAIN)
        if is_full(error):
            LOG.error("%s %s: %s", request.method, route_of(request.scope), error)  # noqa: TRY400 - there is no mistake to trace
            return _later(web, request, form, 507, FULL_AGAIN)
        reference = secrets.token_hex(4)
        LOG.exception("%s %s failed (%s)", request.method, route_of(request.scope), reference)
        return guest_of(web, request).error(500, reference=reference, form=form)


def _later(web: Web, request: Request, form: FormData | None, status: int, seconds: int) -> Response:
    response = guest_of(web, request).error(status, form=form)
    response.headers["retry-after"] = str(seconds)
    return response
