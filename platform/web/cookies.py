"""Cookies over https: bound to this host by their names, whoever made them, so that no other host of the domain can set one."""

from __future__ import annotations

from collections.abc import Iterable

PREFIX = b"__Host-"
"""What browsers take only over https, for `/` and without a domain."""
Headers = list[tuple[bytes, bytes]]


def bound(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers of an answer, whose cookies go over https only and back to nobody else."""
    return [(name, _bound(value) if name == b"set-cookie" else value) for name, value in headers]


def ours(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers of a request with the cookies that are bound alone, by the names that the pages know."""
    return [(name, _ours(value) if name == b"cookie" else value) for name, value in headers]


def _bound(cookie: bytes) -> bytes:
    return PREFIX + cookie if b"; secure" in cookie.lower() else PREFIX + cookie + b"; Secure"


def _ours(cookies: bytes) -> bytes:
    pairs = (pair.strip() for pair in cookies.split(b";"))
    return b"; ".join(pair.removeprefix(PREFIX) for pair in pairs if pair.startswith(PREFIX))
