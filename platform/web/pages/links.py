"""What a link opens that was sent to somebody: its secret leaves the address at once, for a cookie of a few minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kith.runtime.accounts import Failed, enter_by_link
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.accounts.choosing import wrong_with
from kith.runtime.accounts.links import Link as Opened
from kith.runtime.accounts.links import link_of
from kith.runtime.accounts.moving import Moved, move_by_link
from kith.runtime.accounts.throttling import Subject, machine
from kith.runtime.context import Actor
from kith.runtime.publishing import system_context
from kith.web import addresses, sessions
from kith.web.pages.passwords import about, limits, password_fields, shown
from kith.web.pages.signing import Way, entering, go_on
from kith.web.requests import Guest, Web, parameter
from kith.web.view import Link, Notice

SECONDS = 30 * 60
"""How long a person may take; the link itself stays good as long as it was."""
LONGEST = 100
"""Characters of a secret."""
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def routes(web: Web) -> Sequence[Route]:
    """The routes of links."""
    return (
        Route(addresses.LINK + "/{secret}", take_secret(web), methods=["GET"]),
        Route(addresses.LINK, shown(web, show_link), methods=["GET"]),
        Route(addresses.LINK, entering(web, take_link), methods=["POST"]),
    )


def take_secret(web: Web) -> Callable[[Request], Awaitable[Response]]:
    """Put the secret of an address into a cookie: the page has it neither in its address nor in the browser's history."""

    async def taken(request: Request) -> Response:
        response = RedirectResponse(addresses.LINK, 303, headers=PRIVATE)
        secret = parameter(request, "secret")[:LONGEST]
        # Lax: people come from their mail.
        response.set_cookie(_cookie(web), quote(secret), max_age=SECONDS, path="/", httponly=True, samesite="lax")
        return response

    return taken


def _cookie(web: Web) -> str:
    return f"{web.doors.cookie}_link"


def _secret(guest: Guest) -> str:
    return guest.request.cookies.get(_cookie(guest.web), "")


def _without_secret(guest: Guest, response: Response) -> Response:
    response.delete_cookie(_cookie(guest.web), path="/", httponly=True, samesite="lax")
    return response


def show_link(guest: Guest) -> Response:
    """What a link opens; looking at it does not use it up, since mail is looked through by programs."""
    found = _opened(guest)
    if found is None:
        return _over(guest)
    return _moving(guest, *found) if found[0].kind == "email" else _choosing(guest, *found)


def take_link(guest: Guest, form: FormData) -> Response:
    """Choose a password with a link, and come in."""
    found, new = _opened(guest), str(form.get("password", ""))
    if found is None:
        return _over(guest)
    if found[0].kind == "email":
        return _move(guest)
    texts, doors = guest.texts, guest.web.doors
    if new != str(form.get("again", "")):
        return _choosing(guest, *found, {"again": texts("password.different")})
    if refused := wrong_with(new, about(guest, found[1]), doors.settings.breached):
        return _choosing(guest, *found, {"password": texts(f"password.{refused}", **limits())})
    sent, device = (_secret(guest), new), sessions.device_of(guest.request)
    database, passwords = doors.workspace.database, guest.web.passwords
    entered = enter_by_link(database, guest.release, passwords, sent, doors.clock(), device)
    if isinstance(entered, Failed):
        return _over(guest)
    return _without_secret(guest, go_on(guest, entered, Way()))


def _opened(guest: Guest) -> tuple[Opened, Actor] | None:
    """What the secret that one came with is good for, and whose it is; who tries many has to wait."""
    secret = _secret(guest)
    if not secret:
        return None
    doors, now = guest.web.doors, guest.web.doors.clock()
    database, asker = doors.workspace.database, Subject("link", machine(sessions.device_of(guest.request).address))
    if doors.throttle.wait(asker, now):
        return None
    with database.read() as connection:
        link = link_of(connection, secret, now)
        actor = actor_of_user(connection, guest.release, link.user) if link and link.kind != "second" else None
    if link is None or actor is None:
        doors.throttle.failed(database, asker, now)
        return None
    return link, actor


def _over(guest: Guest) -> Response:
    texts = guest.texts
    page = guest.page(
        "entering.html",
        410,
        title=texts("link.over"),
        text=texts("link.over_text"),
        submit="",
        action="",
        fields=(),
        failed=None,
        hidden=(),
        links=(Link(texts("sign_in.title"), addresses.SIGN_IN), Link(texts("sign_in.forgot"), addresses.FORGOT)),
    )
    return _without_secret(guest, page)


def _moving(guest: Guest, link: Opened, actor: Actor) -> Response:
    """The page that asks whether an address is to be another one; to look at it does nothing."""
    texts = guest.texts
    return guest.page(
        "entering.html",
        title=texts("own_address.open"),
        text=texts("own_address.open_text", name=actor.name, email=link.about or ""),
        submit=texts("own_address.take"),
        action=addresses.LINK,
        fields=(),
        failed=None,
        hidden=(),
        links=(),
    )


def _move(guest: Guest) -> Response:
    doors, texts = guest.web.doors, guest.texts
    context, device = system_context(guest.release, doors.clock, guest.language), sessions.device_of(guest.request)
    moved = move_by_link(doors.workspace.database, context, guest.release, _secret(guest), device)
    if moved is None:
        return _over(guest)
    done = isinstance(moved, Moved)
    page = guest.page(
        "entering.html",
        200 if done else 422,
        title=texts("own_address.moved" if done else "own_address.open"),
        text=texts("own_address.moved_text", email=moved.email) if isinstance(moved, Moved) else "",
        submit="",
        action="",
        fields=(),
        failed=None if isinstance(moved, Moved) else Notice(moved.failures[0].message, "danger"),
        hidden=(),
        links=(Link(texts("own_address.on"), addresses.HOME),),
    )
    return _without_secret(guest, page)


def _choosing(guest: Guest, link: Opened, actor: Actor, wrong: Mapping[str, str] | None = None) -> Response:
    texts, email = guest.texts, str(actor.record.get("email") or "")
    return guest.page(
        "entering.html",
        422 if wrong else 200,
        title=texts(f"link.{link.kind}", name=actor.name),
        text=texts("link.text", email=email),
        submit=texts("password.submit"),
        action=addresses.LINK,
        fields=password_fields(texts, ("password", "again"), wrong or {}),
        failed=None,
        # Password managers keep the name with the password.
        hidden=[("username", email)],
        links=(),
    )
