"""Computed values that a save moved, and what led from one wave of it to the next, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kith.metadata.model import Field
from kith.runtime.explaining.asking import Asking
from kith.runtime.explaining.deciding import Decider
from kith.runtime.explaining.past import value_of


@dataclass(frozen=True, slots=True)
class MoveTold:
    """One computed value of a record that became another in a wave; `chain` says what led there."""

    entity: str
    record: str
    title: str
    wave: int
    field: str
    sentence: str
    chain: str = ""


def moves_told(
    asking: Asking, deciders: Mapping[str, Decider], noted: Iterable[Mapping[str, Any]]
) -> Iterator[MoveTold]:
    """What moved of records that the asker may see, as far as he may read it."""
    for move in noted:
        entity, record = move["entity"], move["record"]
        declared = asking.then.model.entities.get(entity)
        if declared is None or not asking.may_see(entity, record):
            continue
        title, chain = asking.title(entity, record), in_words(asking, deciders, move["chain"])
        for name, change in move["fields"].items():
            if name in declared.fields and asking.may_read(entity, name):
                said = _said(asking, declared.fields[name], title, change)
                yield MoveTold(entity, record, title, move["wave"], name, said, chain)


def _said(asking: Asking, declared: Field, title: str, change: Mapping[str, Any]) -> str:
    reader = asking.reader_of_values()
    shown = {key: reader.value(value_of(raw, declared.type), declared.type) for key, raw in change.items()}
    name = asking.name_of(declared.entity, declared.name)
    if "by" in change:
        key = "moved.less" if Decimal(change["by"]) < 0 else "moved.more"
        amount = reader.value(abs(value_of(change["by"], declared.type)), declared.type)  # type: ignore[arg-type]
        return asking.say(key, name=name, title=title, by=amount)
    return asking.say("moved.from_to", name=name, title=title, before=shown["old"], after=shown["new"])


def in_words(asking: Asking, deciders: Mapping[str, Decider], chain: Sequence[str]) -> str:
    """What led to a wave: rules by their labels, computed fields and relations by the names of both sides."""
    return " → ".join(_link(asking, deciders, one) for one in chain)


def _link(asking: Asking, deciders: Mapping[str, Decider], name: str) -> str:
    if name in deciders:
        return deciders[name].label.in_(asking.context.language)
    entity, mark, part = name.partition("." if "." in name else ":")
    declared = asking.then.model.entities.get(entity)
    if declared is None:
        return name
    label = declared.label.in_(asking.context.language)
    if mark == ":":
        return asking.say("event_of", event=asking.say(f"event.{part}"), entity=label)
    inverse = declared.inverses.get(part)
    inner = asking.name_of(inverse.entity, "") if inverse is not None else asking.name_of(entity, part)
    return f"{label} · {inner}"
