"""Requests that leave the machine for an address that somebody has typed: screened, and sent to where they were screened."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from kith.problems import Words

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]

LONGEST_URL = 2_000
LARGEST = 1024 * 1024
"""Bytes of an answer that are read."""
SECONDS = 20.0
"""From the connection to the last byte of the answer."""
UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out; outside of it are the local ones, and those that stand for addresses of the old kind."""
_PLAIN = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}


class NotSent(Exception):
    """A request that did not leave, or was given up on; `words` say why without saying what stands on our own network."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the address that was screened, by whatever the name resolves to afterwards."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. A redirect is an answer like any other: nothing follows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet by itself: one that carries another address inside leads anywhere."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolved(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the machine's resolver tells them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dialled(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address."""
    return socket.create_connection((address, port), seconds)


@dataclass(frozen=True, slots=True)
class Screen:
    """What may be asked: public addresses by https, and the hosts of his own network that the operator trusts."""

    trusted: frozenset[str] = frozenset()
    """Hosts as `name` or `name:port`; these may be anywhere, and may be asked without TLS."""
    resolve: Resolve = resolved
    dial: Dial = dialled

    def target(self, url: str) -> Target:
        """Where a URL leads; raises NotSent where that is no place to send anything to."""
        if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url) or "\\" in url:
            raise NotSent(Words("The address is not a URL.", "该地址不是有效的 URL。"))
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise NotSent(Words("The address is not a URL.", "该地址不是有效的 URL。")) from None
        if not host or "%" in host or "@" in parts.netloc or parts.scheme not in _PORTS:
            raise NotSent(Words("The address must begin with https:// and a host.", "地址须以 https:// 和主机名开头。"))
        trusted = bool({host, f"{host}:{port}"} & self.trusted)
        if parts.scheme != "https" and not trusted:
            raise NotSent(Words("The address must begin with https://.", "地址须以 https:// 开头。"))
        if not trusted and port < 1024 and port != _PORTS["https"]:
            raise NotSent(Words(f"Nothing is sent to port {port}.", f"不会向端口 {port} 发送请求。"))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, host, port, path, self._address(host, port, trusted=trusted))

    def _address(self, host: str, port: int, *, trusted: bool) -> str:
        """The first address of a host. One that is not public among several is reason enough to refuse them all."""
        found = self.resolve(host, port)
        if not found:
            raise NotSent(Words(f"{host} cannot be found.", f"找不到主机 {host}。"))
        if not trusted and not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in found):
            # Which address it is would tell what stands on our network.
            raise NotSent(Words(f"{host} is not on the internet.", f"{host} 不在公共互联网上。"))
        return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was screened; the certificate must be the host's."""

    def __init__(self, target: Target, dial: Dial, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._dial, self._seconds = target, dial, seconds

    def connect(self) -> None:
        """Connect without asking for the name's address once more."""
        plain = self._dial(self._target.address, self._target.port, self._seconds)
        if self._target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain


def send(
    screen: Screen,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = SECONDS,
) -> Answer:
    """The answer of an address; raises NotSent. What is larger than 1 MiB is cut off."""
    target = screen.target(url)
    connection = _Pinned(target, screen.dial, seconds)
    try:
        with _given_up_after(seconds, connection) as late:
            connection.request(method, target.path, body or None, {**(headers or {}), "host": target.authority})
            response = connection.getresponse()
            found = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read(LARGEST))
            if late.is_set():
                # An end of the connection looks like an end of the answer.
                raise TimeoutError
            return found
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = type(error).__name__
        raise NotSent(Words(f"{target.host} did not answer ({said}).", f"{target.host} 未应答（{said}）。")) from error
    finally:
        connection.close()


@contextmanager
def _given_up_after(seconds: float, connection: _Pinned) -> Iterator[threading.Event]:
    """A limit for the whole: one for each read alone would let an answer drip for ever."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
