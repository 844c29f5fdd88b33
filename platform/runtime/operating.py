"""How a server is run, by the environment: the hosts that it answers to, rates, logs and figures."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kith.problems import Words
from kith.runtime.logs import LEVELS
from kith.runtime.settings import Unfit

RATE = 50
"""Requests a second that one machine may send for long, where KITH_RATE says nothing."""
SLOW = 500
"""Milliseconds from which on a statement is told, where KITH_SLOW says nothing."""
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_LOCAL = re.compile(r"(.+\.)?localhost")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that a server answers to: the named ones, else those that nobody else can give it."""

    named: frozenset[str] = frozenset()
    """As `crm.example.com` or `*.example.com`; "*" stands for all."""

    def has(self, host: str) -> bool:
        """Whether a `Host` header is one of ours: a name that leads here may be somebody else's, an address never is."""
        name = host.lower().rpartition(":")[0] if re.search(r":\d*$", host) else host.lower()
        name = name.rstrip(".")
        if "*" in self.named or name in self.named or _LOCAL.fullmatch(name) or _is_address(name):
            return True
        _, _, domain = name.partition(".")
        return bool(domain) and f"*.{domain}" in self.named


ALL = Hosts(frozenset("*"))


@dataclass(frozen=True, slots=True)
class Operation:
    """All of it."""

    hosts: Hosts = ALL
    secure: bool = False
    """People come by https: cookies go over nothing else, and browsers shall know."""
    rate: int = RATE
    """0 for no limit."""
    log: str = "warning"
    slow: int = SLOW
    """0 for never."""
    metrics: str = ""
    """The token that figures are told for; without one they are told to this machine."""


OPEN = Operation(rate=0)
"""For programs that call the application themselves."""


def operation_of(environment: Mapping[str, str]) -> Operation:
    """What an environment says; raises Unfit."""
    address = urlsplit(environment.get("KITH_URL", ""))
    named = {one.lower() for one in _words(environment, "KITH_HOSTS")}
    for host in named - {"*"}:
        if not _HOST.fullmatch(host):
            raise Unfit(
                "KITH_HOSTS",
                Words(
                    "names such as crm.example.com or *.example.com", "应为 crm.example.com 或 *.example.com 这样的名称"
                ),
            )
    own = {name for name in (address.hostname, socket.gethostname().lower()) if name}
    log = environment.get("KITH_LOG", "") or "warning"
    if log not in LEVELS:
        raise Unfit("KITH_LOG", Words(f"one of {', '.join(LEVELS)}", f"应为 {'、'.join(LEVELS)} 之一"))
    return Operation(
        Hosts(frozenset(named | own)),
        address.scheme == "https",
        _number(environment, "KITH_RATE", RATE),
        log,
        _number(environment, "KITH_SLOW", SLOW),
        environment.get("KITH_METRICS_TOKEN", ""),
    )


def _words(environment: Mapping[str, str], name: str) -> list[str]:
    return environment.get(name, "").replace(",", " ").split()


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise Unfit(name, Words("a number from 0 to 999999", "应为 0 到 999999 的数字"))
    return int(text)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
