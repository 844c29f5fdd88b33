"""What a rule's block did, statement by statement, as its reader may know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kith.metadata.model import Rule
from kith.rules.actions import run
from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Effect,
    Fresh,
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
from kith.rules.explaining import HIDDEN, told
from kith.rules.tree import Node, Step
from kith.rules.values import Env
from kith.runtime.explaining.asking import Asking
from kith.runtime.write.explaining import bound

MOST_LINES = 50
"""What a block did is told up to so many lines."""


def always(effect: Effect) -> bool:
    """Every effect is told."""
    return True


def alike(effects: Iterable[Effect]) -> Iterator[tuple[object, list[Effect]]]:
    """Effects in their order, with those of one statement on many records together."""
    for key, found in groupby(enumerate(effects), lambda item: _kind(*item)):
        yield key, [effect for _, effect in found]


def _kind(index: int, effect: Effect) -> object:
    match effect:
        case UpdateRecord(entity=entity, values=values):
            return "update", entity, tuple(values.items())
        case DeleteRecord(entity=entity):
            return "delete", entity
        case _:
            return index


@dataclass(frozen=True, slots=True)
class Doing:
    """A block that ran on a record, and who asks about it."""

    asking: Asking
    rule: Rule
    env: Env

    def effects(self, wanted: Callable[[Effect], bool] = always) -> Iterator[str]:
        """What it did, collected again; what one statement did to many records is told at once."""
        if self.rule.do is None:
            return
        effects = filter(wanted, run(self.rule.do, self.env, tell=self.message))
        told = [self.told(found) for _, found in alike(effects)]
        lines = [line for line in told if line]
        yield from lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            yield self.asking.say("did.more", count=len(lines) - MOST_LINES)

    def message(self, node: Node, env: Env) -> str:
        """A message of the block, as far as the asker may read what it holds."""
        lets: dict[str, list[Node]] = {}
        for name, value in bound(self.rule.do.actions if self.rule.do is not None else ()):
            lets.setdefault(name, []).append(value)
        return told(self.asking.reader("", env, lets), node)

    def told(self, effects: Sequence[Effect]) -> str:
        """Effects that are alike, in words; "" where the asker may see none of the records."""
        say, first = self.asking.say, effects[0]
        match first:
            case SetField(name, value):
                of = self.rule.of
                return self.set_to(self.asking.name_of(of, name), value, self.shown(of, name, value))
            case SetThrough(path=path, id=None):
                return say("did.skipped", name=self.way(path))
            case SetThrough(path=path, entity=entity, id=id_, name=name, value=value):
                value_shown = self.shown(entity, name, value, sees=self.sees(entity, id_))
                return self.set_to(self.way(path), value, value_shown)
            case CreateRecord(entity=entity):
                return say("did.created", entity=self.label(entity), values=self.listed(entity, first.values))
            case Refuse(message=message):
                return say("did.refused", message=message)
            case Stop():
                return say("did.stopped")
            case Send():
                return self.sent(first)
            case _:
                return self.told_of_others(effects)

    def set_to(self, name: str, value: object, shown: str) -> str:
        """That a field got a value, or none any more, where the asker may know that."""
        if value in (None, "", frozenset()) and shown != HIDDEN.in_(self.asking.context.language):
            return self.asking.say("did.cleared", name=name)
        return self.asking.say("did.set", name=name, value=shown)

    def told_of_others(self, effects: Sequence[Effect]) -> str:
        """What was done to related records."""
        match effects[0]:
            case UpdateRecord(entity=entity, values=values):
                return self.many("did.updated", entity, effects, values=self.listed(entity, values, sees=True))
            case DeleteRecord(entity=entity):
                return self.many("did.deleted", entity, effects)
            case Link(entity=entity, id=id_, field=name, other=other):
                return self.joined("did.linked", entity, id_, name, other)
            case Unlink(entity=entity, id=id_, field=name, other=other):
                return self.joined("did.unlinked", entity, id_, name, other)
            case Skip(word=word, path=path):
                say = self.asking.say
                return say("did.skip", word=word, name=self.way(path) or say("did.nobody"))
            case effect:
                raise TypeError(type(effect).__name__)

    def way(self, path: Sequence[Step]) -> str:
        """A path by the labels of its fields."""
        return " · ".join(self.asking.name_of(one.entity, one.name) for one in path)

    def sees(self, entity: str, id_: object) -> bool:
        """Whether the asker may see a record; one that the block made is the save's own."""
        return isinstance(id_, Fresh) or self.asking.may_see(entity, id_)

    def many(self, key: str, entity: str, effects: Sequence[Effect], **values: object) -> str:
        """What was done to several records, of which the asker may see some."""
        seen = [one for one in effects if isinstance(one, (UpdateRecord, DeleteRecord)) and self.sees(entity, one.id)]
        plural = self.asking.then.model.entities[entity].plural.in_(self.asking.context.language)
        return self.asking.say(key, count=len(seen), entity=plural, **values) if seen else ""

    def joined(self, key: str, entity: str, id_: object, name: str, other: object) -> str:
        """A member that joined or left a field of several."""
        sees = self.sees(entity, id_)
        value = self.shown(entity, name, frozenset({other}), sees=sees)
        return self.asking.say(key, name=self.asking.name_of(entity, name), value=value)

    def sent(self, effect: Send) -> str:
        """What was asked for outside of the records; not what was written there, which is for who gets it."""
        say, payload = self.asking.say, effect.payload
        match effect.kind:
            case "notify":
                people = payload["to"] if isinstance(payload["to"], tuple) else ()
                return say("did.notify", people=say("comma").join(self.asking.title("user", one) for one in people))
            case "assign":
                field = self.asking.name_of(self.rule.of, str(payload["field"]))
                return say("did.assign", field=field, name=payload["queue"])
            case kind:
                name = next(payload[key] for key in ("template", "webhook", "approval") if key in payload)
                return say(f"did.{kind}", name=name)

    def listed(self, entity: str, values: Mapping[str, object], *, sees: bool = False) -> str:
        """The values of a record."""
        say = self.asking.say
        # Which record a new one became is not kept: who sees only some of them is not told what is in this one.
        sees = sees or self.asking.sees_all(entity)
        pairs = (
            say("did.value", name=self.asking.name_of(entity, name), value=self.shown(entity, name, value, sees=sees))
            for name, value in values.items()
        )
        return say("comma").join(pairs)

    def shown(self, entity: str, name: str, value: object, *, sees: bool = True) -> str:
        """A value that was set, where the asker may read that field."""
        declared = self.asking.then.model.entities[entity].fields.get(name)
        if declared is None or not sees or not self.asking.may_read(entity, name):
            return HIDDEN.in_(self.asking.context.language)
        if isinstance(value, Fresh):
            return self.asking.say("did.new", entity=self.label(value.entity))
        return self.asking.reader("", self.env).value(value, declared.type)

    def label(self, entity: str) -> str:
        """What one record of an entity is called."""
        return self.asking.then.model.entities[entity].label.in_(self.asking.context.language)
