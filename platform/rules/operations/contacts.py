"""Operations on e-mail addresses and web addresses: their parts, as texts."""

from __future__ import annotations

import re

from kith.problems import Words
from kith.rules.operations.operation import Operation
from kith.rules.types import TEXT

GROUP = "text"
HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)")


def email_local(text: str) -> str | None:
    """What stands before the last @."""
    place = text.rfind("@")
    return text[:place] if place >= 0 else None


def email_domain(text: str) -> str | None:
    """What stands behind the last @, in lower case."""
    place = text.rfind("@")
    return text[place + 1 :].lower() if place >= 0 else None


def url_host(text: str) -> str | None:
    """The host of a web address, in lower case."""
    found = HOST.match(text)
    return found[1].lower() if found else None


CONTACTS = (
    Operation(
        "email_local", GROUP, ("text",), TEXT, email_local,
        Words("What stands before the last @; null where there is none.", "最后一个 @ 之前的部分；没有 @ 则为空。"),
        (('email_local("Ann@Example.com")', "Ann"), ('email_local("ann")', None)), may_null=True,
    ),
    Operation(
        "email_domain", GROUP, ("text",), TEXT, email_domain,
        Words(
            "What stands behind the last @, in lower case; null where there is none.",
            "最后一个 @ 之后的部分，小写；没有 @ 则为空。",
        ),
        (('email_domain("Ann@Example.com")', "example.com"), ('email_domain("ann")', None)), may_null=True,
    ),
    Operation(
        "url_host", GROUP, ("text",), TEXT, url_host,
        Words(
            "The host of a web address, in lower case; null where it is no web address.",
            "网址的主机名，小写；不是网址则为空。",
        ),
        (('url_host("https://ann@Example.com:8080/a?b")', "example.com"), ('url_host("example.com")', None)),
        may_null=True,
    ),
)  # fmt: skip
