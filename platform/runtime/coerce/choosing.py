"""Options, links to records and structured values as people and programs send them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import orjson

from kith.metadata.model import Field
from kith.runtime.coerce.reading import Misread, Reading, shown
from kith.runtime.coerce.texts import clean

MAX_ITEMS = 1_000
MAX_TAG = 60
MAX_JSON = 65_536
NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")
"""U+0000 inside a text of JSON, which PostgreSQL does not hold."""
SEPARATORS = ",;，；、\n"
ITEM = re.compile(
    rf'[ \t\r]*+(?:"((?:[^"]|"")*+)"[ \t\r]*+(?=[{SEPARATORS}]|\Z)|([^{SEPARATORS}]*+))(?:[{SEPARATORS}]|\Z)'
)
"""One item of a list in one text: plain, or in quotation marks where a separator stands in it; a mark inside is doubled."""


def read_choice(field: Field, raw: object, reading: Reading) -> str:
    """An option's key; forms and files may name its label in any language."""
    text = clean(raw, 200).strip()
    if not text:
        return ""
    option = field.options.get(text)
    if option is None and reading.text:
        folded = text.casefold()
        option = next(
            (
                one
                for one in field.options.values()
                if one.key.casefold() == folded or folded in (label.casefold() for label in one.label.texts.values())
            ),
            None,
        )
    if option is None:
        known = [one.key for one in field.options.values() if not one.retired]
        raise Misread("not_option", value=shown(text), options=", ".join(known[:12]))
    return option.key


def read_choices(field: Field, raw: object, reading: Reading) -> frozenset[str]:
    """A set of option keys."""
    return frozenset(key for item in listed(raw, reading) if (key := read_choice(field, item, reading)))


def read_tags(field: Field, raw: object, reading: Reading) -> frozenset[str]:
    """A set of short free texts."""
    return frozenset(tag for item in listed(raw, reading) if (tag := clean(item, MAX_TAG).strip()))


def read_reference(field: Field, raw: object, reading: Reading) -> str:
    """A record's id, alone or as `{"id": …}`; whether the record exists is asked by the write gate."""
    if isinstance(raw, Mapping):
        raw = raw.get("id")
    if isinstance(raw, str):
        text = raw.strip()
        if not text:
            return ""
        try:
            return str(UUID(text))
        except ValueError:
            pass
    raise Misread("not_reference", value=shown(raw))


def read_any_reference(field: Field, raw: object, reading: Reading) -> dict[str, str] | None:
    """A record of one of several entities, as `{"entity": …, "id": …}` or `entity/id`; the write gate asks whether it exists."""
    if isinstance(raw, str):
        entity, _, id_ = raw.strip().partition("/")
        raw = {"entity": entity, "id": id_}
    if not isinstance(raw, Mapping) or not {"entity", "id"} <= raw.keys():
        raise Misread("not_any_reference", value=shown(raw))
    entity = raw["entity"]
    if not isinstance(entity, str) or entity not in field.targets:
        raise Misread("not_target", value=shown(entity), entities=", ".join(field.targets[:12]))
    return {"entity": entity, "id": read_reference(field, raw["id"], reading)}


def read_references(field: Field, raw: object, reading: Reading) -> frozenset[str]:
    """A set of record ids."""
    return frozenset(id_ for item in listed(raw, reading) if (id_ := read_reference(field, item, reading)))


def listed(raw: object, reading: Reading) -> Iterable[object]:
    """A list of raw items; forms and files may write them in one text, as `listing` does."""
    if isinstance(raw, str) and reading.text:
        found = ((match[1] or "").replace('""', '"') or match[2] or "" for match in ITEM.finditer(raw))
        raw = [part for part in found if part.strip()]
    if isinstance(raw, (list, tuple, set, frozenset)):
        if len(raw) > MAX_ITEMS:
            raise Misread("too_many_items", limit=MAX_ITEMS, count=len(raw))
        return raw
    raise Misread("not_list", value=shown(raw))


def listing(items: Iterable[str], comma: str = ",") -> str:
    """Several texts in one, which `listed` takes apart again."""
    return comma.join(_quoted(item) if any(mark in item for mark in f'"{SEPARATORS}') else item for item in items)


def _quoted(item: str) -> str:
    return '"' + item.replace('"', '""') + '"'


def read_json(field: Field, raw: object, reading: Reading) -> object:
    """Plain JSON data from integrations; in forms its text. Its numbers become what JSON's readers everywhere make of them."""
    if reading.text and isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raise Misread("not_json") from None
    try:
        text = json.dumps(raw, allow_nan=False, default=_number, ensure_ascii=False, sort_keys=True)
        found = orjson.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise Misread("not_json") from None
    if len(text) > MAX_JSON:
        raise Misread("too_long", limit=MAX_JSON, length=len(text))
    if NUL.search(text):
        raise Misread("forbidden_character")
    return found


def _number(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError
    return float(value)
