"""The inbox: what its reader is told, the way to what it is about, and how much is unread, told to open pages at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kith.runtime import inbox
from kith.runtime.accounts import session_of
from kith.runtime.inbox import Notice
from kith.runtime.queue.telling import kind_of, texts_of
from kith.runtime.read.cursors import ID
from kith.runtime.read.reader import reader_of
from kith.web import addresses, sessions
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.pages.signing import expired
from kith.web.requests import PRIVATE, Stop, Visit, Web, go, guest_of, not_while_acting, parameter
from kith.web.shell import icon_of
from kith.web.view import Empty, Link
from kith.web.view import Page as Pager

SIZE = 30
ICONS = {"rule": "bell", "due": "alarm-clock", "job": "list-checks"}


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in words; `action` is where it is opened (POST)."""

    text: str
    about: str
    icon: str
    when: str
    action: str
    unread: bool


def routes(web: Web) -> Sequence[Route]:
    """The routes of the inbox."""

    async def events(request: Request) -> Response:
        return await listen(web, request)

    return (
        Route(addresses.INBOX, page(web, show), methods=["GET"]),
        Route(addresses.INBOX, action(web, read_all, expired), methods=["POST"]),
        Route(addresses.INBOX + "/{id}", action(web, open_one, expired), methods=["POST"]),
        Route(addresses.EVENTS, events, methods=["GET"]),
    )


def show(visit: Visit) -> Response:
    """The latest notices, or those that are unread."""
    sent, texts = visit.request.query_params, visit.texts
    before, unread = sent.get("before", ""), "unread" in sent
    if before and not ID.fullmatch(before):
        raise Stop(404)
    found = inbox.latest(visit.connection, visit.context, visit.release, before=before, unread=unread, limit=SIZE + 1)
    some = inbox.unread(visit.connection, [visit.context.actor.id or ""]).get(visit.context.actor.id or "", 0)
    on = found[SIZE - 1].id if len(found) > SIZE else ""
    kept = [("unread", "1" if unread else "")]
    here = addresses.with_query(addresses.INBOX, kept)
    following = addresses.with_query(addresses.INBOX, [*kept, ("before", on)])
    count = formatter("integer", visit.language)(some) if some else ""
    return visit.page(
        "inbox.html",
        title=texts("inbox.title"),
        tabs=(
            Link(texts("inbox.all"), addresses.INBOX, current=not unread),
            Link(texts("inbox.unread"), addresses.with_query(addresses.INBOX, [("unread", "1")]), "", unread, count),
        ),
        lines=[_line(visit, one) for one in found[:SIZE]],
        any_unread=bool(some),
        page=Pager("", here if before else "", following if on else "") if before or on else None,
        empty=Empty(texts("inbox.empty"), texts("inbox.empty_text"), "bell"),
    )


def _line(visit: Visit, one: Notice) -> Line:
    entity = visit.model.entities.get(one.entity)
    icon = icon_of(entity) if entity is not None and one.kind == "rule" else ICONS[one.kind]
    return Line(
        _said(visit, one),
        entity.label.in_(visit.language) if entity is not None else "",
        icon,
        formatter("instant", visit.language, zone=str(visit.context.reader_zone))(one.at),
        f"{addresses.INBOX}/{one.id}",
        one.unread,
    )


def _said(visit: Visit, one: Notice) -> str:
    if one.kind == "due":
        return visit.texts("inbox.due", title=one.text)
    if one.kind == "job":
        return visit.texts("inbox.ended", kind=kind_of(one.text, texts_of(visit.language)))
    return one.text


def open_one(visit: Visit) -> Response:
    """Mark a notice as read and go to what it is about; somebody who acts as another leaves it unread."""
    id_ = parameter(visit.request, "id")
    known = inbox.latest(visit.connection, visit.context, visit.release, id_=id_, limit=1) if ID.fullmatch(id_) else ()
    if not known:
        raise Stop(404)
    if not visit.context.actor.acted_by:
        visit.write(lambda connection: inbox.mark_read(connection, visit.context, id_))
    return go(_place(visit, known[0]))


def _place(visit: Visit, one: Notice) -> str:
    if one.kind == "job":
        return addresses.batch_of(one.record)
    readable = one.entity and one.record and reader_of(visit.context, visit.release).may_read(one.entity)
    return addresses.record_of(one.entity, one.record) if readable else addresses.INBOX


def read_all(visit: Visit) -> Response:
    """Mark all as read."""
    not_while_acting(visit)
    visit.write(lambda connection: inbox.mark_read(connection, visit.context))
    return go(addresses.INBOX)


# ---- at once ------------------------------------------------------------------------------------------------------


async def listen(web: Web, request: Request) -> Response:
    """How much is unread, as events; 204 for who is not signed in, so that the page asks no more."""
    guest, secret, doors = guest_of(web, request), sessions.secret_of(web.doors, request), web.doors
    database = doors.workspace.database

    def who() -> str:
        with database.read() as connection:
            account = session_of(connection, guest.release, secret, doors.clock()) if secret else None
        return (account.actor.id or "") if account is not None else ""

    async def look(users: Sequence[str]) -> Mapping[str, int]:
        def counted() -> Mapping[str, int]:
            with database.read() as connection:
                return inbox.unread(connection, users)

        return await doors.calling.read(counted)

    user = await doors.calling.read(who)
    if not user:
        return Response(status_code=204)

    async def told() -> AsyncIterator[str]:
        yield "retry: 5000\n\n"
        async for count in doors.live.follow(user, look):
            yield ": still here\n\n" if count is None else f"data: {count}\n\n"

    headers = {**PRIVATE, "x-accel-buffering": "no"}
    return StreamingResponse(told(), headers=headers, media_type="text/event-stream")
