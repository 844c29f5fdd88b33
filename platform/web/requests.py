"""A reader's request: who asks, in which language and time zone, and how pages are answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, cast

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kith.metadata.model import Model
from kith.runtime.accounts import (
    SAFE,
    Passwords,
    Proof,
    SignedIn,
    masked,
)
from kith.runtime.calling import Doors
from kith.runtime.context import Context, context_of
from kith.runtime.database import Connection
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.texts import Texts
from kith.web import addresses, flash, shell
from kith.web.choices import language_of
from kith.web.frames import Frame
from kith.web.look import SECURITY_HEADERS, Look
from kith.web.templating import Drawing, Templates
from kith.web.view import Link, Shell

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]
LOG = logging.getLogger("kith.web")
PRIVATE = {**SECURITY_HEADERS, "cache-control": "no-store", "vary": "cookie, accept-language, hx-request"}
HEADERS = [*PRIVATE.items(), ("content-type", "text/html; charset=utf-8")]
WRITTEN = [(name.encode(), value.encode()) for name, value in HEADERS]


class Html(HTMLResponse):
    """A page for its reader alone; its headers are written once and for all."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Take the headers of all pages, and the length of this one."""
        self.raw_headers = [*WRITTEN, (b"content-length", str(len(self.body)).encode())]


@dataclass(eq=False)
class Stop(Exception):
    """A request that ends with an error page: its status, and what is said beyond the page's own words."""

    status: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Web:
    """What all pages share: the doors into the runtime, the templates, and how passwords are hashed."""

    doors: Doors
    templates: Templates
    passwords: Passwords = SAFE


