"""Values that stand for others in a copy for support: the same for the same, of the same shape, with no way back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.privacy.mentions import TEXTUAL
from kith.runtime.privacy.needles import refers
from kith.runtime.schema.storage import PARTS

LETTERS, DIGITS, HAN = "abcdefghijklmnopqrstuvwxyz", "0123456789", "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
NOWHERE = "example.invalid"
MOST_DAYS = 180
PARTS_OF_ALL = frozenset(part for parts in PARTS.values() for part in parts)


class Disguise:
    """One copy's disguises; the key is made for it and thrown away."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def value(self, field: Field, value: Any) -> Any:
        """What stands for a field's value: texts of any kind, and whatever is personal; all else stays."""
        if field.type_name in FILES:
            # Their bytes do not come along.
            return None
        if value is None or refers(field) or not (field.personal or field.type_name in TEXTUAL | {"secret"}):
            return value
        match field.type_name:
            case "secret":
                return None
            case "email":
                return f"{self.text(str(value)).partition('@')[0]}@{NOWHERE}"
            case "phone":
                return "+999" + self.text("".join(one for one in str(value) if one.isdigit()))[-10:]
            case "url":
                return f"https://{NOWHERE}/{self._digest(str(value)).hex()[:12]}"
            case "address":
                return {
                    name: part if name in ("country", "region", "city") else self.any(part)
                    for name, part in value.items()
                }
            case _ if isinstance(value, date) or _is_day(field, value):
                return self._other_day(value)
            case _ if isinstance(value, (str, Mapping, list, tuple, set, frozenset)) and not _is_chosen(field):
                return self.any(value)
            case _:
                return None

    def any(self, value: Any) -> Any:
        """The same of whatever holds texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name if name in PARTS_OF_ALL else self.any(name): self.any(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.any(part) for part in value]
        return frozenset(self.any(part) for part in value) if isinstance(value, (set, frozenset)) else value

    def text(self, value: str) -> str:
        """A text of the same length: letters for letters, digits for digits; all else stays."""
        stream = self._stream(value)
        return "".join(self._character(one, next(stream)) for one in value)

    def _character(self, one: str, chance: int) -> str:
        if one.isascii() and one.isalpha():
            new = LETTERS[chance % len(LETTERS)]
            return new.upper() if one.isupper() else new
        if one.isdigit():
            return DIGITS[chance % len(DIGITS)]
        return HAN[chance % len(HAN)] if one.isalpha() else one

    def _stream(self, value: str) -> Any:
        block = self._digest(value)
        while True:
            yield from block
            block = hmac.digest(self._key, block, "sha256")

    def _digest(self, value: str) -> bytes:
        return hmac.digest(self._key, value.encode(), "sha256")

    def _other_day(self, value: Any) -> Any:
        chance = self._digest(str(value))
        span = timedelta(days=1 + (chance[0] * 256 + chance[1]) % MOST_DAYS) * (1 if chance[2] % 2 else -1)
        if isinstance(value, str):
            read = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
            return (read + span).isoformat()
        return value + span


def _is_chosen(field: Field) -> bool:
    """Whether a value is one of some options, which another text would not be."""
    return "choice" in (field.type.kind, field.type.item.kind if field.type.item else "")


def _is_day(field: Field, value: Any) -> bool:
    """Whether a value of the history is a day or an instant as text."""
    return isinstance(value, str) and field.type.kind in ("date", "datetime")
