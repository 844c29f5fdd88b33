"""What is done to an account: signing out devices, codes of a second step, tokens, links, acting as its user."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import close_sessions, issue_token, knows_password, revoke_token
from kith.runtime.accounts.acting import begin_acting, end_acting, may_be_acted_as
from kith.runtime.accounts.codes import turn_off
from kith.runtime.accounts.entries import What, note
from kith.runtime.accounts.managing import link_again
from kith.runtime.accounts.sessions import end_session
from kith.runtime.database import Connection
from kith.runtime.read.cursors import ID
from kith.web import addresses, sessions
from kith.web.answering import action, page
from kith.web.inputs import FieldInput
from kith.web.pages.account import OTHERS, Holder, holder_of
from kith.web.pages.accounts import told_once
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.templating import wanted
from kith.web.view import Choice, Link

DAYS = (30, 90, 180, 365)
"""How long a token may last; one that never ends is made at the command line."""
LONGEST_NAME = 80


def routes(web: Web) -> Sequence[Route]:
    """The routes of what is done to an account."""
    found = [Route(addresses.END_ACTING, action(web, stop_acting, expired), methods=["POST"])]
    for base in (addresses.ACCOUNT, OTHERS):
        for rest, question in QUESTIONS.items():
            found.append(Route(base + rest, page(web, _asking(question)), methods=["GET"]))
            found.append(Route(base + rest, action(web, _doing(question), expired, long=True), methods=["POST"]))
        found.append(Route(base + "/tokens/new", page(web, ask_token), methods=["GET"]))
        found.append(Route(base + "/tokens/new", action(web, make_token, expired), methods=["POST"]))
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before it is done, by the `name` of its texts.

    `may` says to whom, `do` returns the answer; `wants_password` proves who asks.
    """

    name: str
    may: Callable[[Holder], bool]
    do: Callable[[Holder], Response]
    wants_password: bool = False


def _asking(question: Question) -> Callable[[Visit], Response]:
    return lambda visit: _ask(_allowed(question, visit), question)


def _allowed(question: Question, visit: Visit) -> Holder:
    holder = holder_of(visit)
    if not question.may(holder):
        raise Stop(404)
    return holder


def _ask(holder: Holder, question: Question, wrong: str = "") -> Response:
    visit, name, texts = holder.visit, holder.user.name, holder.visit.texts
    title, label = texts(f"ask.{question.name}.title", name=name), texts(f"ask.{question.name}.label")
    key = f"ask.{question.name}.other"
    text = texts(key, name=name) if not holder.own and key in texts else texts(f"ask.{question.name}.text", name=name)
    crumbs = (*holder.crumbs, Link(title, visit.path))
    if _proves(holder, question):
        password = FieldInput(
            name="password", label=texts("password.current"), kind="password", required=True, error=wrong
        )
        return visit.page(
            "ask.html",
            422 if wrong else 200,
            title=title,
            text=text,
            crumbs=crumbs,
            failed=None,
            code=None,
            hidden=(),
            fields=(password,),
            action=visit.path,
            submit=label,
            cancel=holder.address,
        )
    context = {"title": title, "text": text, "action": visit.path, "label": label, "cancel": holder.address}
    if wanted(visit.request, "dialog-body"):
        return visit.block("confirm.html", "content", **context)
    return visit.page("confirm.html", crumbs=crumbs, **context)


def _proves(holder: Holder, question: Question) -> bool:
    """Whether who asks has to show that he knows his password; who comes by a provider of identities has none."""
    return question.wants_password and holder.own and holder.standing.password


def _doing(question: Question) -> Callable[[Visit], Response]:
    def do(visit: Visit) -> Response:
        holder = _allowed(question, visit)
        if _proves(holder, question):
            database, device = visit.web.doors.workspace.database, sessions.device_of(visit.request)
            sent, now = visit.sent("password"), visit.context.now
            if failed := knows_password(database, visit.web.passwords, holder.user.id, sent, now, device):
                minutes = max(1, round(failed.wait.total_seconds() / 60))
                texts = visit.texts
                waits = texts("sign_in.wait", count=minutes) if failed.reason == "wait" else texts("password.wrong")
                return _ask(holder, question, waits)
        return question.do(holder)

    return do


def _noted(holder: Holder, what: What, work: Callable[[Connection], object]) -> bool:
    """Do something and write down that it was done, and by whom; whether there was something to do."""
    visit = holder.visit
    by = None if holder.own else visit.context.actor.id

    def within(connection: Connection) -> bool:
        done = work(connection) is not False
        if done:
            note(connection, holder.user.id, what, visit.context.now, sessions.device_of(visit.request), acted_by=by)
        return done

    return visit.write(within)


# ---- devices and codes ----------------------------------------------------------------------------------------------


def _end_device(holder: Holder) -> Response:
    handle, now = parameter(holder.visit.request, "handle"), holder.visit.context.now
    done = _noted(holder, "signed_out_elsewhere", lambda one: end_session(one, holder.user.id, handle, now))
    return go(holder.address, "device_out" if done else "")


def _end_devices(holder: Holder) -> Response:
    visit = holder.visit
    keep = sessions.secret_of(visit.web.doors, visit.request) if holder.own else ""
    user, now = holder.user.id, visit.context.now
    _noted(holder, "signed_out_elsewhere", lambda one: close_sessions(one, user, now, except_secret=keep))
    return go(holder.address, "devices_out")


