"""What a rule's block did, statement by statement, as its reader may know it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.model import Rule
from kith.rules.actions import CreateRecord, Fresh, Refuse, SetField, SetThrough, Stop, run
from kith.rules.explaining import HIDDEN, told
from kith.rules.tree import Node
from kith.rules.values import Env
from kith.runtime.explaining.asking import Asking
from kith.runtime.write.explaining import bound


@dataclass(frozen=True, slots=True)
class Doing:
    """A block that ran on a record, and who asks about it."""

    asking: Asking
    rule: Rule
    env: Env

    def effects(self) -> Iterator[str]:
        """What it did, collected again and told one by one."""
        if self.rule.do is not None:
            for effect in run(self.rule.do, self.env, tell=self.message):
                yield self.told(effect)

    def message(self, node: Node, env: Env) -> str:
        """A message of the block, as far as the asker may read what it holds."""
        lets: dict[str, list[Node]] = {}
        for name, value in bound(self.rule.do.actions if self.rule.do is not None else ()):
            lets.setdefault(name, []).append(value)
        return told(self.asking.reader("", env, lets), node)

    def told(self, effect: object) -> str:
        """One effect in words."""
        say = self.asking.say
        match effect:
            case SetField(name, value):
                of = self.rule.of
                return say("did.set", name=self.asking.name_of(of, name), value=self.shown(of, name, value))
            case SetThrough(path=path, id=None):
                return say("did.skipped", name=" · ".join(self.asking.name_of(one.entity, one.name) for one in path))
            case SetThrough(path=path, entity=entity, id=id_, name=name, value=value):
                sees = isinstance(id_, Fresh) or self.asking.may_see(entity, id_)
                way = " · ".join(self.asking.name_of(one.entity, one.name) for one in path)
                return say("did.set", name=way, value=self.shown(entity, name, value, sees=sees))
            case CreateRecord(entity=entity):
                return say("did.created", entity=self.label(entity), values=self.listed(effect))
            case Refuse(message=message):
                return say("did.refused", message=message)
            case Stop():
                return say("did.stopped")
        return say("did.other", name=type(effect).__name__)

    def listed(self, effect: CreateRecord) -> str:
        """The values of a new record."""
        say, entity = self.asking.say, effect.entity
        # Which record it became is not kept: who sees only some of them is not told what is in this one.
        sees = self.asking.sees_all(entity)
        pairs = (
            say("did.value", name=self.asking.name_of(entity, name), value=self.shown(entity, name, value, sees=sees))
            for name, value in effect.values.items()
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
