"""Signing in, by one or two steps, and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import (
    Due,
    Entered,
    Failed,
    close_session,
    masked,
    session_of,
    sign_in,
    take_second_step,
)
from kith.texts import Texts
from kith.web import addresses, sessions
from kith.web.answering import Endpoint, action, form_of
from kith.web.choices import local
from kith.web.inputs import FieldInput
from kith.web.requests import Guest, Visit, Web, go, guest_of
from kith.web.security import CSRF_FIELD
from kith.web.typed import RESUME
from kith.web.view import Link, Notice

TYPED = "_typed."
"""Begins the names of what was typed into a form whose session had ended; it goes through the sign-in and back."""
BACK = "_back"
MOST_TYPED = 2_000


def routes(web: Web) -> Sequence[Route]:
    """The routes of signing in and out."""
    return (
        Route(addresses.SIGN_IN, _show(web), methods=["GET"]),
        Route(addresses.SIGN_IN, entering(web, try_password), methods=["POST"]),
        Route(addresses.SECOND, entering(web, try_code), methods=["POST"]),
        Route(addresses.SIGN_OUT, action(web, leave, left), methods=["POST"]),
    )


def _show(web: Web) -> Endpoint:
    async def show(request: Request) -> Response:
        guest = guest_of(web, request)
        target = local(request.query_params.get("next", addresses.HOME))
        if await web.doors.calling.read(lambda: _is_signed_in(guest)):
            return go(target)
        return sign_in_page(guest, target)

    return show


def _is_signed_in(guest: Guest) -> bool:
    doors = guest.web.doors
    secret = sessions.secret_of(doors, guest.request)
    if not secret:
        return False
    with doors.workspace.database.read() as connection:
        return session_of(connection, guest.release, secret, doors.clock()) is not None


def entering(web: Web, handler: Callable[[Guest, FormData], Response]) -> Endpoint:
    """The endpoint of a form by which somebody comes in."""

    async def enter(request: Request) -> Response:
        form = await form_of(web, request)
        if isinstance(form, Response):
            return form
        return await web.doors.calling.long(lambda: handler(guest_of(web, request), form))

    return enter


def try_password(guest: Guest, form: FormData) -> Response:
    """Sign in, or say that it did not work; what was typed into a form before comes along."""
    doors, request = guest.web.doors, guest.request
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    login, device = (email, password), sessions.device_of(request)
    database, passwords = doors.workspace.database, guest.web.passwords
    found = sign_in(database, guest.release, passwords, login, doors.clock(), device)
    if isinstance(found, Failed):
        way = Way.of(form)
        return sign_in_page(guest, way.target, email=email, failed=found, typed=way.typed, back=way.back)
    return go_on(guest, found, Way.of(form))


def try_code(guest: Guest, form: FormData) -> Response:
    """The second step of signing in."""
    doors, secret, way = guest.web.doors, str(form.get("secret", "")), Way.of(form)
    device, typed = sessions.device_of(guest.request), str(form.get("code", ""))
    found = take_second_step(doors.workspace.database, secret, typed, doors.clock(), device)
    if isinstance(found, Entered):
        return go_on(guest, found, way)
    if found.reason == "over":
        return sign_in_page(guest, way.target, failed=found, typed=way.typed, back=way.back)
    return second_page(guest, secret, way, found)


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody was going; `typed` is what he had typed into a form at `back`, in vain."""

    target: str = addresses.HOME
    typed: Sequence[tuple[str, str]] = ()
    back: str = ""

    @classmethod
    def of(cls, form: FormData) -> Way:
        """The way that a form carries along."""
        return cls(local(str(form.get("next", addresses.HOME))), typed_of(form), str(form.get(BACK, "")))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The way as the next form carries it along."""
        back = [(BACK, self.back)] if self.back else []
        return [("next", self.target), *back, *((TYPED + name, value) for name, value in self.typed)]


def go_on(guest: Guest, found: Entered | Due, way: Way) -> Response:
    """To where the person was going; where a form was sent in vain, back to it with everything typed."""
    if isinstance(found, Due):
        return second_page(guest, found.secret, way)
    if found.must_change:
        response = go(addresses.with_query(addresses.PASSWORD, [("next", way.target)]))
    else:
        response = _resume(guest, found.csrf, way.typed, local(way.back)) if way.typed else go(way.target)
    sessions.remember(guest.web.doors, response, found.secret)
    return response


def second_page(guest: Guest, secret: str, way: Way, failed: Failed | None = None) -> Response:
    """The page that asks for a code."""
    texts = guest.texts
    code = FieldInput(
        name="code",
        label=texts("codes.code"),
        kind="one_time_code",
        required=True,
        autofocus=True,
        help=texts("codes.code_help"),
        attributes={"maxlength": "20", "spellcheck": "false"},
    )
    return guest.page(
        "entering.html",
        status_of(failed) if failed else 200,
        title=texts("codes.enter_title"),
        text=texts("codes.enter_text"),
        submit=texts("sign_in.submit"),
        action=addresses.SECOND,
        fields=(code,),
        failed=_notice(texts, failed, "codes.wrong") if failed else None,
        hidden=[("secret", secret), *way.hidden],
        links=(Link(texts("codes.start_again"), addresses.SIGN_IN),),
    )


def status_of(failed: Failed) -> int:
    """The status of an answer to somebody who did not come in."""
    return 429 if failed.reason == "wait" else 401


def _notice(texts: Texts, failed: Failed, wrong: str) -> Notice:
    minutes = max(1, round(failed.wait.total_seconds() / 60))
    if failed.reason == "over":
        return Notice(texts("sign_in.over"), "warning")
    return Notice(texts("sign_in.wait", count=minutes) if failed.wait else texts(wrong), "danger")


def _resume(guest: Guest, csrf: str, typed: Sequence[tuple[str, str]], back: str, *, stale: bool = False) -> Response:
    """Back to a form with everything that was typed into it; `stale` where it was open since before one signed in."""
    words = {"title": guest.texts("resume.stale_title" if stale else "resume.title")}
    words["text"] = guest.texts("resume.stale_text" if stale else "resume.text")
    hidden = [(CSRF_FIELD, masked(csrf)), (RESUME, "1"), *typed]
    return guest.page("resume.html", 403 if stale else 200, action=back, hidden=hidden, **words)


def typed_of(form: FormData) -> list[tuple[str, str]]:
    """What was typed before the session ended, with its names as they were."""
    typed = [(name, value) for name, value in form.multi_items() if name.startswith(TYPED) and isinstance(value, str)]
    return [(name.removeprefix(TYPED), value) for name, value in typed[:MOST_TYPED]]


def expired(guest: Guest, form: FormData) -> Response:
    """A form arrives after its session has ended: sign in, and go on with what was typed.

    Who has signed in again elsewhere meanwhile goes on at once: the page was open with the secret of the old session.
    """
    typed = [
        (name, value)
        for name, value in form.multi_items()
        if name not in (CSRF_FIELD, RESUME, "secret", "key", "code")
        and isinstance(value, str)
        and not name.startswith("password")
    ][:MOST_TYPED]
    if isinstance(guest, Visit):
        return _resume(guest, guest.account.csrf, typed, guest.path, stale=True)
    return sign_in_page(guest, addresses.HOME, typed=typed, back=guest.path)


def sign_in_page(
    guest: Guest,
    target: str,
    *,
    email: str = "",
    failed: Failed | None = None,
    typed: Sequence[tuple[str, str]] = (),
    back: str = "",
    said: str = "",
) -> Response:
    """The page to sign in; `said` is why another way did not work."""
    texts = guest.texts
    notice = Notice(said or texts("sign_in.expired"), "warning") if typed or said else None
    fields = (
        FieldInput(
            name="email",
            label=texts("sign_in.email"),
            kind="email",
            value=email,
            required=True,
            autofocus=not email,
            attributes={"autocapitalize": "none", "spellcheck": "false"},
        ),
        FieldInput(
            name="password", label=texts("sign_in.password"), kind="password", required=True, autofocus=bool(email)
        ),
    )
    provider = guest.web.doors.settings.provider
    other = addresses.with_query(addresses.PROVIDER, [("next", "" if target == addresses.HOME else target)])
    with_other = (Link(texts("sign_in.provider", name=provider.label), other),) if provider else ()
    return guest.page(
        "entering.html",
        status_of(failed) if failed else 401 if typed or said else 200,
        title=texts("sign_in.title"),
        text=texts("sign_in.text"),
        submit=texts("sign_in.submit"),
        action=addresses.SIGN_IN,
        fields=fields,
        failed=_notice(texts, failed, "sign_in.failed") if failed else notice,
        hidden=Way(target, typed, back).hidden,
        links=(*with_other, Link(texts("sign_in.forgot"), addresses.FORGOT)),
    )


def leave(visit: Visit) -> Response:
    """Sign out on this device."""
    doors = visit.web.doors
    secret = sessions.secret_of(doors, visit.request)
    visit.write(lambda connection: close_session(connection, secret, visit.context.now))
    response = go(addresses.SIGN_IN)
    response.headers["clear-site-data"] = '"cache", "storage"'
    sessions.forget(doors, response)
    return response


def left(guest: Guest, form: FormData) -> Response:
    """Who is signed out already has nothing to leave."""
    return expired(guest, form) if isinstance(guest, Visit) else go(addresses.SIGN_IN)
