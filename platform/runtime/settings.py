"""What the machine's operator sets for a whole server, by the environment: its address, outgoing mail, a provider of identities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kith.problems import Words

PORTS = {"smtp": 587, "smtps": 465}


class Unfit(Exception):
    """A setting that says nothing that can be meant: its variable, and what it should be."""

    def __init__(self, name: str, should: Words) -> None:
        super().__init__(f"{name}: {should.en}")
        self.words = Words(f"{name}: {should.en}", f"{name}：{should.zh}")


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves: a server, spoken to with TLS unless it is on this machine, and who it is from."""

    host: str
    port: int
    secure: bool
    """TLS from the first byte; else by STARTTLS."""
    plain: bool
    """No TLS at all: `?tls=none`, for a relay on the same machine or network."""
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of identities (OpenID Connect): where it is, what Kith is to it, and what new people are given."""

    issuer: str
    client: str
    secret: str
    label: str
    roles: tuple[str, ...] = ()
    """Roles of whoever comes for the first time; without any only people who are users already come in."""
    acr: tuple[str, ...] = ()
    """How strongly somebody must have signed in there, by its own names: one of these."""
    amr: tuple[str, ...] = ()
    """By which means he must have signed in there, as `mfa`: one of these at least."""
    trusted: frozenset[str] = frozenset()
    """Hosts of the operator's own network that the provider may name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it; what is not set is not there."""

    address: str = ""
    """Where people reach the pages, as `https://crm.example.com`: what links in mail begin with."""
    mail: Mail | None = None
    provider: Provider | None = None
    breached: Path | None = None
    """The list of passwords that were found in breaches (`accounts.breached`)."""
    second_step: bool = False
    """Whether everybody has to take a second step to sign in."""
    files: int = 0
    """Bytes that all files of records may have, 0 for as many as the disk holds."""
    seal_key: bytes = field(default=b"", repr=False)
    """What the history is sealed with besides (`runtime/sealing.py`); b"" without one."""


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment; raises Unfit."""
    address = environment.get("KITH_URL", "").rstrip("/")
    if address and urlsplit(address).scheme not in ("http", "https"):
        raise Unfit(
            "KITH_URL", Words("an address such as https://crm.example.com", "应为 https://crm.example.com 这样的地址")
        )
    mail, provider = _mail(environment), _provider(environment)
    if (mail or provider) and not address:
        raise Unfit(
            "KITH_URL",
            Words(
                "mail and other providers of identities need the address of the pages", "邮件和身份提供方需要页面的地址"
            ),
        )
    return Settings(
        address,
        mail,
        provider,
        _breached(environment),
        second_step=_second_step(environment),
        seal_key=seal_key_of(environment),
    )


SHORTEST_KEY = 32
"""Characters that a key has at least."""


def seal_key_of(environment: Mapping[str, str]) -> bytes:
    """The key that the history is sealed with, from a file or the environment itself; b"" without one. Raises Unfit."""
    name = environment.get("KITH_SEAL_KEY_FILE", "")
    if not name and not environment.get("KITH_SEAL_KEY", ""):
        return b""
    try:
        key = Path(name).read_bytes().strip() if name else environment["KITH_SEAL_KEY"].encode()
    except OSError:
        should = Words("a file that can be read", "应为可读取的文件")
        raise Unfit("KITH_SEAL_KEY_FILE", should) from None
    if len(key) < SHORTEST_KEY:
        variable = "KITH_SEAL_KEY_FILE" if name else "KITH_SEAL_KEY"
        raise Unfit(variable, Words(f"{SHORTEST_KEY} characters or more", f"至少 {SHORTEST_KEY} 个字符"))
    return key


def _second_step(environment: Mapping[str, str]) -> bool:
    said = environment.get("KITH_SECOND_STEP", "")
    if said not in ("", "all"):
        raise Unfit("KITH_SECOND_STEP", Words("all, or nothing: then roles say it", "应为 all；不设置时由角色决定"))
    return said == "all"


def _breached(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("KITH_BREACHED_PASSWORDS", "")
    if not name:
        return None
    # Most commands have no need of what it imports.
    from kith.runtime.accounts.breached import is_list

    if not is_list(Path(name)):
        should = Words("a file of SHA-1 hashes in their order, one a line", "应为按顺序排列、每行一个 SHA-1 的文件")
        raise Unfit("KITH_BREACHED_PASSWORDS", should)
    return Path(name)


def _mail(environment: Mapping[str, str]) -> Mail | None:
    url, sender = environment.get("KITH_SMTP_URL", ""), environment.get("KITH_MAIL_FROM", "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise Unfit(
            "KITH_SMTP_URL",
            Words("smtp://user:password@host:587 or smtps://host", "应为 smtp://用户:密码@主机:587 或 smtps://主机"),
        )
    if "@" not in sender:
        raise Unfit("KITH_MAIL_FROM", Words("the address that mail comes from", "应为发件地址"))
    return Mail(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        secure=parts.scheme == "smtps",
        plain="tls=none" in parts.query,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
    )


def _provider(environment: Mapping[str, str]) -> Provider | None:
    issuer, client = environment.get("KITH_OIDC_ISSUER", "").rstrip("/"), environment.get("KITH_OIDC_CLIENT_ID", "")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise Unfit("KITH_OIDC_ISSUER", Words("an https address", "应为 https 地址"))
    if not client:
        raise Unfit("KITH_OIDC_CLIENT_ID", Words("what the provider calls Kith", "应为身份提供方给 Kith 的名称"))
    return Provider(
        issuer=issuer,
        client=client,
        secret=environment.get("KITH_OIDC_CLIENT_SECRET", ""),
        label=environment.get("KITH_OIDC_LABEL", "") or str(parts.hostname),
        roles=tuple(environment.get("KITH_OIDC_ROLES", "").replace(",", " ").split()),
        acr=tuple(environment.get("KITH_OIDC_ACR", "").split()),
        amr=tuple(environment.get("KITH_OIDC_AMR", "").replace(",", " ").split()),
        trusted=frozenset(environment.get("KITH_TRUSTED_HOSTS", "").lower().replace(",", " ").split()),
    )
