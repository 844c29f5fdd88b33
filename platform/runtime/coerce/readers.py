"""The table of readers: one for each field type that people may write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.metadata.model import Field
from kith.runtime.coerce import choosing, composed, filed, numbers, texts, times
from kith.runtime.coerce.reading import Misread, Reading

Reader = Callable[[Field, object, Reading], object]

READERS: Mapping[str, Reader] = {
    "text": texts.read_text,
    "long_text": texts.read_long_text,
    "markdown": texts.read_long_text,
    "external_id": texts.read_text,
    "email": texts.read_email,
    "phone": texts.read_phone,
    "url": texts.read_url,
    "country": texts.read_country,
    "currency": texts.read_currency,
    "language": texts.read_language,
    "time_zone": texts.read_time_zone,
    "integer": numbers.read_integer,
    "decimal": numbers.read_decimal,
    "money": numbers.read_money,
    "percent": numbers.read_percent,
    "boolean": numbers.read_boolean,
    "date": times.read_date,
    "datetime": times.read_datetime,
    "time": times.read_time,
    "duration": times.read_duration,
    "choice": choosing.read_choice,
    "choices": choosing.read_choices,
    "tags": choosing.read_tags,
    "reference": choosing.read_reference,
    "any_reference": choosing.read_any_reference,
    "user": choosing.read_reference,
    "team": choosing.read_reference,
    "references": choosing.read_references,
    "users": choosing.read_references,
    "json": choosing.read_json,
    "address": composed.read_address,
    "person_name": composed.read_person_name,
    "date_range": composed.read_date_range,
    "file": filed.read_file,
    "image": filed.read_file,
    "files": filed.read_files,
}


def coerce(field: Field, raw: object, reading: Reading) -> object:
    """The raw value as a value of the field; empty texts and null are None (an empty set for sets).

    Raises Misread with the reason where it is not one.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return frozenset() if field.type.kind == "set" else None
    reader = READERS.get(field.type_name)
    if reader is None:
        raise Misread("read_only")
    value = reader(field, raw, reading)
    return None if value == "" else value
