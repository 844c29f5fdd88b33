"""The second step of signing in: codes of an app on the user's phone (TOTP), and recovery codes for when that is lost."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal

import pyotp
import sqlalchemy as sa

from kith.runtime.accounts.passwords import ALPHABET, digest
from kith.runtime.schema import system

SECONDS = 30
"""How long a code is shown."""
AROUND = 1
"""Steps that the phone's clock may be ahead or behind."""
RECOVERY = 10
"""Recovery codes, each good once."""
_ACCOUNT = system.account


@dataclass(frozen=True, slots=True)
class Codes:
    """How the second step of a user stands: whether he has one, and how many recovery codes are left."""

    on: bool
    left: int


def codes_of(connection: sa.Connection, user: str) -> Codes:
    """How the second step of a user stands."""
    row = connection.execute(sa.select(_ACCOUNT.c.totp, _ACCOUNT.c.recovery).where(_ACCOUNT.c.user == user)).first()
    return Codes(row is not None and row[0] is not None, len(row[1] or ()) if row is not None else 0)


def new_key() -> str:
    """A new secret for the app on the phone; it counts only once a code of it has been typed."""
    return pyotp.random_base32()


def address_of(key: str, email: str, issuer: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(key, interval=SECONDS).provisioning_uri(name=email, issuer_name=issuer)


def step_of(key: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The step a code is of; None where it is wrong, or was taken before (`after` is the last step that was)."""
    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return None
    totp, step = pyotp.TOTP(key, interval=SECONDS), int(now.timestamp()) // SECONDS
    for one in range(step - AROUND, step + AROUND + 1):
        if one > after and compare_digest(totp.generate_otp(one), typed):
            return one
    return None


def turn_on(connection: sa.Connection, user: str, key: str, code: str, now: datetime) -> list[str] | None:
    """Want codes of a user from now on, if this is one; the recovery codes, which are shown only now, else None."""
    step = step_of(key, code, now)
    if step is None:
        return None
    made = [_recovery_code() for _ in range(RECOVERY)]
    values = {"totp": key, "totp_step": step, "recovery": [digest(one) for one in made]}
    connection.execute(sa.update(_ACCOUNT).where(_ACCOUNT.c.user == user).values(**values))
    return made


def turn_off(connection: sa.Connection, user: str) -> bool:
    """Want no codes of a user any more; whether any were wanted."""
    update = sa.update(_ACCOUNT).where(_ACCOUNT.c.user == user, _ACCOUNT.c.totp.is_not(None))
    return connection.execute(update.values(totp=None, totp_step=None, recovery=None)).rowcount == 1


def take_code(connection: sa.Connection, user: str, typed: str, now: datetime) -> Literal["code", "recovery", ""]:
    """Take a code, which is then used up; what it was, "" where it is not good. The caller's transaction decides a race."""
    asked = sa.select(_ACCOUNT.c.totp, _ACCOUNT.c.totp_step, _ACCOUNT.c.recovery).where(_ACCOUNT.c.user == user)
    row = connection.execute(asked.with_for_update()).first()
    if row is None or row[0] is None:
        return ""
    step = step_of(row[0], typed, now, after=row[1] or 0)
    update = sa.update(_ACCOUNT).where(_ACCOUNT.c.user == user)
    if step is not None:
        connection.execute(update.values(totp_step=step))
        return "code"
    key, kept = digest(_plain(typed)), list(row[2] or ())
    if key not in kept:
        return ""
    connection.execute(update.values(recovery=[one for one in kept if one != key]))
    return "recovery"


def _recovery_code() -> str:
    """Sixty bits, in three groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def _plain(typed: str) -> str:
    """A recovery code as it is kept, however it was typed."""
    plain = "".join(typed.split()).replace("-", "").casefold()
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))
