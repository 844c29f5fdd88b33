"""What is left to see of a masked value: enough to recognise, too little to use."""

from __future__ import annotations

from kith.runtime.read.query import Masked

HIDDEN = "***"


def mask(value: object, type_name: str) -> Masked:
    """A value as somebody sees it to whom its field is masked: never its length, of numbers and dates nothing."""
    if not isinstance(value, str):
        return Masked(HIDDEN)
    if type_name == "phone":
        return Masked(f"{value[:-8]}****{value[-4:]}" if len(value) > 10 else HIDDEN + value[-2:])
    if type_name == "email" and "@" in value:
        return Masked(f"{value[0]}{HIDDEN}@{value.rpartition('@')[2]}")
    if type_name in ("text", "person_name", "external_id", "autonumber") and len(value) > 1:
        return Masked(value[0] + HIDDEN)
    return Masked(HIDDEN)
