"""Effects as short texts under current names, so that those of two models can be told apart, renames aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Effect,
    Link,
    Refuse,
    Send,
    SetField,
    SetThrough,
    Skip,
    Stop,
    Unlink,
    UpdateRecord,
)
from kith.runtime.replaying.naming import Naming

Kind = Literal["newly_refused", "no_longer_refused", "other_values", "other_records", "other_messages"]
KINDS: tuple[Kind, ...] = ("newly_refused", "no_longer_refused", "other_values", "other_records", "other_messages")


def kind_of(effect: Effect) -> Kind | None:
    """Which kind of difference it makes to have an effect or not; refusing and stopping show in others."""
    match effect:
        case SetField() | SetThrough():
            return "other_values"
        case Send() | Skip(word="notify" | "email"):
            return "other_messages"
        case Refuse() | Stop():
            return None
        case _:
            return "other_records"


def in_short(naming: Naming, of: str, effect: Effect) -> str:
    """An effect of a rule `of` an entity as a text that tells it apart from others."""
    match effect:
        case SetField(name, value):
            return f"{naming.field(of, name)} = {shown(naming.value(of, name, value))}"
        case SetThrough(entity=entity, id=id_, name=name, value=value):
            path, value = naming.field(entity, name), naming.value(entity, name, value)
            return f"{_of(naming, entity, id_)}.{path} = {shown(value)}" if id_ is not None else f"{entity}.{path}: –"
        case CreateRecord(entity=entity, values=values):
            return f"+ {naming.entity(entity)} {_listed(naming, entity, values)}"
        case UpdateRecord(entity=entity, id=id_, values=values):
            return f"{_of(naming, entity, id_)} {_listed(naming, entity, values)}"
        case DeleteRecord(entity=entity, id=id_):
            return f"- {_of(naming, entity, id_)}"
        case Link(entity=entity, id=id_, field=name, other=other):
            return f"{_of(naming, entity, id_)}.{naming.field(entity, name)} + {shown(other)}"
        case Unlink(entity=entity, id=id_, field=name, other=other):
            return f"{_of(naming, entity, id_)}.{naming.field(entity, name)} - {shown(other)}"
        case Send(kind=kind, payload=payload):
            return f"{kind} {_pairs(payload)}"
        case Skip(word=word):
            return f"{word}: –"
    return repr(effect)


def _of(naming: Naming, entity: str, id_: object) -> str:
    return f"{naming.entity(entity)}/{id_}"


def _listed(naming: Naming, entity: str, values: Mapping[str, object]) -> str:
    return _pairs({naming.field(entity, name): naming.value(entity, name, value) for name, value in values.items()})


def _pairs(values: Mapping[str, object]) -> str:
    return f"{{{', '.join(f'{name}: {shown(value)}' for name, value in values.items())}}}"


def shown(value: object) -> str:
    """A value as a text."""
    if value is None:
        return "null"
    if isinstance(value, (set, frozenset)):
        return f"[{', '.join(sorted(map(str, value)))}]"
    return str(value)
