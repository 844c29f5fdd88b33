"""Passwords: hashed with argon2, made when nobody has chosen one yet."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property
from hmac import compare_digest

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else: l, o, 0, 1."""
SHORTEST, LONGEST = 10, 200
"""Characters of a password that a person chooses."""


@dataclass(frozen=True)
class Passwords:
    """How passwords are hashed; `hasher` decides the cost."""

    hasher: PasswordHasher

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self.hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the kept one; without a kept one it takes as long to say no."""
        try:
            self.hasher.verify(kept or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    @cached_property
    def _nobodys(self) -> str:
        return self.hasher.hash(secrets.token_hex(16))


SAFE = Passwords(PasswordHasher())
"""The library's own recommendation."""
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""For tests only."""


def one_time_password() -> str:
    """A password to be told once and changed at the first sign-in: four groups of four, 80 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def new_secret() -> str:
    """A token or cookie value: 256 bits."""
    return secrets.token_urlsafe(32)


def masked(secret: str) -> str:
    """A secret in a form that is new each time, so that compressed pages that carry it give nothing away (BREACH)."""
    plain = secret.encode()
    pad = secrets.token_bytes(len(plain))
    both = int.from_bytes(pad) ^ int.from_bytes(plain)
    return urlsafe_b64encode(pad + both.to_bytes(len(plain))).decode()


def is_secret(sent: str, secret: str) -> bool:
    """Whether what was sent is a secret, masked or as it is."""
    if compare_digest(sent.encode(), secret.encode()):
        return True
    try:
        both = urlsafe_b64decode(sent.encode())
    except ValueError:
        return False
    half = len(both) // 2
    plain = bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=False))
    return compare_digest(plain, secret.encode())


def digest(secret: str) -> str:
    """What the database keeps of a token: it has enough bits that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
