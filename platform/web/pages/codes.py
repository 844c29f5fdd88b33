"""The second step of signing in is turned on: a code for the phone to read, and one typed from it to show that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts.codes import address_of, codes_of, new_key, turn_on
from kith.runtime.accounts.entries import note
from kith.runtime.database import Connection
from kith.web import addresses, sessions
from kith.web.answering import action, page
from kith.web.inputs import FieldInput
from kith.web.pages.account import Holder, holder_of
from kith.web.pages.signing import expired
from kith.web.qr import svg_path
from kith.web.requests import Visit, Web, go
from kith.web.view import Link

ADDRESS = addresses.ACCOUNT + "/codes"
KEY = 32
"""Characters of a key as it is made here."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of turning codes on."""
    return (
        Route(ADDRESS, page(web, ask), methods=["GET"]),
        Route(ADDRESS, action(web, start, expired), methods=["POST"]),
    )


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be read by a phone: its side, its dots, and what is typed where the phone cannot read it."""

    size: int
    path: str
    key: str


def ask(visit: Visit) -> Response:
    """A new key to be read."""
    holder = holder_of(visit)
    if codes_of(visit.connection, holder.user.id).on:
        return go(addresses.ACCOUNT)
    return _form(holder, new_key())


def start(visit: Visit) -> Response:
    """Want codes from now on, and show what helps when the phone is lost."""
    holder, key, texts = holder_of(visit), visit.sent("key"), visit.texts
    if not _is_key(key) or codes_of(visit.connection, holder.user.id).on:
        return go(addresses.ACCOUNT)

    def work(connection: Connection) -> list[str] | None:
        now = visit.context.now
        made = turn_on(connection, holder.user.id, key, visit.sent("code"), now)
        if made is not None:
            note(connection, holder.user.id, "codes_on", now, sessions.device_of(visit.request))
        return made

    made = visit.write(work)
    if made is None:
        return _form(holder, key, texts("codes.wrong"))
    return visit.page(
        "secret.html",
        title=texts("codes.made"),
        text=texts("codes.made_text"),
        crumbs=(*holder.crumbs, Link(texts("codes.title"), ADDRESS)),
        secrets=made,
        on=Link(texts("accounts.to_account"), addresses.ACCOUNT),
    )


def _form(holder: Holder, key: str, wrong: str = "") -> Response:
    visit, texts = holder.visit, holder.visit.texts
    app = visit.model.app.title.in_(visit.language)
    # A letter of Chinese takes nine characters of an address.
    issuer, email = app[: 20 if app.isascii() else 6], holder.user.email.encode("ascii", "ignore").decode()
    size, path = svg_path(address_of(key, email[:80], issuer))
    code = FieldInput(
        name="code",
        label=texts("codes.code"),
        kind="one_time_code",
        required=True,
        error=wrong,
        attributes={"inputmode": "numeric", "maxlength": "10"},
    )
    return visit.page(
        "ask.html",
        422 if wrong else 200,
        title=texts("codes.turn_on"),
        text=texts("codes.scan"),
        crumbs=(*holder.crumbs, Link(texts("codes.title"), ADDRESS)),
        failed=None,
        code=Code(size, path, " ".join(key[at : at + 4] for at in range(0, len(key), 4))),
        hidden=[("key", key)],
        fields=(code,),
        action=ADDRESS,
        submit=texts("codes.start"),
        cancel=addresses.ACCOUNT,
    )


def _is_key(key: str) -> bool:
    """Whether it is a key as it is made here: base 32, 160 bits."""
    return len(key) == KEY and not key.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
