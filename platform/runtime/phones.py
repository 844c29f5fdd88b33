"""Telephone numbers as people write them."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def written(number: str, region: str = "CN") -> str:
    """An E.164 number as it is written: in its own country without the country's code, `region` being ours."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    at_home = parsed.country_code == phonenumbers.country_code_for_region(region)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
