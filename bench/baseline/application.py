"""The hand-written application that Kith is measured against: one entity, the same answers and promises, nothing general."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bench.baseline import showing, tickets
from bench.baseline.statements import statements
from bench.baseline.store import Connection, Row, Store, open_store
from bench.baseline.writing import Refusal, Writer
from kith.runtime.database import normal_url
from kith.runtime.search.terms import field_code

PAGE, CAP = 50, 1_000
JSON_HEADERS = {
    "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}  # fmt: skip
HTML_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    "referrer-policy": "same-origin", "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store", "vary": "cookie, accept-language, hx-request",
}  # fmt: skip
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Baseline:
    """The application's endpoints."""

    store: Store
    release: int
    record: Callable[[Row], dict[str, Any]]
    cells: Callable[[Row], tuple[Any, ...]]
    list_page: jinja2.Template
    form_page: jinja2.Template
    code: str

    # ---- the API

    async def show_all(self, request: Request) -> Response:
        """`GET /api/v1/ticket?sort=-amount`: a page, its cursor and the capped count."""
        async with self.store.reading() as connection:
            me = await self.caller(connection, request)
            limit = int(request.query_params.get("limit", PAGE))
            if not 0 < limit <= 1000 or request.query_params.get("sort") != "-amount":
                raise Refusal(400)
            rows = await self.page(connection, me, limit, request.query_params.get("cursor", ""))
            count = await connection.rows("count", {"me": me})
        more = len(rows) > limit
        found: dict[str, Any] = {
            "data": [*map(self.record, rows[:limit])],
            "next": cursor(self.record(rows[limit - 1])) if more else None,
            "count": min(count[0][0], CAP),
        }
        if count[0][0] > CAP:
            found["capped"] = True
        return answer(found)

    async def page(self, connection: Connection, me: str, limit: int, after: str) -> list[Row]:
        """The rows of a page and one more."""
        values: dict[str, Any] = {"me": me, "limit": limit + 1}
        if not after:
            return await connection.rows("list", values)
        try:
            order, (amount,), id_ = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
            place: Any = Decimal(amount)
        except ValueError:
            raise Refusal(400) from None
        if order != "-amount" or not tickets.ID.fullmatch(id_):
            raise Refusal(400)
        place = int(place.scaleb(2)) if self.store.kind == "sqlite" else place
        return await connection.rows("after", {**values, "amount": place, "id": id_})

    async def get(self, request: Request) -> Response:
        """`GET /api/v1/ticket/{id}`."""
        async with self.store.reading() as connection:
            me = await self.caller(connection, request)
            return await self.one(connection, me, request.path_params["id"], request)

    async def one(self, connection: Connection, me: str, id_: str, request: Request, status: int = 200) -> Response:
        """A record as an answer."""
        rows = await connection.rows("get", {"me": me, "id": id_}) if tickets.ID.fullmatch(id_) else []
        if not rows:
            raise Refusal(404)
        tag = f'"{rows[0][1]}-{rows[0][-1]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**JSON_HEADERS, "etag": tag})
        headers = {"etag": tag} | ({"location": f"/api/v1/ticket/{id_}"} if status == 201 else {})
        return answer({"data": self.record(rows[0])}, status, headers)

    async def create(self, request: Request) -> Response:
        """`POST /api/v1/ticket`."""
        sent = await body(request)
        async with self.store.writing() as connection:
            me = await self.caller(connection, request)
            writer = Writer(connection, self.store.kind, me, datetime.now(UTC), self.release, self.code)
            return await self.one(connection, me, await writer.create(sent), request, 201)

    async def update(self, request: Request) -> Response:
        """`PATCH /api/v1/ticket/{id}`."""
        sent, id_ = await body(request), request.path_params["id"]
        if not tickets.ID.fullmatch(id_):
            raise Refusal(404)
        async with self.store.writing() as connection:
            me = await self.caller(connection, request)
            writer = Writer(connection, self.store.kind, me, datetime.now(UTC), self.release, self.code)
            await writer.update(id_, sent)
            return await self.one(connection, me, id_, request)

    async def caller(self, connection: Connection, request: Request) -> str:
        """The user behind a token, who must be a rep."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.isascii() or len(secret) > 500:
            raise Refusal(401)
        rows = await connection.rows("token", {"digest": digest(secret), "now": self.now()})
        if not rows:
            raise Refusal(401)
        _, user, _, roles = rows[0]
        if "rep" not in roles:
            raise Refusal(403)
        return str(user)

    # ---- the pages

    async def show_list(self, request: Request) -> Response:
        """The page of the list."""
        async with self.store.reading() as connection:
            visitor = await self.visitor(connection, request)
            if visitor is None:
                return RedirectResponse("/sign-in", 303)
            csrf, me, name = visitor
            rows = await self.page(connection, me, PAGE, request.query_params.get("after", ""))
            count = await connection.rows("count", {"me": me})
        more = len(rows) > PAGE
        html = self.list_page.render(
            me=me, name=name, csrf=csrf, rows=[*map(self.cells, rows[:PAGE])], count=f"{count[0][0]:,}",
            shown=min(len(rows), PAGE), next=cursor(self.record(rows[PAGE - 1])) if more else "",
        )  # fmt: skip
        return HTMLResponse(html, headers=HTML_HEADERS)

    async def show_form(self, request: Request) -> Response:
        """The page of the form of a record."""
        async with self.store.reading() as connection:
            visitor = await self.visitor(connection, request)
            if visitor is None:
                return RedirectResponse("/sign-in", 303)
            csrf, me, name = visitor
            rows = await connection.rows("get", {"me": me, "id": request.path_params["id"]})
        if not rows:
            raise Refusal(404)
        record = self.record(rows[0])
        html = self.form_page.render(me=me, user=name, csrf=csrf, **showing.inputs(record))
        return HTMLResponse(html, headers=HTML_HEADERS)

    async def visitor(self, connection: Connection, request: Request) -> tuple[str, str, str] | None:
        """The secret of the session's forms, the user and what he is called."""
        secret = request.cookies.get("kith", "")
        rows = await connection.rows("session", {"digest": digest(secret), "now": self.now()}) if secret else []
        if not rows or "rep" not in rows[0][3]:
            return None
        csrf, user, name, _ = rows[0]
        return csrf, user, name

    def now(self) -> Any:
        """The time as the database compares it."""
        now = datetime.now(UTC)
        return tickets.instant(now) if self.store.kind == "sqlite" else now


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cursor(record: Mapping[str, Any]) -> str:
    """Where a page ended."""
    place = orjson.dumps(["-amount", [record["amount"]], record["id"]])
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