def _codes_off(holder: Holder) -> Response:
    _noted(holder, "codes_off", lambda connection: turn_off(connection, holder.user.id))
    return go(holder.address, "codes_off")


# ---- links and acting -----------------------------------------------------------------------------------------------


def _send_link(holder: Holder) -> Response:
    visit = holder.visit
    by_mail = visit.web.doors.settings.mail is not None
    database = visit.web.doors.workspace.database
    made = link_again(database, visit.context, visit.release, holder.user.id, mailed=by_mail)
    if made is None:
        raise Stop(404)
    return told_once(visit, made, holder.user.email)


def _begin_acting(holder: Holder) -> Response:
    visit, own = holder.visit, holder.visit.context.actor.id or ""
    secret, device = sessions.secret_of(visit.web.doors, visit.request), sessions.device_of(visit.request)
    visit.write(lambda one: begin_acting(one, secret, own, holder.user.id, visit.context.now, device))
    return go(addresses.HOME)


def stop_acting(visit: Visit) -> Response:
    """The administrator is himself again."""
    actor, secret = visit.context.actor, sessions.secret_of(visit.web.doors, visit.request)
    if not actor.acted_by:
        return go(addresses.HOME)
    device = sessions.device_of(visit.request)
    visit.write(lambda connection: end_acting(connection, secret, visit.context.now, device))
    return go(addresses.account_of(actor.id or ""), "acting_ended")


def _may_act(holder: Holder) -> bool:
    visit = holder.visit
    return not holder.own and may_be_acted_as(visit.connection, visit.release, holder.user.id, visit.context.actor)


# ---- tokens ---------------------------------------------------------------------------------------------------------


def _revoke(holder: Holder) -> Response:
    id_, user, now = parameter(holder.visit.request, "token"), holder.user.id, holder.visit.context.now
    known = ID.fullmatch(id_) is not None
    done = known and _noted(holder, "token_revoked", lambda one: revoke_token(one, id_, now, user=user))
    return go(holder.address, "token_revoked" if done else "")


def ask_token(visit: Visit) -> Response:
    """The form for a new token."""
    return _token_form(_making(visit), {})


def _making(visit: Visit) -> Holder:
    holder = holder_of(visit)
    if not (holder.own or holder.standing.service):
        raise Stop(404)
    return holder


def make_token(visit: Visit) -> Response:
    """Make a token and show its secret once."""
    holder, texts = _making(visit), visit.texts
    name, roles = visit.sent("name").strip(), [str(role) for role in visit.form.getlist("roles")]
    if not name or len(name) > LONGEST_NAME:
        return _token_form(holder, {"name": texts("tokens.name_wrong", longest=LONGEST_NAME)})
    if not set(roles) <= set(holder.user.roles) or visit.sent("days") not in map(str, DAYS):
        raise Stop(400)
    ends = visit.context.now + timedelta(days=int(visit.sent("days")))
    made: list[str] = []

    def work(connection: Connection) -> None:
        user, now = holder.user.id, visit.context.now
        made.append(issue_token(connection, name, now, user=user, roles=roles, expires_at=ends)[1])

    _noted(holder, "token_made", work)
    return visit.page(
        "secret.html",
        title=texts("tokens.made", name=name),
        text=texts("tokens.made_text"),
        crumbs=(*holder.crumbs, Link(texts("tokens.new"), visit.path)),
        secrets=made,
        on=Link(texts("accounts.to_account"), holder.address),
    )


def _token_form(holder: Holder, wrong: Mapping[str, str]) -> Response:
    visit, texts = holder.visit, holder.visit.texts
    known = visit.model.roles
    roles = [Choice(name, known[name].label.in_(visit.language)) for name in holder.user.roles if name in known]
    fields = (
        FieldInput(
            name="name",
            label=texts("tokens.name"),
            value=visit.sent("name"),
            required=True,
            help=texts("tokens.name_help"),
            error=wrong.get("name", ""),
            autofocus=True,
        ),
        FieldInput(
            name="roles",
            label=texts("accounts.roles"),
            kind="choices",
            choices=roles,
            values=[str(role) for role in visit.form.getlist("roles")],
            help=texts("tokens.roles_help"),
        ),
        FieldInput(
            name="days",
            label=texts("tokens.ends"),
            kind="radio",
            value=visit.sent("days") or str(DAYS[1]),
            choices=[Choice(str(days), texts("tokens.days", count=days)) for days in DAYS],
        ),
    )
    return visit.page(
        "ask.html",
        422 if wrong else 200,
        title=texts("tokens.new"),
        text=texts("tokens.new_text"),
        crumbs=(*holder.crumbs, Link(texts("tokens.new"), visit.path)),
        failed=None,
        code=None,
        hidden=(),
        fields=fields,
        action=visit.path,
        submit=texts("tokens.make"),
        cancel=holder.address,
    )


QUESTIONS: Mapping[str, Question] = {
    "/devices/end": Question("devices", lambda holder: True, _end_devices),
    "/devices/{handle}/end": Question("device", lambda holder: True, _end_device),
    "/codes/off": Question("codes_off", lambda holder: holder.standing.codes, _codes_off, wants_password=True),
    "/tokens/{token}/revoke": Question("token", lambda holder: True, _revoke),
    "/link": Question("link", lambda holder: not holder.own and not holder.standing.service, _send_link),
    "/act": Question("act", _may_act, _begin_acting),
}
"""What is asked before it is done, by where: under one's own account and, for those who administer, under anybody's."""
