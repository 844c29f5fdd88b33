"""Another mail address of one's own: asked for with the password, taken by the link that goes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import knows_password
from kith.runtime.accounts.moving import Moved, address_of, ask_move, move_now
from kith.runtime.publishing import system_context
from kith.web import addresses, sessions
from kith.web.answering import action, page
from kith.web.inputs import FieldInput
from kith.web.pages.account import Holder, holder_of, may_move
from kith.web.pages.accounts import errors_of
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.view import Link


def routes(web: Web) -> Sequence[Route]:
    """The routes of one's own address."""
    return (
        Route(addresses.OWN_ADDRESS, page(web, ask), methods=["GET"]),
        Route(addresses.OWN_ADDRESS, action(web, move, expired, long=True), methods=["POST"]),
    )


def ask(visit: Visit) -> Response:
    """The form for another address."""
    return _form(_holder(visit), {})


def move(visit: Visit) -> Response:
    """Have a link mailed to the new address; where no mail is sent, take it at once."""
    holder, texts, email = _holder(visit), visit.texts, address_of(visit.sent("email"))
    if wrong := _refusal(holder, email):
        return _form(holder, wrong)
    doors, user = visit.web.doors, holder.user.id
    database = doors.workspace.database
    if doors.settings.mail is not None:
        if not ask_move(database, visit.context, visit.release, user, email):
            return _form(holder, {"email": texts("forgot.wait")})
        return go(addresses.ACCOUNT, "address_asked")
    context, device = system_context(visit.release, doors.clock, visit.language), sessions.device_of(visit.request)
    moved = move_now(database, context, visit.release, user, email, device)
    if isinstance(moved, Moved):
        return go(addresses.ACCOUNT, "address_moved")
    return _form(holder, errors_of(moved) if moved is not None else {})


def _holder(visit: Visit) -> Holder:
    holder = holder_of(visit)
    if not may_move(holder):
        raise Stop(404)
    return holder


def _refusal(holder: Holder, email: str) -> dict[str, str]:
    """What is wrong with what was typed, by field."""
    visit, texts = holder.visit, holder.visit.texts
    if not email:
        return {"email": texts("own_address.no_address")}
    if email == holder.user.email:
        return {"email": texts("own_address.same")}
    if not holder.standing.password:
        return {}
    database, device = visit.web.doors.workspace.database, sessions.device_of(visit.request)
    sent, now = visit.sent("password"), visit.context.now
    failed = knows_password(database, visit.web.passwords, holder.user.id, sent, now, device)
    if failed is None:
        return {}
    minutes = max(1, round(failed.wait.total_seconds() / 60))
    return {"password": texts("sign_in.wait", count=minutes) if failed.reason == "wait" else texts("password.wrong")}


def _form(holder: Holder, wrong: Mapping[str, str]) -> Response:
    visit, texts = holder.visit, holder.visit.texts
    by_mail = visit.web.doors.settings.mail is not None
    email = FieldInput(
        name="email",
        label=texts("own_address.email"),
        kind="email",
        value=visit.sent("email"),
        required=True,
        autofocus="password" not in wrong,
        error=wrong.get("email", "") or wrong.get("", ""),
        attributes={"autocapitalize": "none", "spellcheck": "false"},
    )
    password = FieldInput(
        name="password",
        label=texts("password.current"),
        kind="password",
        required=True,
        autofocus="password" in wrong,
        error=wrong.get("password", ""),
    )
    return visit.page(
        "ask.html",
        422 if wrong else 200,
        title=texts("own_address.title"),
        text=texts("own_address.text" if by_mail else "own_address.at_once", email=holder.user.email),
        crumbs=(*holder.crumbs, Link(texts("own_address.title"), addresses.OWN_ADDRESS)),
        failed=None,
        code=None,
        hidden=(),
        fields=(email, password) if holder.standing.password else (email,),
        action=addresses.OWN_ADDRESS,
        submit=texts("own_address.send" if by_mail else "own_address.take"),
        cancel=addresses.ACCOUNT,
    )
