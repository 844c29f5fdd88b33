"""Types as authors write them: `int?`, `decimal(10,2)`, `choice<a,b>`, `set<int>`, `ref<account>`."""

from __future__ import annotations

import re

from kith.problems import Words, did_you_mean
from kith.rules import types
from kith.rules.types import MAX_STORED, Type

PLAIN = {
    "bool": types.BOOL,
    "int": types.INT,
    "decimal": types.DECIMAL,
    "money": types.money(),
    "percent": types.PERCENT,
    "text": types.TEXT,
    "date": types.DATE,
    "datetime": types.DATETIME,
    "time": types.TIME,
    "duration": types.DURATION,
    "period": types.PERIOD,
}
SIZED = re.compile(r"(decimal|money|percent)\((\d{1,2}),(\d{1,2})(?:,([A-Z]{3}))?\)")
CURRENCY = re.compile(r"money\(([A-Z]{3})\)")
ANGLE = re.compile(r"(choice|set|ref)<(.*)>", re.DOTALL)
OPTION = re.compile(r"[A-Za-z0-9_.-]+")


KNOWN = (*PLAIN, "decimal(10,2)", "money(EUR)", "choice<a,b>", "set<int>", "ref<account>")
"""Every form of a type, for messages."""
MEANT = {"integer": "int", "string": "text", "str": "text", "boolean": "bool", "number": "decimal", "float": "decimal"}
"""What other languages call them."""


class NoType(ValueError):
    """A text that names no type; `words` say so, with what is known and what was most likely meant."""

    def __init__(self, text: str) -> None:
        near = did_you_mean(MEANT.get(text.strip("? ").lower(), text.strip("? ")), KNOWN) or Words("", "")
        known = ", ".join(KNOWN)
        self.words = Words(
            " ".join(filter(None, (f'there is no type "{text}";', near.en, f"Known: {known}"))),
            "".join(filter(None, (f"没有类型“{text}”；", near.zh, f"可用：{known}"))),
        )
        super().__init__(self.words.en)


def parse_type(text: str, field: str = "") -> Type:
    """The type that a text names; ValueError where it names none. `field` tells choices apart."""
    plain = "".join(text.split())
    nullable = plain.endswith("?")
    plain = plain.removesuffix("?")
    type_ = PLAIN.get(plain) or sized(plain) or angled(plain, field)
    if type_ is None:
        raise NoType(text)
    return type_.or_null(nullable)


def sized(text: str) -> Type | None:
    """A number with its precision and scale, money perhaps with its currency."""
    if match := CURRENCY.fullmatch(text):
        return types.money(match[1])
    match = SIZED.fullmatch(text)
    if match is None or (match[4] and match[1] != "money"):
        return None
    precision, scale = int(match[2]), int(match[3])
    if not (1 <= precision <= MAX_STORED and scale <= precision):
        raise ValueError(f"{text!r}: 1 to {MAX_STORED} digits, not more of them after the point")
    if match[1] == "money":
        return types.money(match[4] or "", precision, scale)
    return types.decimal(precision, scale) if match[1] == "decimal" else Type("percent", False, precision, scale)


def angled(text: str, field: str) -> Type | None:
    """A choice with its options, a set of a type, a reference to an entity."""
    match = ANGLE.fullmatch(text)
    if match is None or not match[2]:
        return None
    if match[1] == "ref":
        return types.ref(match[2])
    if match[1] == "set":
        return types.set_of(parse_type(match[2], field))
    options = tuple(match[2].split(","))
    if not all(OPTION.fullmatch(option) for option in options) or len(set(options)) < len(options):
        raise ValueError(f"{text!r}: options are different words, with commas between")
    return types.choice(options, field)
