"""Texts of all kinds: plain, e-mail, phone, web address, codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale

from kith.metadata.model import Field
from kith.runtime.coerce.reading import Misread, Reading, shown

MAX_TEXT = 255
MAX_LONG = 65_536
FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")
"""A name in any script, or an address of the sixth version without its brackets."""
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def clean(raw: object, limit: int) -> str:
    """NFC text without U+0000, not longer than `limit` characters."""
    if not isinstance(raw, str):
        raise Misread("not_text", value=shown(raw))
    if not raw.isprintable() and FORBIDDEN.search(raw):
        raise Misread("forbidden_character")
    text = unicodedata.normalize("NFC", raw)
    if len(text) > limit:
        raise Misread("too_long", limit=limit, length=len(text))
    return text


def read_text(field: Field, raw: object, reading: Reading) -> str:
    """One line of text; blanks around it are dropped."""
    limit = field.params.get("max_length")
    text = clean(raw, limit if isinstance(limit, int) else MAX_TEXT).strip()
    if "\n" in text or "\r" in text:
        raise Misread("one_line")
    return text


def read_long_text(field: Field, raw: object, reading: Reading) -> str:
    """Text of several lines with LF ends; browsers send CRLF."""
    limit = field.params.get("max_length")
    return clean(raw, limit if isinstance(limit, int) else MAX_LONG).replace("\r\n", "\n").strip()


def read_email(field: Field, raw: object, reading: Reading) -> str:
    """A deliverable-looking address, its domain in lower case."""
    from email_validator import EmailNotValidError, validate_email

    text = clean(raw, 254).strip()
    try:
        return validate_email(text, check_deliverability=False).normalized if text else ""
    except EmailNotValidError:
        raise Misread("not_email", value=shown(text)) from None


def read_phone(field: Field, raw: object, reading: Reading) -> str:
    """A phone number as E.164, such as +8613800138000."""
    import phonenumbers

    text = clean(str(raw) if isinstance(raw, int) else raw, 40).strip()
    if not text:
        return ""
    region = str(field.params.get("region") or reading.region or "CN")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Misread("not_phone", value=shown(text), region=region) from None
    if not phonenumbers.is_possible_number(number):
        raise Misread("not_phone", value=shown(text), region=region)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_url(field: Field, raw: object, reading: Reading) -> str:
    """An http or https address; without a scheme it is https."""
    text = clean(raw, 2_000).strip()
    if not text:
        return ""
    if "://" not in text and not text.lower().startswith(("javascript:", "data:", "mailto:")):
        text = "https://" + text
    if not _is_web_address(text):
        raise Misread("not_url", value=shown(text))
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return (
        bool(host and HOST.fullmatch(host))
        and parts.scheme.lower() in ("http", "https")
        and text.isprintable()
        and " " not in text
    )


def read_country(field: Field, raw: object, reading: Reading) -> str:
    """A country by its two-letter code or its name in English or Chinese."""
    return _named(raw, "territories", "not_country")


def read_currency(field: Field, raw: object, reading: Reading) -> str:
    """A currency by its three-letter code or its name in English or Chinese."""
    return _named(raw, "currencies", "not_currency")


def read_language(field: Field, raw: object, reading: Reading) -> str:
    """A language tag such as `zh-CN`."""
    text = clean(raw, 35).strip()
    if text and not LANGUAGE_TAG.fullmatch(text):
        raise Misread("not_language", value=shown(text))
    return text


def read_time_zone(field: Field, raw: object, reading: Reading) -> str:
    """A time zone of the tz database, such as `Asia/Shanghai`."""
    from zoneinfo import available_timezones

    text = clean(raw, 60).strip()
    if text and text not in available_timezones():
        raise Misread("not_time_zone", value=shown(text))
    return text


def _named(raw: object, what: str, code: str) -> str:
    text = clean(raw, 80).strip()
    if not text:
        return ""
    found = _names(what).get(text.casefold())
    if found is None:
        raise Misread(code, value=shown(text))
    return found


@lru_cache(maxsize=8)
def _names(what: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "zh"):
        table: dict[str, str] = getattr(Locale(language), what)
        size = 3 if what == "currencies" else 2
        for key, name in table.items():
            if len(key) == size and key.isalpha():
                names.setdefault(name.casefold(), key)
                names[key.casefold()] = key
    return names
