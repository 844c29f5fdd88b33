"""How a value of one type becomes a value of another: pure functions, which say what is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import orjson

from kith.metadata.fields.files import accepted
from kith.metadata.model import Field
from kith.rules.plain import duration_text, plain, trimmed
from kith.rules.sql.values import EXACT
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.coerce.choosing import listing
from kith.runtime.coerce.composed import ADDRESS, NAME, RANGE, split_name
from kith.runtime.coerce.numbers import NO, YES
from kith.runtime.coerce.texts import MAX_LONG, MAX_TEXT
from kith.runtime.files.described import Described
from kith.runtime.write.messages import texts

MULTILINE = frozenset({"long_text", "markdown"})
NOTHING: frozenset[str] = frozenset()
TEXT_KINDS = frozenset({"text", "external_id", *MULTILINE})
"""Text that may say anything."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost of a value: the key of a sentence in the runtime's texts, and its values."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str) -> str:
        """The reason as a sentence."""
        say = texts(language)
        key = f"loss.{self.code}"
        return say(key if key in say else f"failure.{self.code}", **self.values)


@dataclass(frozen=True, slots=True)
class Converted:
    """What a value becomes (None or an empty set: nothing), and what of it is lost."""

    value: object
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """Two fields, and where their values stand; `found` is what was looked up of other records beforehand."""

    old: Field
    new: Field
    zone: tzinfo
    language: str
    found: Mapping[object, str] = field(default_factory=dict)

    @property
    def empty(self) -> object:
        """No value at all, of the new type."""
        return NOTHING if self.new.type.kind == "set" else None

    def read(self, raw: object) -> Converted:
        """A raw value as one of the new type; its limits hold for what people write from now on, not for what is there."""
        bare = replace(self.new, params={k: v for k, v in self.new.params.items() if k not in ("min", "max")})
        try:
            return Converted(coerce(bare, raw, Reading(self.zone, text=True)))
        except Misread as misread:
            return self.lost(misread.code, **misread.values)

    def lost(self, code: str, **values: object) -> Converted:
        """Nothing could be made of the value."""
        return Converted(self.empty, Loss(code, values))


def same(value: Any, setting: Setting) -> Converted:
    """The value itself."""
    return Converted(value)


def one_file(value: Any, setting: Setting) -> Converted:
    """A file, alone or of a set, where the new field takes its kind."""
    first = Described.of(value if isinstance(value, Mapping) else min(value))
    assert first is not None
    if first.type not in accepted(setting.new.params.get("accept"), setting.new.type_name):
        return setting.lost("file_kind", name=first.name, kind=first.type)
    more = () if isinstance(value, Mapping) else sorted(value)[1:]
    loss = Loss("others", {"values": ", ".join(str(one).split("/", 3)[3] for one in more)}) if more else None
    return Converted(first.as_parts(), loss)


def several_files(value: Any, setting: Setting) -> Converted:
    """A file, or those of a set, that are of the kinds that the new field takes."""
    takes = accepted(setting.new.params.get("accept"), setting.new.type_name)
    found = [Described.of(one) for one in ((value,) if isinstance(value, Mapping) else sorted(value))]
    kept = frozenset(one.as_text() for one in found if one is not None and one.type in takes)
    other = next((one for one in found if one is not None and one.type not in takes), None)
    return Converted(kept, Loss("file_kind", {"name": other.name, "kind": other.type}) if other is not None else None)


def longest(one: Field) -> int:
    """Characters of a text at most."""
    limit = one.params.get("max_length")
    if isinstance(limit, int):
        return limit
    return {"email": 254, "phone": 40, "url": 2_000}.get(
        one.type_name, MAX_LONG if one.type_name in MULTILINE else MAX_TEXT
    )