async def body(request: Request) -> dict[str, Any]:
    """The object that was sent."""
    raw = await request.body()
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refusal(400) from None
    if not isinstance(found, dict):
        raise Refusal(400)
    return found


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    content = orjson.dumps(data, option=orjson.OPT_UTC_Z)
    return Response(content, status, {**JSON_HEADERS, **(headers or {})}, "application/json")


def guarded(handler: Handler) -> Handler:
    """Refusals as answers."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return answer({"status": refusal.status, "errors": refusal.errors}, refusal.status)

    return endpoint


def application(url: str, release: int = 1) -> tuple[Starlette, Store]:
    """The application over a database that Kith has made, and its store, to be closed."""
    kind = normal_url(url).get_backend_name()
    store = open_store(url, statements(kind))
    folder = Path(__file__).parent / "templates"
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, auto_reload=False)
    sqlite = kind == "sqlite"
    baseline = Baseline(
        store, release,
        tickets.record_sqlite if sqlite else tickets.record_postgresql,
        showing.cells_sqlite if sqlite else showing.cells_postgresql,
        pages.get_template("list.html"), pages.get_template("form.html"), field_code("ticket", "name"),
    )  # fmt: skip
    routes = [
        Route("/api/v1/ticket", guarded(baseline.show_all), methods=["GET"]),
        Route("/api/v1/ticket", guarded(baseline.create), methods=["POST"]),
        Route("/api/v1/ticket/{id}", guarded(baseline.get), methods=["GET"]),
        Route("/api/v1/ticket/{id}", guarded(baseline.update), methods=["PATCH"]),
        Route("/records/ticket", guarded(baseline.show_list), methods=["GET"]),
        Route("/records/ticket/{id}/edit", guarded(baseline.show_form), methods=["GET"]),
    ]
    return Starlette(routes=routes), store
