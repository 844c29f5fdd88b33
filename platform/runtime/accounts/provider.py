"""Signing in by another provider of identities (OpenID Connect): the way there, and who it is that comes back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
import sqlalchemy as sa

from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.accounts.managing import NewUser, find_user, made_by_gate, standing_of
from kith.runtime.accounts.passwords import new_secret
from kith.runtime.accounts.signing import set_password
from kith.runtime.context import Context
from kith.runtime.outgoing import NotSent, Screen, send
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.settings import Provider
from kith.runtime.write.change import Refused

SECONDS = 10.0
"""How long the provider may take for one answer."""
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: none by a shared secret, and never none at all."""
LEEWAY = 120
"""Seconds that its clock may differ."""
SCOPE = "openid email profile"


class NotProven(Exception):
    """The provider does not say who it is, or says something that does not hold; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What the browser carries while it is away: nobody else's answer fits it. `target` is where the person was going."""

    state: str
    nonce: str
    verifier: str
    target: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who comes back; the address counts only where the provider has seen to it that it is his."""

    issuer: str
    subject: str
    email: str
    name: str
    second: bool = False
    """Whether the provider was asked for, and has proven, how he signed in there."""


def departure(provider: Provider, back: str, target: str) -> tuple[str, Journey]:
    """Where to send the browser, and what it carries; `back` is where it is sent back to. Raises NotProven."""
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

    journey = Journey(new_secret(), new_secret(), new_secret(), target)
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": create_s256_code_challenge(journey.verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    address = _text(_metadata(provider), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", journey


def arrival(provider: Provider, back: str, journey: Journey, code: str, now: int) -> Identity:
    """Who comes back with a code; raises NotProven."""
    metadata = _metadata(provider)
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": journey.verifier}
    headers = {}
    if provider.secret:
        pair = f"{quote(provider.client, safe='')}:{quote(provider.secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        sent["client_id"] = provider.client
    answer = _fetched(provider, _text(metadata, "token_endpoint"), sent, headers)
    claims = _proven(provider, metadata, answer, journey.nonce, now)
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    second = _is_strong(provider, claims)
    return Identity(provider.issuer, str(claims["sub"]), email, str(claims.get("name") or ""), second)


def _is_strong(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether somebody has signed in there as the operator wants it; raises NotProven where he has not.

    Where the operator has said nothing about it, nothing is known.
    """
    means = claims.get("amr")
    if provider.acr and claims.get("acr") not in provider.acr:
        raise NotProven("acr is not what is asked for")
    if provider.amr and not (isinstance(means, list) and any(one in provider.amr for one in means)):
        raise NotProven("amr is not what is asked for")
    return bool(provider.acr or provider.amr)


def _proven(
    provider: Provider, metadata: Mapping[str, Any], answer: Mapping[str, Any], nonce: str, now: int
) -> Mapping[str, Any]:
    """The claims of an answer, once signature, issuer, audience, times and nonce are right."""
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set(_fetched(provider, _text(metadata, "jwks_uri")))  # type: ignore[arg-type]
        token = jwt.decode(_text(answer, "id_token"), keys, algorithms=list(SIGNED_BY))
        options = {"iss": {"essential": True, "value": provider.issuer}}
        options["aud"] = {"essential": True, "value": provider.client}
        asked = {"nonce": nonce, "client_id": provider.client, "access_token": answer.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, options, asked)
        claims.validate(now=now, leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotProven(f"{type(error).__name__}: {error}") from error
    return dict(claims)


def user_of(
    connection: sa.Connection, context: Context, release: Release, provider: Provider, who: Identity
) -> str | None:
    """The active user that somebody is; one is added for an unknown person where the operator has said with which roles.

    Whoever has come before is known by the provider's own name for him, so that an address that passes on to somebody
    else opens nothing.
    """
    identity = system.identity
    mine = sa.and_(identity.c.issuer == who.issuer, identity.c.subject == who.subject)
    user: str | None = connection.scalar(sa.select(identity.c.user).where(mine))
    if user is None and who.email:
        user = find_user(connection, release, who.email) or _added(connection, context, release, provider, who)
        taken = sa.select(identity.c.subject).where(identity.c.issuer == who.issuer, identity.c.user == user)
        if user is not None and connection.scalar(taken) is not None:
            return None
        if user is not None and not standing_of(connection, user).service:
            row = {"issuer": who.issuer, "subject": who.subject, "user": user, "created_at": context.now}
            connection.execute(sa.insert(identity), row)
    if user is None or standing_of(connection, user).service:
        return None
    return user if actor_of_user(connection, release, user) is not None else None


def _added(
    connection: sa.Connection, context: Context, release: Release, provider: Provider, who: Identity
) -> str | None:
    roles = tuple(role for role in provider.roles if role in release.model.roles)
    if not roles:
        return None
    verdict = made_by_gate(connection, context, release, NewUser(who.email, who.name[:80], roles))
    if isinstance(verdict, Refused):
        return None
    set_password(connection, verdict.id, None, context.now, must_change=False)
    return verdict.id


# ---- what the provider says -----------------------------------------------------------------------------------------


def _metadata(provider: Provider) -> Mapping[str, Any]:
    found = _fetched(provider, f"{provider.issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != provider.issuer:
        raise NotProven("the provider calls itself something else")
    return found


def _fetched(
    provider: Provider, address: str, sent: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    # Keys and tokens come from where the operator has said, and from public addresses that the provider names.
    screen = Screen(trusted=provider.trusted | {urlsplit(provider.issuer).netloc})
    given, body = {"accept": "application/json", **(headers or {})}, b""
    if sent is not None:
        given["content-type"], body = "application/x-www-form-urlencoded", urlencode(sent).encode()
    try:
        answer = send(screen, "GET" if sent is None else "POST", address, headers=given, body=body, seconds=SECONDS)
        found = orjson.loads(answer.body) if answer.status == 200 else None
    except (NotSent, ValueError) as error:
        raise NotProven(f"{address}: {error}") from error
    if not isinstance(found, dict):
        raise NotProven(f"{address}: no object")
    return found


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise NotProven(f"no {name}")
    # The browser is sent there; what this server asks itself is screened.
    if name == "authorization_endpoint" and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise NotProven(f"{name} is not secure")
    return value
