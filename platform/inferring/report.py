"""What was found, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kith.inferring.drafts import Entity, Proposal
from kith.inferring.findings import one_line
from kith.problems import Words, width


def as_text(proposal: Proposal, language: str) -> Iterator[str]:
    """The report as lines."""

    def say(en: str, zh: str) -> str:
        return Words(en, zh).in_(language)

    for entity in proposal.entities.values():
        count = say(f"{entity.count:,} records", f"{entity.count:,} 条记录")
        yield f"{entity.plural.in_(language)} ({entity.name}), {count}"
        yield f"  {entity.why.in_(language)}"
        widest = max((width(name) for name in entity.fields), default=0)
        for one in entity.fields.values():
            marks = "".join(f" {key}" for key in ("required", "unique") if one.keys.get(key))
            to = f" → {one.keys['to']}" if "to" in one.keys else ""
            yield f"  {one.name}{' ' * (widest - width(one.name))}  {one.type}{to}{marks}: {one.why.in_(language)}"
        yield ""
    if proposal.doubts:
        yield say("Could be meant otherwise:", "可能另有含义：")
        for doubt in proposal.doubts:
            yield f"  {one_line(doubt.place, 80)}: {doubt.words.in_(language)} {doubt.otherwise.in_(language)}"
        yield ""
    if proposal.notes:
        yield say("Also seen:", "其他发现：")
        yield from (f"  {one_line(note.place, 80)}: {note.words.in_(language)}" for note in proposal.notes)
        yield ""


def as_data(proposal: Proposal) -> Mapping[str, object]:
    """The report as data, every sentence in both languages."""
    return {
        "app": proposal.name,
        "currency": proposal.currency,
        "entities": {name: _entity(entity) for name, entity in proposal.entities.items()},
        "imports": [
            {
                "import": one.name,
                "file": str(one.path),
                "sheet": one.file.get("sheet", ""),
                "rows": one.rows,
                "unreadable": one.unreadable,
                "steps": [step.entity for step in one.steps],
            }
            for one in proposal.imports
        ],
        "doubts": [
            {"place": one.place, "what": both(one.words), "otherwise": both(one.otherwise)} for one in proposal.doubts
        ],
        "notes": [{"place": one.place, "what": both(one.words)} for one in proposal.notes],
    }


def _entity(entity: Entity) -> Mapping[str, object]:
    return {
        "label": both(entity.label),
        "records": entity.count,
        "key": list(entity.key),
        "why": both(entity.why),
        "fields": {
            one.name: {
                "type": one.type,
                "label": both(one.label),
                "keys": one.keys,
                "filled": one.filled,
                "why": both(one.why),
            }
            for one in entity.fields.values()
        },
    }


def both(words: Words) -> Mapping[str, str]:
    """A sentence in both languages."""
    return {"en": words.en, "zh-CN": words.zh}