def spelled(value: Any, setting: Setting) -> str:
    """A value as people write it, such that it can be read again."""
    old = setting.old
    match value:
        case bool():
            return _words(setting.language)[value]
        case Decimal() if old.type.kind == "decimal":
            return trimmed(value)
        case datetime():
            return value.astimezone(setting.zone).replace(tzinfo=None).isoformat(" ", _shortest(value))
        case time():
            return value.isoformat(_shortest(value))
        case timedelta():
            return duration_text(value)
        case frozenset():
            return listing([_labelled(one, setting) for one in in_order(value, old)])
        case Mapping() | list():
            return _composed(value, old)
        case str():
            return _labelled(value, setting)
        case _:
            return plain(value, old.type)


def _shortest(value: datetime | time) -> str:
    return "auto" if value.microsecond else "seconds" if value.second else "minutes"


def _words(language: str) -> tuple[str, str]:
    return ("否", "是") if language.startswith("zh") else ("no", "yes")


def _labelled(value: str, setting: Setting) -> str:
    option = setting.old.options.get(value)
    return option.label.in_(setting.language) if option is not None else value


def in_order(values: Iterable[str], one: Field) -> list[str]:
    """Members of a set: options as they are declared, all else by itself."""
    order = {key: index for index, key in enumerate(one.options)}
    return sorted(values, key=lambda value: (order.get(value, len(order)), value))


def _composed(value: Any, old: Field) -> str:
    if old.type_name == "json":
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    parts = {name: part for name, part in value.items() if part is not None}
    if old.type_name == "date_range":
        return "/".join(parts[name].isoformat() if name in parts else "" for name in RANGE)
    if old.type_name == "person_name":
        family, given = (parts.get(name, "") for name in NAME)
        together = f"{family}{given}"
        return together if split_name(together) == {"family": family, "given": given} else f"{given} {family}".strip()
    ordered = [parts[name] for name in ADDRESS if name in parts]
    return "".join(ordered) if any(text > "\u2e80" for text in ordered) else ", ".join(reversed(ordered))


def to_text(value: Any, setting: Setting) -> Converted:
    """A value in words; what is too long is cut, what has several lines gets one where only one may be."""
    return fitted(spelled(value, setting), setting)


def fitted(text: str, setting: Setting) -> Converted:
    """A text within the new field's limits."""
    new, loss = setting.new, None
    if new.type_name not in MULTILINE and len(text.splitlines()) > 1:
        text, loss = " ".join(text.split()), Loss("lines_joined")
    limit = longest(new)
    if len(text) > limit:
        loss = Loss("cut", {"length": len(text), "limit": limit})
        text = text[:limit].rstrip()
    return Converted(text or None, loss)


def by_text(value: Any, setting: Setting) -> Converted:
    """By way of the value in words, which must be of the new type."""
    return setting.read(spelled(value, setting))


def by_key(value: str, setting: Setting) -> Converted:
    """An option that is a value of the new type by its key, or else by its label."""
    made = setting.read(value)
    return made if made.loss is None else by_text(value, setting)


def number(value: Decimal | int, setting: Setting) -> Converted:
    """The same number, rounded to the digits that there are."""
    new = setting.new.type
    scale = 0 if new.kind == "int" else new.scale
    whole = 15 if new.kind == "int" else new.precision - new.scale
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-scale), context=EXACT)
    if abs(rounded) >= Decimal(10) ** whole:
        return setting.lost("too_large", digits=whole)
    result = int(rounded) if new.kind == "int" else rounded
    return Converted(result, None if rounded == value else Loss("rounded"))


def truth(value: Any, setting: Setting) -> Converted:
    """Yes or no, from 1 and 0 or an option that says so."""
    words = [str(value), *([_labelled(value, setting)] if isinstance(value, str) else [])]
    for word in words:
        made = setting.read(word)
        if made.loss is None:
            return made
    return setting.lost("not_boolean", value=words[-1])


def counted(value: bool, setting: Setting) -> Converted:
    """1 for yes, 0 for no."""
    return number(int(value), setting)