@dataclass(frozen=True, slots=True)
class Guest:
    """A request of somebody who is not signed in."""

    web: Web
    request: Request
    release: Release
    language: str

    @property
    def model(self) -> Model:
        """The model of the request's release."""
        return self.release.model

    @property
    def texts(self) -> Texts:
        """What Kith says in the reader's language."""
        return self.web.templates.texts[self.language]

    @property
    def here(self) -> str:
        """The address of this request, to come back to."""
        query = self.request.scope["query_string"].decode(errors="replace")
        return self.path + (f"?{query}" if query else "")

    @property
    def path(self) -> str:
        """The path of this request; to make a whole URL of it costs as much as a statement of SQLite."""
        found: str = self.request.scope["path"]
        return found

    @property
    def shell(self) -> Shell:
        """What surrounds the page."""
        look = Look.of(self.request.cookies, self.model.app.accent)
        return Shell(app=self.model.app.title.in_(self.language), here=self.here, look=look)

    def whole(self, template: str, status: int = 200, /, **context: object) -> Response:
        """A whole page as its template has it; `context` needs its `title`."""
        html = self.web.templates.page(template, self.language, shell=self.shell, **context)
        return Html(html, status)

    def page(self, template: str, status: int = 200, /, **context: object) -> Response:
        """A page with what surrounds it."""
        return self.whole(template, status, **context)

    def error(
        self, status: int, text: str = "", *, reference: str = "", back: str = "", form: FormData | None = None
    ) -> Response:
        """The page of a status that ends a request; `form` is what was sent, to be sent again."""
        return self.page(
            "error.html",
            status,
            status=status,
            title=self.texts(f"error.{status}.title"),
            text=text,
            details=(),
            reference=reference,
            back=back,
            again=again_of(form) if form is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Visit(Guest):
    """A request of somebody who is signed in; `connection` is for reading, `form` what a POST sent."""

    connection: Connection
    account: SignedIn
    context: Context
    form: FormData = field(default_factory=FormData)

    @property
    def frame(self) -> Frame:
        """What surrounds the reader's pages."""
        return Frame(
            self.web.templates,
            reader_of(self.context, self.release),
            self.texts,
            Look.of(self.request.cookies, self.model.app.accent),
            path=self.path,
            here=self.here if self.request.method == "GET" else addresses.HOME,
            csrf=masked(self.account.csrf),
            user=self.context.actor.id or "",
            name=self.context.actor.name,
            acted_by=self.context.actor.acted_by[1] if self.context.actor.acted_by else "",
        )

    @property
    def shell(self) -> Shell:
        """What surrounds the page: the app, the reader and where he may go."""
        return self.frame.shell()

    def page(self, template: str, status: int = 200, /, **context: object) -> Response:
        """The content of a template in the frame of all pages; `context` needs its `title`, and may have `crumbs`."""
        frame = self.frame
        content = self.web.templates.block(template, "content", self.language, shell=frame.shell(), **context)
        crumbs = cast("Sequence[Link]", context.get("crumbs", ()))
        return self._framed(frame, status, content, str(context["title"]), crumbs)

    def drawn(self, drawing: Drawing, status: int = 200, /, *, title: str, crumbs: Sequence[Link] = ()) -> Response:
        """The same of a stencil, whose texts are also `title` and `csrf`: a stencil knows no reader's shell."""
        frame = self.frame
        texts = {"title": title, "csrf": frame.csrf, **drawing.texts}
        drawing = Drawing(drawing.template, drawing.block, drawing.key, texts, drawing.fixed)
        content = self.web.templates.drawn(self.release, self.language, drawing)
        return self._framed(frame, status, content, title, crumbs)

    def _framed(self, frame: Frame, status: int, content: str, title: str, crumbs: Sequence[Link]) -> Response:
        told = shell.notices(self.texts, flash.told(self.request))
        notices = [self.web.templates.ui(self.language).notice(one, "status") for one in told]
        response = Html(frame.around("".join([*notices, content]), title, crumbs), status)
        flash.forget(self.request, response)
        return response

    def block(self, template: str, block: str, /, **context: object) -> Response:
        """One block of a page: what htmx swaps in."""
        html = self.web.templates.block(template, block, self.language, shell=self.shell, **context)
        return Html(html)

    def fragment(self, drawing: Drawing) -> Response:
        """One block of a page, of its stencil."""
        return Html(self.web.templates.drawn(self.release, self.language, drawing))

    @contextmanager
    def anew(self) -> Iterator[Visit]:
        """The same request reading what has been written since it began."""
        with self.web.doors.workspace.database.read() as connection:
            yield replace(self, connection=connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, in a writing transaction of its own."""
        return self.web.doors.workspace.database.run(work)

    def sent(self, name: str) -> str:
        """A text of the form, "" where it is missing."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""


def go(address: str, said: str = "") -> Response:
    """Send the reader on to a page of ours, which says once what has been done."""
    response = RedirectResponse(address, 303, headers={"cache-control": "no-store"})
    if said:
        flash.tell(response, said)
    return response


def guest_of(web: Web, request: Request) -> Guest:
    """The request of somebody unknown."""
    return Guest(web, request, web.doors.workspace.current(), language_of(request))


def visit_of(
    guest: Guest,
    connection: Connection,
    account: SignedIn,
    now: datetime,
    form: FormData | None = None,
    proof: Proof | None = None,
) -> Visit:
    """The request of a person: in the language of the device, else his own, else the browser's."""
    language = language_of(guest.request, preferred=account.actor.language)
    app = guest.model.app
    guest.request.scope["kith.actor"] = account.actor.id
    context = context_of(account.actor, now, language=language, time_zone=app.time_zone, spoken=language, proof=proof)
    form = FormData() if form is None else form
    return Visit(guest.web, guest.request, guest.release, language, connection, account, context, form)


def not_while_acting(visit: Visit) -> None:
    """Whoever acts as somebody else has nothing to do with that person's secrets. Raises Stop."""
    if visit.context.actor.acted_by:
        raise Stop(403, visit.texts("acting.not_now"))


def parameter(request: Request, name: str) -> str:
    """A parameter of the path."""
    found: Mapping[str, str] = request.path_params
    return found[name]


def again_of(form: FormData) -> list[tuple[str, str]] | None:
    """What sends a form once more; None where it holds a password, which no page carries along."""
    found = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return None if "password" in form else found
