"""Accounts for those who administer: who may sign in, invitations, accounts of programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts.managing import Invited, Known, NewUser, add_service, invite, list_users
from kith.runtime.read.reader import reader_of
from kith.runtime.write.change import Refused
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.inputs import FieldInput
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.view import Cell, Choice, Column, Link, Notice, Row, Table
from kith.web.view import Page as Pager

KINDS = ("person", "service")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an account's page."""

    name: str
    title: str
    text: str = ""
    table: Table | None = None
    actions: Sequence[Link] = ()
    page: Pager | None = None


def routes(web: Web) -> Sequence[Route]:
    """The routes of all accounts together."""
    return (
        Route(addresses.ACCOUNTS, page(web, show), methods=["GET"]),
        Route(addresses.NEW_ACCOUNT, page(web, ask), methods=["GET"]),
        Route(addresses.NEW_ACCOUNT, action(web, make, expired), methods=["POST"]),
    )


def administering(visit: Visit) -> None:
    """To others there are no accounts but their own."""
    if not reader_of(visit.context, visit.release).administers:
        raise Stop(404)


def show(visit: Visit) -> Response:
    """Everybody, by name."""
    administering(visit)
    texts = visit.texts
    users = list_users(visit.connection, visit.release)
    table = Table(
        caption=texts("accounts.title"),
        columns=(
            Column("name", texts("accounts.name"), phone="title"),
            Column("email", texts("sign_in.email")),
            Column("state", texts("accounts.state")),
            Column("roles", texts("accounts.roles")),
            Column("seen", texts("accounts.seen")),
        ),
        rows=[_row(visit, user) for user in users],
    )
    return visit.page(
        "account.html",
        title=texts("accounts.title"),
        note=texts("accounts.note"),
        actions=(Link(texts("accounts.new"), addresses.NEW_ACCOUNT, "user-plus"),),
        more=(),
        chips=(),
        parts=[Part("people", texts("accounts.people"), table=table)],
    )


def _row(visit: Visit, user: Known) -> Row:
    when = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    roles, address = visit.model.roles, addresses.account_of(user.id)
    labels = ", ".join(roles[name].label.in_(visit.language) for name in user.roles if name in roles)
    seen = when(user.signed_in_at) if user.signed_in_at else ""
    state = state_of(visit, user)
    cells = (Cell(user.name, address), Cell(user.email), Cell(state.label, chips=(state,)), Cell(labels), Cell(seen))
    return Row(user.id, cells, address, label=user.name)


def state_of(visit: Visit, user: Known) -> Choice:
    """How an account stands, in a word."""
    name, colour = ("service", "blue") if user.service else ("active", "green")
    if not user.active:
        name, colour = "inactive", "gray"
    elif not user.service and user.signed_in_at is None:
        name, colour = "waiting", "amber"
    return Choice(name, visit.texts(f"accounts.{name}"), colour)


# ---- somebody new ---------------------------------------------------------------------------------------------------


def ask(visit: Visit) -> Response:
    """The form for somebody new."""
    administering(visit)
    return _form(visit, {})


def make(visit: Visit) -> Response:
    """Invite a person, or make an account for a program."""
    administering(visit)
    roles = tuple(role for role in map(str, visit.form.getlist("roles")) if role in visit.model.roles)
    person = NewUser(visit.sent("email").strip(), visit.sent("name").strip(), roles)
    database, by_mail = visit.web.doors.workspace.database, visit.web.doors.settings.mail is not None
    if visit.sent("kind") == "service":
        made = add_service(database, visit.context, visit.release, person)
        if not isinstance(made, Refused):
            return go(addresses.account_of(made.id), "service_made")
        return _form(visit, errors_of(made))
    invited = invite(database, visit.context, visit.release, person, mailed=by_mail)
    if isinstance(invited, Refused):
        return _form(visit, errors_of(invited))
    return told_once(visit, invited, person.email)


def told_once(visit: Visit, invited: Invited, email: str) -> Response:
    """The link, shown once; where it goes by mail, that it does."""
    address = addresses.account_of(invited.user)
    if not invited.secret:
        return go(address, "mailed")
    texts, until = visit.texts, formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    base = visit.web.doors.settings.address or str(visit.request.base_url).rstrip("/")
    assert invited.until is not None
    return visit.page(
        "secret.html",
        title=texts(f"accounts.link_{invited.kind}"),
        text=texts("accounts.link_text", email=email, until=until(invited.until)),
        secrets=[base + addresses.link_of(invited.secret)],
        on=Link(texts("accounts.to_account"), address),
    )


def errors_of(refused: Refused) -> dict[str, str]:
    """What was wrong, by field; "" is what belongs to none."""
    return {
        failure.field if failure.field in ("email", "name", "roles") else "": failure.message
        for failure in reversed(refused.failures)
    }


def _form(visit: Visit, wrong: dict[str, str]) -> Response:
    texts, sent = visit.texts, visit.form
    roles = [Choice(role.name, role.label.in_(visit.language)) for role in visit.model.roles.values()]
    fields = (
        FieldInput(
            name="kind",
            label=texts("accounts.kind"),
            kind="radio",
            value=visit.sent("kind") or KINDS[0],
            choices=[Choice(kind, texts(f"accounts.kind_{kind}")) for kind in KINDS],
        ),
        FieldInput(
            name="email",
            label=texts("sign_in.email"),
            kind="email",
            value=visit.sent("email"),
            required=True,
            error=wrong.get("email", ""),
        ),
        FieldInput(name="name", label=texts("accounts.name"), value=visit.sent("name"), error=wrong.get("name", "")),
        FieldInput(
            name="roles",
            label=texts("accounts.roles"),
            kind="choices",
            values=[str(role) for role in sent.getlist("roles")],
            choices=roles,
            error=wrong.get("roles", ""),
        ),
    )
    return visit.page(
        "ask.html",
        422 if wrong else 200,
        title=texts("accounts.new"),
        text=texts("accounts.new_text"),
        crumbs=(Link(texts("accounts.title"), addresses.ACCOUNTS), Link(texts("accounts.new"), visit.here)),
        failed=Notice(wrong[""], "danger") if "" in wrong else None,
        code=None,
        hidden=(),
        fields=fields,
        action=addresses.NEW_ACCOUNT,
        submit=texts("accounts.make"),
        cancel=addresses.ACCOUNTS,
    )
