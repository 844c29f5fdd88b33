"""The password that a person chooses for his own account, and what he does who has forgotten it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import Failed, change_password, knows_password
from kith.runtime.accounts.mailing import ask_reset
from kith.runtime.accounts.passwords import LONGEST, SHORTEST
from kith.runtime.context import Actor
from kith.texts import Texts
from kith.web import addresses, sessions
from kith.web.answering import Endpoint, action, page
from kith.web.choices import local
from kith.web.inputs import FieldInput
from kith.web.pages.signing import entering, expired
from kith.web.requests import Guest, Visit, Web, go, guest_of, not_while_acting
from kith.web.view import Link, Notice


def routes(web: Web) -> Sequence[Route]:
    """The routes of passwords."""
    return (
        Route(addresses.PASSWORD, page(web, ask_password), methods=["GET"]),
        Route(addresses.PASSWORD, action(web, choose_password, expired, long=True), methods=["POST"]),
        Route(addresses.FORGOT, shown(web, ask_address), methods=["GET"]),
        Route(addresses.FORGOT, entering(web, send_link), methods=["POST"]),
    )


# ---- one's own ------------------------------------------------------------------------------------------------------


def ask_password(visit: Visit) -> Response:
    """The form for a password of one's own."""
    not_while_acting(visit)
    return _password_page(visit, visit.request.query_params.get("next", addresses.HOME))


def choose_password(visit: Visit) -> Response:
    """Keep the password that the person has chosen."""
    not_while_acting(visit)
    target, new = local(visit.sent("next") or addresses.HOME), visit.sent("password")
    wrong = _refusal(visit, new)
    if wrong:
        return _password_page(visit, target, wrong)
    doors = visit.web.doors
    refused = change_password(
        doors.workspace.database,
        visit.web.passwords,
        visit.context.actor.id or "",
        new,
        visit.context.now,
        keep=sessions.secret_of(doors, visit.request),
        about=about(visit, visit.context.actor),
        breached=doors.settings.breached,
        device=sessions.device_of(visit.request),
    )
    if refused:
        return _password_page(visit, target, {"password": visit.texts(f"password.{refused}", **limits())})
    return go(target, "password")


def _refusal(visit: Visit, new: str) -> dict[str, str]:
    """What is wrong with what was typed, by field."""
    texts = visit.texts
    if not visit.account.must_change and (failed := _is_a_stranger(visit)):
        minutes = max(1, round(failed.wait.total_seconds() / 60))
        waits = failed.reason == "wait"
        return {"current": texts("sign_in.wait", count=minutes) if waits else texts("password.wrong")}
    if new != visit.sent("again"):
        return {"again": texts("password.different")}
    if new and new == visit.sent("current"):
        return {"password": texts("password.same")}
    return {}


def _is_a_stranger(visit: Visit) -> Failed | None:
    """Why the person is not taken for who he is: somebody may have found an open screen."""
    database, device = visit.web.doors.workspace.database, sessions.device_of(visit.request)
    user, sent = visit.context.actor.id or "", visit.sent("current")
    return knows_password(database, visit.web.passwords, user, sent, visit.context.now, device)


def about(guest: Guest, actor: Actor) -> tuple[str, ...]:
    """What a password should not consist of."""
    return actor.name, str(actor.record.get("email") or ""), *guest.model.app.title.texts.values()


def limits() -> dict[str, int]:
    """How short and how long a password may be, as texts say it."""
    return {"shortest": SHORTEST, "longest": LONGEST}


def _password_page(visit: Visit, target: str, errors: Mapping[str, str] | None = None) -> Response:
    texts, wrong = visit.texts, errors or {}
    names = ("password", "again") if visit.account.must_change else ("current", "password", "again")
    # Somebody who must choose a password first sees no places to go.
    show = visit.whole if visit.account.must_change else visit.page
    return show(
        "password.html",
        422 if wrong else 200,
        title=texts("password.title"),
        due=visit.account.must_change,
        fields=password_fields(texts, names, wrong),
        target=local(target),
    )


def password_fields(texts: Texts, names: Sequence[str], wrong: Mapping[str, str]) -> list[FieldInput]:
    """The fields of a form for a password; `wrong` is what is wrong with what was typed, by field."""
    return [
        FieldInput(
            name=name,
            label=texts(f"password.{name}"),
            kind="password" if name == "current" else "new_password",
            required=True,
            error=wrong.get(name, ""),
            help=texts("password.help", **limits()) if name == "password" else "",
            autofocus=name == (next(iter(wrong)) if wrong else names[0]),
        )
        for name in names
    ]


# ---- forgotten ------------------------------------------------------------------------------------------------------


def shown(web: Web, handler: Callable[[Guest], Response]) -> Endpoint:
    """The endpoint of a page for somebody who is not signed in."""

    async def show(request: Request) -> Response:
        return await web.doors.calling.write(lambda: handler(guest_of(web, request)))

    return show


def ask_address(guest: Guest, wrong: str = "") -> Response:
    """Where a forgotten password is replaced: by mail where mail goes out, else by those who administer."""
    texts, by_mail = guest.texts, guest.web.doors.settings.mail is not None
    email = FieldInput(name="email", label=texts("sign_in.email"), kind="email", required=True, autofocus=True)
    return guest.page(
        "entering.html",
        429 if wrong else 200,
        title=texts("forgot.title"),
        text=texts("forgot.text" if by_mail else "forgot.ask"),
        submit=texts("forgot.submit"),
        action=addresses.FORGOT if by_mail else "",
        fields=(email,),
        failed=Notice(wrong, "danger") if wrong else None,
        hidden=(),
        links=(Link(texts("codes.start_again"), addresses.SIGN_IN),),
    )


def send_link(guest: Guest, form: FormData) -> Response:
    """Have a link mailed; known and unknown addresses are answered alike."""
    doors, texts = guest.web.doors, guest.texts
    if doors.settings.mail is None:
        return guest.error(404)
    database, address = doors.workspace.database, sessions.device_of(guest.request).address
    if not ask_reset(database, guest.release, str(form.get("email", ""))[:320], doors.clock(), address):
        return ask_address(guest, texts("forgot.wait"))
    return guest.page(
        "entering.html",
        title=texts("forgot.title"),
        text=texts("forgot.sent"),
        submit="",
        action="",
        fields=(),
        failed=None,
        hidden=(),
        links=(Link(texts("codes.start_again"), addresses.SIGN_IN),),
    )
