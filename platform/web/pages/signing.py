"""Signing in and out, and the password that a person chooses."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import Entered, Failed, change_password, close_session, masked, session_of, sign_in
from kith.runtime.accounts.passwords import LONGEST, SHORTEST
from kith.web import addresses, sessions
from kith.web.answering import Endpoint, action, form_of, page
from kith.web.choices import local
from kith.web.inputs import FieldInput
from kith.web.requests import Guest, Visit, Web, go, guest_of
from kith.web.security import CSRF_FIELD
from kith.web.typed import RESUME
from kith.web.view import Notice

TYPED = "_typed."
"""Begins the names of what was typed into a form whose session had ended; it goes through the sign-in and back."""
BACK = "_back"
MOST_TYPED = 2_000


def routes(web: Web) -> Sequence[Route]:
    """The routes of signing in and out."""
    return (
        Route(addresses.SIGN_IN, _show(web), methods=["GET"]),
        Route(addresses.SIGN_IN, _enter(web), methods=["POST"]),
        Route(addresses.SIGN_OUT, action(web, leave, left), methods=["POST"]),
        Route(addresses.PASSWORD, page(web, ask_password), methods=["GET"]),
        Route(addresses.PASSWORD, action(web, choose_password, expired, long=True), methods=["POST"]),
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


def _enter(web: Web) -> Endpoint:
    async def enter(request: Request) -> Response:
        form = await form_of(web, request)
        if isinstance(form, Response):
            return form
        return await web.doors.calling.long(lambda: try_password(guest_of(web, request), form))

    return enter


def try_password(guest: Guest, form: FormData) -> Response:
    """Sign in, or say that it did not work; what was typed into a form before comes along."""
    doors, request = guest.web.doors, guest.request
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    found = sign_in(
        doors.workspace.database,
        guest.release,
        guest.web.passwords,
        (email, password),
        doors.clock(),
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )
    target, typed = local(str(form.get("next", addresses.HOME))), typed_of(form)
    if isinstance(found, Failed):
        return sign_in_page(guest, target, email=email, failed=found, typed=typed, back=str(form.get(BACK, "")))
    response = _go_on(guest, found, target, typed, local(str(form.get(BACK, ""))))
    sessions.remember(doors, response, found.secret)
    return response


def _go_on(guest: Guest, found: Entered, target: str, typed: Sequence[tuple[str, str]], back: str) -> Response:
    """To where the person was going; where a form was sent in vain, back to it with everything typed."""
    if found.must_change:
        return go(addresses.with_query(addresses.PASSWORD, [("next", target)]))
    return _resume(guest, found.csrf, typed, back) if typed else go(target)


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
        if name not in (CSRF_FIELD, RESUME) and isinstance(value, str) and not name.startswith("password")
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
) -> Response:
    """The page to sign in."""
    texts = guest.texts
    hidden = [("next", target), *([(BACK, back)] if back else []), *((TYPED + name, value) for name, value in typed)]
    notice = Notice(texts("sign_in.expired"), "warning") if typed else None
    if failed:
        minutes = max(1, round(failed.wait.total_seconds() / 60))
        words = texts("sign_in.wait", count=minutes) if failed.wait else texts("sign_in.failed")
        notice = Notice(words, "danger")
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
    status = 429 if failed and failed.reason == "wait" else 401 if failed or typed else 200
    return guest.page(
        "sign_in.html",
        status,
        title=texts("sign_in.title"),
        action=addresses.SIGN_IN,
        fields=fields,
        failed=notice,
        forgot="",
        hidden=hidden,
    )


def leave(visit: Visit) -> Response:
    """Sign out on this device."""
    doors = visit.web.doors
    secret = sessions.secret_of(doors, visit.request)
    visit.write(lambda connection: close_session(connection, secret))
    response = go(addresses.SIGN_IN)
    sessions.forget(doors, response)
    return response


def left(guest: Guest, form: FormData) -> Response:
    """Who is signed out already has nothing to leave."""
    return expired(guest, form) if isinstance(guest, Visit) else go(addresses.SIGN_IN)


# ---- passwords ----------------------------------------------------------------------------------------------------


def ask_password(visit: Visit) -> Response:
    """The form for a password of one's own."""
    return _password_page(visit, visit.request.query_params.get("next", addresses.HOME))


def choose_password(visit: Visit) -> Response:
    """Keep the password that the person has chosen."""
    target, new = local(visit.sent("next") or addresses.HOME), visit.sent("password")
    wrong = _refusal(visit, new)
    if wrong:
        return _password_page(visit, target, wrong)
    doors = visit.web.doors
    keep, user = sessions.secret_of(doors, visit.request), visit.context.actor.id or ""
    database = doors.workspace.database
    refused = change_password(database, visit.web.passwords, user, new, visit.context.now, keep=keep)
    if refused:
        return _password_page(visit, target, {"password": visit.texts(f"password.{refused}", **_limits())})
    return go(target, "password")


def _refusal(visit: Visit, new: str) -> dict[str, str]:
    """What is wrong with what was typed, by field."""
    texts = visit.texts
    if not visit.account.must_change and not _knows_old(visit):
        return {"current": texts("password.wrong")}
    if new != visit.sent("again"):
        return {"again": texts("password.different")}
    if new and new == visit.sent("current"):
        return {"password": texts("password.same")}
    return {}


def _knows_old(visit: Visit) -> bool:
    """Whether the person knows the password that holds now: somebody may have found an open screen."""
    doors, email = visit.web.doors, str(visit.context.actor.record.get("email") or "")
    login = (email, visit.sent("current"))
    found = sign_in(doors.workspace.database, visit.release, visit.web.passwords, login, visit.context.now)
    return isinstance(found, Entered)


def _limits() -> dict[str, int]:
    return {"shortest": SHORTEST, "longest": LONGEST}


def _password_page(visit: Visit, target: str, errors: dict[str, str] | None = None) -> Response:
    texts, wrong = visit.texts, errors or {}
    names = ("password", "again") if visit.account.must_change else ("current", "password", "again")
    fields = [
        FieldInput(
            name=name,
            label=texts(f"password.{name}"),
            kind="password",
            required=True,
            error=wrong.get(name, ""),
            help=texts("password.help", **_limits()) if name == "password" else "",
            autofocus=name == (next(iter(wrong)) if wrong else names[0]),
            attributes={} if name == "current" else {"autocomplete": "new-password"},
        )
        for name in names
    ]
    # Somebody who must choose a password first sees no places to go.
    show = visit.whole if visit.account.must_change else visit.page
    return show(
        "password.html",
        422 if wrong else 200,
        title=texts("password.title"),
        due=visit.account.must_change,
        fields=fields,
        target=local(target),
    )
