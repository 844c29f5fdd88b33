"""Histories and records as of a day in words and as data, for commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kith.metadata.model import Field, Model
from kith.problems import Words
from kith.rules.types import DATETIME
from kith.runtime.context import Context
from kith.runtime.past.asof import PastRecord, Then
from kith.runtime.read.printing import printer
from kith.runtime.read.query import HistoryEntry, Masked, Reference
from kith.runtime.write.messages import texts


def when_text(model: Model, context: Context, at: datetime) -> str:
    """An instant as the reader is used to reading it."""
    return printer(DATETIME, model, context.language, context.reader_zone)(at)


def value_text(model: Model, context: Context, declared: Field, value: Any) -> str:
    """A value as the reader is used to reading it."""
    match value:
        case None | ():
            return "–"
        case Masked():
            return str(value)
        case Reference():
            return value.label if value.visible else texts(context.language)("undo.hidden")
        case dict():
            return " ".join(str(part) for part in value.values() if part)
        case tuple():
            item = declared.type.item or declared.type
            joint = "、" if context.language.startswith("zh") else ", "
            return joint.join(
                value_text(model, context, declared, one)
                if isinstance(one, Reference)
                else printer(item, model, context.language, context.reader_zone)(one)
                for one in value
            )
        case _:
            return printer(declared.type, model, context.language, context.reader_zone)(value)


def entry_text(model: Model, context: Context, entity: str, entry: HistoryEntry) -> Iterator[str]:
    """One version of a record: who did what when and through what, and what changed."""
    say, language = texts(context.language), context.language
    who = entry.actor.label or "–" if entry.actor is not None else say("explain.actor.system")
    through = say(f"explain.channel.{entry.channel}") + (f" {entry.batch}" if entry.batch else "")
    parts = (f"{entry.version}", when_text(model, context, entry.at), who, say(f"explain.op.{entry.op}"), through)
    yield "  ".join(parts)
    if entry.erased:
        yield "    " + ERASED.in_(language)
    fields = model.entities[entity].fields
    for name, (old, new) in entry.changes.items():
        declared = entry.former.get(name, fields[name])
        was, became = (value_text(model, context, declared, one) for one in (old, new))
        label = fields[name].label.in_(language)
        yield f"    {label}: {became}" if entry.op == "create" else f"    {label}: {was} → {became}"


def past_text(model: Model, context: Context, past: PastRecord) -> Iterator[str]:
    """A record as of a moment, with the release of that day and the names that its fields had."""
    language = context.language
    when = when_text(model, context, past.at)
    if not past.version:
        made = when_text(model, context, past.made_at)
        yield NOT_YET.in_(language).format(when=when, made=made)
        return
    head = IN_BIN if past.deleted else AS_OF
    yield head.in_(language).format(when=when, version=past.version, release=past.release)
    yield from _fields(model, context, past, "  ")
    for lines in past.lines.values():
        for line in lines:
            if line.is_there:
                yield f"  {model.entities[line.entity].label.in_(language)} {line.id}"
                yield from _fields(model, context, line, "    ")


def past_data(past: PastRecord) -> dict[str, Any]:
    """The same as plain data, by the names that the fields have today, of those that are gone by those of that day."""
    lines = {name: [past_data(one) for one in some if one.is_there] for name, some in past.lines.items()}
    return {
        "id": past.id,
        "at": past.at,
        "version": past.version,
        "release": past.release,
        "deleted": past.deleted,
        "made_at": past.made_at,
        "values": {one.name or one.field.name: one.raw for one in past.fields if not isinstance(one.value, Masked)},
        "names": {one.name: one.field.name for one in past.fields if one.name and one.name != one.field.name},
        "erased": [one.name or one.field.name for one in past.fields if one.erased],
        **({"lines": lines} if lines else {}),
    }


def _fields(model: Model, context: Context, past: PastRecord, indent: str) -> Iterator[str]:
    for one in past.fields:
        if one.value is None and not one.erased:
            continue
        shown = ERASED.in_(context.language) if one.erased else value_text(model, context, one.field, one.value)
        yield f"{indent}{_label(model, context, past, one)}: {shown}"


def _label(model: Model, context: Context, past: PastRecord, one: Then) -> str:
    then = one.field.label.in_(context.language)
    fields = model.entities[past.entity].fields
    today = fields[one.name].label.in_(context.language) if one.name in fields else ""
    if not today:
        return GONE.in_(context.language).format(then=then)
    return today if today == then else CALLED.in_(context.language).format(now=today, then=then)


AS_OF = Words(
    "As of {when}: version {version}, under release {release}", "{when} 时：版本 {version}，生效的是发布 {release}"
)
IN_BIN = Words(
    "As of {when}: version {version}, in the recycle bin, under release {release}",
    "{when} 时：版本 {version}，在回收站中，生效的是发布 {release}",
)
NOT_YET = Words("It was not there yet at {when}: it was made {made}.", "{when} 时还没有这条记录：它建于 {made}。")
ERASED = Words("(erased)", "（已抹除）")
GONE = Words("{then} (no such field today)", "{then}（如今没有此字段）")
CALLED = Words("{now} (then: {then})", "{now}（当时称：{then}）")
