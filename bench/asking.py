"""Requests to an ASGI application without a socket between: what the application itself costs, and little else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is sent again and again."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    def scope(self) -> dict[str, Any]:
        """The request as ASGI describes it."""
        path, _, query = self.target.partition("?")
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        if self.body:
            headers.append((b"content-length", str(len(self.body)).encode()))
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": self.method,
            "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": [(b"host", b"kith.test"), *headers],
            "client": ("127.0.0.1", 1), "server": ("kith.test", 80), "state": {},
        }  # fmt: skip


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int = 0
    headers: Mapping[str, str] | None = None
    body: bytes = b""


async def ask(app: ASGIApp, asked: Asked) -> Answer:
    """Send a request and read its whole answer."""
    answer = Answer()
    chunks: list[bytes] = []
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    await app(asked.scope(), receive, send)
    answer.body = b"".join(chunks)
    return answer
