"""Which field a column means: by its name, its labels, what such fields are usually called; and how dates in it look."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from kith.metadata.model import Entity, Field, Model
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.importing.plans import NUMBERS, Feed, Plan, ways_of
from kith.runtime.transfer.mapping import ID, key_fields, single_keys
from kith.runtime.transfer.table import ERRORS, ROW

NOISE = re.compile(r"[\s_\-.:/()（）：*]+")
CALLED: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "邮箱", "电子邮件", "电子邮箱", "邮件"),
    "phone": ("phone", "telephone", "tel", "mobile", "mobilephone", "cell", "phonenumber", "手机", "手机号", "电话", "联系电话"),
    "url": ("website", "web", "url", "homepage", "网站", "网址", "主页"),
    "address": ("address", "地址"),
}  # fmt: skip
"""What fields of a type are usually called; taken where an entity has one such field alone."""
UTC = ZoneInfo("UTC")


def guessed(
    model: Model, entity: Entity, fields: Sequence[Field], columns: Sequence[str], sample: Sequence[Sequence[str]]
) -> Plan:
    """What the columns of a file probably feed, of the fields that may be written."""
    left = {one.name: one for one in fields}
    feeds: list[Feed] = []
    for index, column in enumerate(columns):
        name = "" if column in (ROW, ERRORS) else _meant(entity, left, column)
        declared = left.pop(name, None)
        texts = [row[index] for row in sample if index < len(row) and row[index]]
        feeds.append(Feed(column, name, _way(model, declared, texts)))
    plan = Plan(feeds=tuple(feeds))
    key = _key(entity, {one.field for one in feeds})
    return Plan("upsert", key, plan.feeds) if key else plan


def _meant(entity: Entity, left: Mapping[str, Field], column: str) -> str:
    """The field that a column means by its name, or by what of it comes after the entity's: `Account`, `account_name`, 客户电话."""
    wanted = _plain(column)
    if found := _called(left, wanted):
        return found
    for own in {_plain(entity.name), *(_plain(text) for text in entity.label.texts.values())}:
        if wanted.startswith(own):
            rest = wanted.removeprefix(own)
            return _called(left, rest or "name")
    return ""


def _called(left: Mapping[str, Field], wanted: str) -> str:
    if wanted == ID:
        return ID
    for declared in left.values():
        if wanted in {_plain(declared.name), *(_plain(text) for text in declared.label.texts.values())}:
            return declared.name
    for type_, names in CALLED.items():
        such = [one.name for one in left.values() if one.type_name == type_]
        if wanted in names and len(such) == 1:
            return such[0]
    return ""


def _plain(text: str) -> str:
    return NOISE.sub("", text).casefold()


def _key(entity: Entity, fed: set[str]) -> str:
    """The first key of which the file has every field."""
    single = next((name for name in (ID, *single_keys(entity)) if name in fed), "")
    return single or next((name for name in entity.keys if all(one in fed for one in key_fields(entity, name))), "")


def _way(model: Model, declared: Field | None, texts: Sequence[str]) -> str:
    """How all texts can be read, where the usual way reads them not."""
    if declared is None or not texts or not (declared.type_name == "date" or declared.type_name in NUMBERS):
        return ""
    if all(_reads(declared, text, Reading(zone=UTC, text=True)) for text in texts):
        return ""
    if declared.type_name != "date":
        return "comma" if all("," in text for text in texts) else ""
    ways = ways_of(model, declared)
    return next((way for way in ways if all(_reads(declared, one, _dated(way)) for one in texts)), "")


def _dated(way: str) -> Reading:
    return Reading(zone=UTC, text=True, date_format=way)


def _reads(declared: Field, text: str, reading: Reading) -> bool:
    try:
        coerce(declared, text, reading)
    except Misread:
        return False
    return True
