"""The second step of signing in is turned on: a code for the phone to read, and one typed from it to show that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accounts.codes import address_of, codes_of, new_key, turn_on
from kith.runtime.accounts.entries import note
from kith.runtime.accounts.requiring import lacks_second
from kith.runtime.database import Connection
from kith.web import addresses, sessions
from kith.web.answering import action, page
from kith.web.choices import local
from kith.web.inputs import FieldInput
from kith.web.pages.account import Holder, holder_of
from kith.web.pages.signing import expired
from kith.web.qr import svg_path
from kith.web.requests import Visit, Web, go
from kith.web.view import Link

KEY = 32
"""Characters of a key as it is made here."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of turning codes on."""
    return (
        Route(addresses.CODES, page(web, ask), methods=["GET"]),
        Route(addresses.CODES, action(web, start, expired), methods=["POST"]),
    )


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be read by a phone: its side, its dots, what it says, and what is typed where the phone cannot read it."""

    size: int
    path: str
    address: str
    key: str


def ask(visit: Visit) -> Response:
    """A new key to be read."""
    holder, target = holder_of(visit), local(visit.request.query_params.get("next", addresses.ACCOUNT))
    if codes_of(visit.connection, holder.user.id).on:
        return go(addresses.ACCOUNT)
    return _form(holder, new_key(), target)


def start(visit: Visit) -> Response:
    """Want codes from now on, and show what helps when the phone is lost."""
    holder, key, texts = holder_of(visit), visit.sent("key"), visit.texts
    target, due = local(visit.sent("next") or addresses.ACCOUNT), _is_due(visit)
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
        return _form(holder, key, target, texts("codes.wrong"))
    on = Link(texts("codes.go_on"), target) if due else Link(texts("accounts.to_account"), addresses.ACCOUNT)
    return (visit.whole if due else visit.page)(
        "secret.html",
        title=texts("codes.made"),
        text=texts("codes.made_text"),
        crumbs=(*holder.crumbs, Link(texts("codes.title"), addresses.CODES)),
        secrets=made,
        on=on,
        bare=due,
    )


def _is_due(visit: Visit) -> bool:
    """Whether somebody has to do this before anything else: he sees no places to go."""
    return lacks_second(visit.release, visit.web.doors.settings, visit.account)


def _form(holder: Holder, key: str, target: str, wrong: str = "") -> Response:
    visit, texts = holder.visit, holder.visit.texts
    due, scan = _is_due(visit), texts("codes.scan")
    app = visit.model.app.title.in_(visit.language)
    # A letter of Chinese takes nine characters of an address.
    issuer, email = app[: 20 if app.isascii() else 6], holder.user.email.encode("ascii", "ignore").decode()
    address = address_of(key, email[:80], issuer)
    size, path = svg_path(address)
    code = FieldInput(
        name="code",
        label=texts("codes.code"),
        kind="one_time_code",
        required=True,
        error=wrong,
        attributes={"inputmode": "numeric", "maxlength": "10"},
    )
    return (visit.whole if due else visit.page)(
        "ask.html",
        422 if wrong else 200,
        title=texts("codes.turn_on"),
        text=texts("codes.due", scan=scan) if due else scan,
        bare=due,
        crumbs=(*holder.crumbs, Link(texts("codes.title"), addresses.CODES)),
        failed=None,
        code=Code(size, path, address, " ".join(key[at : at + 4] for at in range(0, len(key), 4))),
        hidden=[("key", key), ("next", target)],
        fields=(code,),
        action=addresses.CODES,
        submit=texts("codes.start"),
        cancel="" if due else addresses.ACCOUNT,
    )


def _is_key(key: str) -> bool:
    """Whether it is a key as it is made here: base 32, 160 bits."""
    return len(key) == KEY and not key.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
