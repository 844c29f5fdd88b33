"""One account: one's own at `/account`, anybody's for those who administer: devices, tokens, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts import list_tokens
from kith.runtime.accounts.acting import may_be_acted_as
from kith.runtime.accounts.codes import Codes, codes_of
from kith.runtime.accounts.entries import Entry, entries
from kith.runtime.accounts.managing import Known, Standing, list_users, standing_of
from kith.runtime.accounts.sessions import Session, list_sessions
from kith.runtime.accounts.tokens import IssuedToken
from kith.runtime.queue.telling import texts_of
from kith.runtime.read.cursors import ID
from kith.web import addresses, sessions
from kith.web.agents import agent_in_words
from kith.web.answering import page
from kith.web.formats import formatter
from kith.web.pages.accounts import Part, administering, state_of
from kith.web.requests import Stop, Visit, Web, not_while_acting
from kith.web.view import Cell, Choice, Column, Empty, Link, Row, Table
from kith.web.view import Page as Pager

SHOWN, SIZE = 10, 50
OTHERS = addresses.ACCOUNTS + "/{user}"
BAD = ("wrong_password", "wrong_code")
"""What a person should look at twice."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of one account."""
    return tuple(
        Route(base + rest, page(web, handler), methods=["GET"])
        for base in (addresses.ACCOUNT, OTHERS)
        for rest, handler in (("", show), ("/history", show_history))
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose account a page is about; `own` is that of who asks."""

    visit: Visit
    user: Known
    own: bool

    @property
    def address(self) -> str:
        """Where the account is."""
        return addresses.ACCOUNT if self.own else addresses.account_of(self.user.id)

    @property
    def crumbs(self) -> tuple[Link, ...]:
        """The way to the account."""
        if self.own:
            return (Link(self.visit.texts("menu.account"), self.address),)
        return Link(self.visit.texts("accounts.title"), addresses.ACCOUNTS), Link(self.user.name, self.address)

    @property
    def standing(self) -> Standing:
        """How the account stands."""
        return standing_of(self.visit.connection, self.user.id)

    def when(self, value: object) -> str:
        """An instant in the reader's way."""
        return (
            formatter("instant", self.visit.language, zone=str(self.visit.context.reader_zone))(value) if value else ""
        )


def holder_of(visit: Visit) -> Holder:
    """Whose account is asked for. Raises Stop."""
    not_while_acting(visit)
    id_ = visit.request.path_params.get("user")
    if id_ is not None:
        administering(visit)
    wanted = visit.context.actor.id if id_ is None else id_
    found = [user for user in list_users(visit.connection, visit.release) if user.id == wanted]
    if not found:
        raise Stop(404)
    return Holder(visit, found[0], id_ is None)


def may_move(holder: Holder) -> bool:
    """Whether somebody changes his own address here: by a link to the new one, or at least with his password."""
    return holder.own and (holder.standing.password or holder.visit.web.doors.settings.mail is not None)


def show(visit: Visit) -> Response:
    """How an account stands."""
    holder = holder_of(visit)
    standing, texts = holder.standing, visit.texts
    codes = codes_of(visit.connection, holder.user.id)
    parts = [_codes(holder, codes), _devices(holder)] if not standing.service else []
    return visit.page(
        "account.html",
        title=texts("menu.account") if holder.own else holder.user.name,
        note="" if holder.own else holder.user.email,
        chips=() if holder.own else (state_of(visit, holder.user),),
        crumbs=holder.crumbs,
        actions=_actions(holder, standing),
        more=(),
        parts=[*parts, _tokens(holder, standing), _history(holder)],
    )


def show_history(visit: Visit) -> Response:
    """All that happened to an account, as long as it is kept."""
    holder, texts = holder_of(visit), visit.texts
    before = visit.request.query_params.get("before", "")
    if before and not ID.fullmatch(before):
        raise Stop(404)
    found = entries(visit.connection, holder.user.id, before=before, limit=SIZE + 1)
    here = f"{holder.address}/history"
    on = addresses.with_query(here, [("before", found[SIZE - 1].id)]) if len(found) > SIZE else ""
    turning = Pager("", here if before else "", on) if before or on else None
    part = Part("history", "", table=_entries(holder, found[:SIZE]), page=turning)
    title = texts("history_of.title")
    crumbs = (*holder.crumbs, Link(title, here))
    note = texts("history_of.kept")
    return visit.page(
        "account.html", title=title, note=note, chips=(), crumbs=crumbs, actions=(), more=(), parts=[part]
    )


def _actions(holder: Holder, standing: Standing) -> list[Link]:
    texts, address, user = holder.visit.texts, holder.address, holder.user
    if holder.own:
        found = [Link(texts("menu.password"), addresses.PASSWORD, "key-round")] if standing.password else []
        return [Link(texts("own_address.title"), addresses.OWN_ADDRESS, "mail"), *found] if may_move(holder) else found
    found = [Link(texts("accounts.record"), addresses.record_of("user", user.id), "user")]
    if user.active and not standing.service:
        kind = "reset" if standing.password else "invite"
        found.append(Link(texts(f"accounts.ask_{kind}"), f"{address}/link", "mail"))
    context = holder.visit.context
    if may_be_acted_as(holder.visit.connection, holder.visit.release, user.id, context.actor):
        found.append(Link(texts("acting.begin"), f"{address}/act", "user-cog"))
    return found


def _codes(holder: Holder, codes: Codes) -> Part:
    texts, address = holder.visit.texts, holder.address
    actions = []
    if codes.on:
        actions = [Link(texts("codes.turn_off"), f"{address}/codes/off", "lock-open")]
    elif holder.own:
        actions = [Link(texts("codes.turn_on"), f"{address}/codes", "lock")]
    text = texts("codes.is_on", count=codes.left) if codes.on else texts("codes.is_off")
    return Part("codes", texts("codes.title"), text, actions=actions)


def _devices(holder: Holder) -> Part:
    visit, texts = holder.visit, holder.visit.texts
    here = sessions.secret_of(visit.web.doors, visit.request) if holder.own else ""
    found = list_sessions(visit.connection, holder.user.id, visit.context.now, here)
    table = Table(
        caption=texts("devices.title"),
        columns=(
            Column("device", texts("devices.device"), phone="title"),
            Column("seen", texts("devices.seen")),
            Column("since", texts("devices.since")),
            Column("end", texts("table.actions")),
        ),
        rows=[_device(holder, one) for one in found],
        empty=Empty(texts("devices.none"), "", "monitor"),
    )
    label = texts("devices.end_others" if holder.own else "devices.end_all")
    more = len(found) > 1 or (found and not holder.own)
    actions = [Link(label, f"{holder.address}/devices/end", "log-out")] if more else []
    return Part("devices", texts("devices.title"), table=table, actions=actions)


def _device(holder: Holder, one: Session) -> Row:
    texts = holder.visit.texts
    name = agent_in_words(one.agent, texts) or texts("devices.unknown")
    chips = (Choice("here", texts("devices.here"), "green"),) if one.here else ()
    end = Cell() if one.here else Cell(texts("devices.end"), f"{holder.address}/devices/{one.handle}/end")
    shown = Cell(name) if not chips else Cell(name, chips=(Choice("", name), *chips))
    return Row(one.handle, (shown, Cell(holder.when(one.seen_at)), Cell(holder.when(one.created_at)), end), label=name)


def _tokens(holder: Holder, standing: Standing) -> Part:
    visit, texts = holder.visit, holder.visit.texts
    found = [one for one in list_tokens(visit.connection, holder.user.id) if one.revoked_at is None]
    table = Table(
        caption=texts("tokens.title"),
        columns=(
            Column("name", texts("tokens.name"), phone="title"),
            Column("roles", texts("accounts.roles")),
            Column("ends", texts("tokens.ends")),
            Column("used", texts("tokens.used")),
            Column("revoke", texts("table.actions")),
        ),
        rows=[_token(holder, one) for one in found],
    )
    # Of people only they themselves make tokens: one made by another would act in their name.
    actions = (
        [Link(texts("tokens.new"), f"{holder.address}/tokens/new", "plus")] if holder.own or standing.service else []
    )
    if not found:
        return Part("tokens", texts("tokens.title"), texts("tokens.none_text"), actions=actions)
    return Part("tokens", texts("tokens.title"), table=table, actions=actions)


def _token(holder: Holder, one: IssuedToken) -> Row:
    visit, texts = holder.visit, holder.visit.texts
    roles = visit.model.roles
    labels = [roles[name].label.in_(visit.language) if name in roles else name for name in one.roles]
    over = one.expires_at is not None and one.expires_at <= visit.context.now
    ends = texts("tokens.over") if over else holder.when(one.expires_at) or texts("tokens.never_ends")
    cells = (
        Cell(one.name),
        Cell(", ".join(labels) or texts("tokens.all_roles")),
        Cell(ends),
        Cell(holder.when(one.used_at) or texts("tokens.unused")),
        Cell(texts("tokens.revoke"), f"{holder.address}/tokens/{one.id}/revoke"),
    )
    return Row(one.id, cells, label=one.name)


def _history(holder: Holder) -> Part:
    texts = holder.visit.texts
    found = entries(holder.visit.connection, holder.user.id, limit=SHOWN)
    actions = [Link(texts("history_of.all"), f"{holder.address}/history", "history")] if len(found) == SHOWN else []
    return Part("history", texts("history_of.title"), table=_entries(holder, found), actions=actions)


def _entries(holder: Holder, found: Sequence[Entry]) -> Table:
    texts = holder.visit.texts
    names = {user.id: user.name for user in list_users(holder.visit.connection, holder.visit.release)}
    rows, said = [], texts_of(holder.visit.language)
    for one in found:
        what = said(f"happened.{one.what}")
        by = texts("history_of.by", name=names.get(one.acted_by, "")) if one.acted_by else ""
        device = " · ".join(filter(None, (agent_in_words(one.agent, texts), one.address, by)))
        shown = Cell(what, chips=(Choice("", what, "red"),)) if one.what in BAD else Cell(what)
        rows.append(Row(one.id, (Cell(holder.when(one.at)), shown, Cell(device)), label=what))
    return Table(
        caption=texts("history_of.title"),
        columns=(
            Column("at", texts("history_of.at"), phone="title"),
            Column("what", texts("history_of.what")),
            Column("device", texts("history_of.where")),
        ),
        rows=rows,
        empty=Empty(texts("history_of.none"), "", "history"),
    )