def option_of_truth(value: bool, setting: Setting) -> Converted:
    """The option that says yes or no."""
    wanted = YES if value else NO
    for option in setting.new.options.values():
        if {option.key.casefold(), *(text.casefold() for text in option.label.texts.values())} & wanted:
            return Converted(option.key)
    return setting.lost("not_option", value=_words(setting.language)[value], options=", ".join(setting.new.options))


def option(value: str, setting: Setting) -> Converted:
    """The same option, under the name that it has now."""
    new = setting.new.options
    if value in new:
        return Converted(value)
    renamed = next((one.key for one in new.values() if value in one.renamed_from), None)
    former = setting.old.options.get(value)
    back = next((name for name in former.renamed_from if name in new), None) if former is not None else None
    if renamed or back:
        return Converted(renamed or back)
    return setting.read(_labelled(value, setting))


def options(values: Iterable[str], setting: Setting) -> Converted:
    """The options among several texts or keys; the others are lost."""
    one = replace(setting, new=replace(setting.new, type=setting.new.type.item or setting.new.type, type_name="choice"))
    made = {value: option(value, one) for value in in_order(values, setting.old)}
    lost = [_labelled(value, setting) for value, found in made.items() if found.loss is not None]
    kept = frozenset(str(found.value) for found in made.values() if found.loss is None)
    return Converted(kept, Loss("left_out", {"values": listing(lost, ", ")}) if lost else None)


def option_from_text(value: Any, setting: Setting) -> Converted:
    """The option that has the text as its key, its label in any language or its former key."""
    return option(spelled(value, setting), setting)


def options_from_text(value: Any, setting: Setting) -> Converted:
    """The options that a text lists."""
    tags = replace(setting.new, options={}, type_name="tags")
    listed = replace(setting, new=tags).read(spelled(value, setting))
    return listed if listed.loss is not None else options(_members(listed.value), setting)


def _members(value: object) -> Iterable[str]:
    return value if isinstance(value, frozenset) else ()


def one_option(value: str, setting: Setting) -> Converted:
    """A set of one option."""
    return options([value], setting)


def only_member(values: frozenset[str], setting: Setting) -> Converted:
    """The one member of a set; the first of several options, and none of several records, which have no order."""
    if len(values) == 1:
        (value,) = values
        return option(value, setting) if setting.new.options else Converted(value)
    if not values:
        return Converted(None)
    if not setting.new.options:
        return setting.lost("several", count=len(values))
    first, *_ = in_order(values, setting.old)
    return replace(option(first, setting), loss=Loss("several", {"count": len(values)}))


def as_set(value: str, setting: Setting) -> Converted:
    """A set of one record."""
    return Converted(frozenset({value}))


def labels(values: Any, setting: Setting) -> Converted:
    """Tags that say what the options said."""
    return Converted(frozenset(_labelled(one, setting) for one in ([values] if isinstance(values, str) else values)))


def midnight(value: date, setting: Setting) -> Converted:
    """The beginning of the day in the workspace's time zone."""
    return setting.read(value)


def day(value: datetime, setting: Setting) -> Converted:
    """The day in the workspace's time zone."""
    local = value.astimezone(setting.zone)
    return Converted(local.date(), None if local.time() == time() else Loss("time_dropped"))


def one_day(value: date, setting: Setting) -> Converted:
    """A range of one day."""
    return Converted({"start": value, "end": value})


def first_day(value: Mapping[str, date | None], setting: Setting) -> Converted:
    """The one day of a range; of longer ones the first."""
    start, end = value["start"], value["end"]
    return Converted(start, None if start == end else Loss("range_start"))


def looked_up(value: Any, setting: Setting) -> Converted:
    """What was found for a value beforehand: the title of a record, or the record that has it as its key."""
    found = setting.found.get(value)
    if setting.new.type.kind == "text":
        return fitted(found or str(value), setting)
    return Converted(found) if found else setting.lost("no_record", value=str(value)[:40])
