"""The gate that every request comes through, whatever its address: who is answered at all, how often, and with which headers.

What is refused here has touched neither session nor database. It also gives each request its id, its line in the log and its
place in the figures.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kith.problems import Words
from kith.runtime.accounts.throttling import machine
from kith.runtime.logs import in_request, route_of
from kith.runtime.measuring import Measures
from kith.runtime.operating import Operation
from kith.texts import negotiate
from kith.web import cookies

LOG = logging.getLogger("kith.requests")
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
ENTITY = re.compile(r"[a-z][a-z0-9_]{0,62}")
LARGEST_HEAD = 128 * 1024
"""Bytes of an address with all headers."""
LONGEST_BURST = 10
"""Seconds whose requests may come at once."""
MACHINES = 10_000
"""Machines that are told apart."""
HOSTS = 100
"""Names of ours that are known without being looked at again."""
LOCAL = frozenset({"127.0.0.1", "::1"})
OURS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""What every answer has that does not say otherwise itself; pages do (`look.SECURITY_HEADERS`)."""
HTTPS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class No:
    """A request that is not let in."""

    status: int
    reason: str
    words: Words
    wait: int = 0


HOST = No(
    400,
    "host",
    Words(
        "This server has another name. Its operator lists its names in KITH_URL or KITH_HOSTS.",
        "此服务器使用其他名称。运维人员可在 KITH_URL 或 KITH_HOSTS 中列出其名称。",
    ),
)
HEAD = No(431, "head", Words("The request's headers are too large.", "请求头过大。"))
METHOD = No(405, "method", Words("This server does not know that method.", "此服务器不支持该方法。"))
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Rates:
    """How many requests each machine may send: a bucket that fills again by so many a second."""

    rate: int
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, address: str, now: float) -> float:
        """Take one from a machine's bucket; the seconds to wait where it is empty, else 0."""
        most = float(self.rate * LONGEST_BURST)
        left, at = self._buckets.get(address, (most, now))
        left = min(most, left + (now - at) * self.rate)
        if left < 1:
            return (1 - left) / self.rate
        if len(self._buckets) >= MACHINES and address not in self._buckets:
            self._forget(most, now)
        self._buckets[address] = left - 1, now
        return 0.0

    def _forget(self, most: float, now: float) -> None:
        """Let go of whose buckets are full again, and where all are in use of the longest unseen half."""
        full = [name for name, (left, at) in self._buckets.items() if left + (now - at) * self.rate >= most]
        for name in full or sorted(self._buckets, key=lambda name: self._buckets[name][1])[: MACHINES // 2]:
            del self._buckets[name]


class Gate:
    """The gate before an application."""

    def __init__(self, app: ASGIApp, operation: Operation, measures: Measures) -> None:
        self.app, self._operation, self._measures = app, operation, measures
        self._rates = Rates(operation.rate)
        self._hosts: set[bytes] = set()
        self._headers = {**OURS, **dict([HTTPS])} if operation.secure else OURS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status = perf_counter(), 500
        given = dict(scope["headers"])
        wanted = given.get(b"x-request-id", b"")
        id_ = wanted.decode() if REQUEST_ID.fullmatch(wanted) else secrets.token_hex(8)

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._headed(message["headers"], id_)
            await send(message)

        with in_request(id_):
            try:
                no = self._refused(scope, given, began)
                if no is None:
                    if self._operation.secure and b"cookie" in given:
                        scope["headers"] = cookies.ours(scope["headers"])
                    await self.app(scope, receive, sent)
                else:
                    await _turned_away(scope, given, no, sent)
                    self._measures.turned_away(no.reason)
            finally:
                self._note(scope, status, perf_counter() - began)

    def _headed(self, headers: list[tuple[bytes, bytes]], id_: str) -> list[tuple[bytes, bytes]]:
        there = {name for name, _ in headers}
        more = [pair for pair in self._headers.items() if pair[0] not in there]
        if self._operation.secure and b"set-cookie" in there:
            headers = cookies.bound(headers)
        return [*headers, *more, (b"x-request-id", id_.encode())]

    def _refused(self, scope: Scope, given: Mapping[bytes, bytes], now: float) -> No | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return HOST
        if (
            len(scope.get("raw_path") or b"") + len(scope["query_string"]) + sum(map(_length, scope["headers"]))
            > LARGEST_HEAD
        ):
            return HEAD
        if scope["method"] not in METHODS:
            return METHOD
        address = scope["client"][0] if scope.get("client") else ""
        if self._operation.rate and address not in LOCAL:
            wait = self._rates.wait(machine(address) if ":" in address else address, now)
            if wait:
                seconds = int(wait) + 1
                said = Words(f"Too many requests: try again in {seconds} s.", f"请求过多，请在 {seconds} 秒后重试。")
                return No(429, "rate", said, seconds)
        return None

    def _is_ours(self, host: bytes) -> bool:
        if host in self._hosts:
            return True
        ours = self._operation.hosts.has(host.decode("latin-1"))
        if ours and len(self._hosts) < HOSTS:
            self._hosts.add(host)
        return ours

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._measures.answered(scope["method"], route, status, seconds)
        if LOG.isEnabledFor(logging.INFO):
            said = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            entity = scope.get("path_params", {}).get("entity", "")
            # What is no entity may be any text.
            if status < 400 and ENTITY.fullmatch(entity):
                said["entity"] = entity
            if actor := scope.get("kith.actor"):
                said["actor"] = actor
            LOG.info("request", extra=said)


def _length(header: tuple[bytes, bytes]) -> int:
    return len(header[0]) + len(header[1])


async def _turned_away(scope: Scope, given: Mapping[bytes, bytes], no: No, send: Send) -> None:
    """Say no: to programs as a problem document, to people in plain words."""
    language = negotiate(given.get(b"accept-language", b"").decode("latin-1"), ("en", "zh-CN"))
    said = no.words.in_(language)
    kind, body = b"text/plain; charset=utf-8", said.encode()
    if scope["path"].startswith("/api"):
        document = {
            "type": "about:blank",
            "title": said,
            "status": no.status,
            "detail": said,
            "code": no.reason,
            "errors": [],
        }
        kind, body = b"application/problem+json", orjson.dumps(document)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    headers += [(b"content-language", language.encode())]
    headers += [(b"retry-after", str(no.wait).encode())] if no.wait else []
    headers += [(b"allow", ", ".join(METHODS).encode())] if no is METHOD else []
    await send({"type": "http.response.start", "status": no.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
