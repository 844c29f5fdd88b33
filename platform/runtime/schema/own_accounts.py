"""Kith's own tables about accounts: who may sign in and who is signed in, tokens, links, what happened."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.columns import ID, TEXT, Instant, Json
from kith.runtime.schema.own import column, index, table

account = table(
    "account",
    column("user", ID, key=True),
    column("password", TEXT, null=True),
    column("must_change", sa.Boolean),
    column("changed_at", Instant),
    column("signed_in_at", Instant, null=True),
    column("service", sa.Boolean, null=True),
    column("totp", TEXT, null=True),
    column("totp_step", sa.BigInteger, null=True),
    column("recovery", Json, null=True),
)
"""The secrets of who may sign in, by the user record's id, which says all else; without a password nobody can. A `service`
account has tokens only. `totp` is the secret of the second step, `totp_step` the last step whose code was taken, `recovery` the
hashes of the codes for a lost phone."""

session = table(
    "session",
    column("digest", TEXT, key=True),
    column("user", ID),
    column("csrf", TEXT),
    column("created_at", Instant),
    column("seen_at", Instant),
    column("expires_at", Instant),
    column("agent", TEXT),
    column("acting", ID, null=True),
    column("second", sa.Boolean, null=True),
)
"""Who is signed in, by the hash of the cookie's token; signing out deletes the row. `acting` is somebody else as whom the user
looks at the CRM for a while. `second`: a provider of identities has seen to a second step."""
index(session, "user")
index(session, "expires_at")

token = table(
    "token",
    column("id", ID, key=True),
    column("digest", TEXT),
    column("name", TEXT),
    column("user", ID, null=True),
    column("roles", Json),
    column("created_at", Instant),
    column("expires_at", Instant, null=True),
    column("used_at", Instant, null=True),
    column("revoked_at", Instant, null=True),
)
"""API tokens, by hash; a token acts with its own roles, in the name of a user or of itself."""
index(token, "digest", unique=True)

attempt = table(
    "attempt",
    column("subject", TEXT, key=True),
    column("failures", sa.Integer),
    column("last_at", Instant),
    column("blocked_until", Instant, null=True),
)
"""Failed sign-ins, by the hash of what was tried, known or not."""

link = table(
    "link",
    column("digest", TEXT, key=True),
    column("kind", TEXT),
    column("user", ID),
    column("created_at", Instant),
    column("expires_at", Instant),
    column("made_by", ID, null=True),
    column("about", TEXT, null=True),
)
"""Secrets that open one door once: an invitation, another password, the second step of signing in, another address (`about`). By
hash; used ones are gone."""
index(link, "user", "kind")
index(link, "expires_at")

sign_in = table(
    "sign_in",
    column("id", ID, key=True),
    column("user", ID),
    column("at", Instant),
    column("what", TEXT),
    column("address", TEXT),
    column("agent", TEXT),
    column("acted_by", ID, null=True),
)
"""What happened to an account: signing in and failing to, new secrets, an administrator who began and ended acting as the
user."""
index(sign_in, "user", "id")
index(sign_in, "at")

identity = table(
    "identity",
    column("issuer", TEXT, key=True),
    column("subject", TEXT, key=True),
    column("user", ID),
    column("created_at", Instant),
)
"""Who is who at another provider of identities (OpenID Connect)."""
index(identity, "user")
