"""Differences in words: whose record, when, why the candidate refuses, and what either version of a rule would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kith.metadata.model import Rule
from kith.rules.explaining import reasons, told
from kith.rules.reference import holds
from kith.rules.values import DoesNotFit, Env
from kith.runtime.explaining.asking import Asking
from kith.runtime.explaining.doing import Doing
from kith.runtime.explaining.past import NotKept
from kith.runtime.replaying.effects import Kind, kind_of
from kith.runtime.replaying.judging import Moved, Said, env_of
from kith.runtime.replaying.world import Living, View


@dataclass(frozen=True, slots=True)
class Difference:
    """A record of a save for which the candidate's rule says otherwise.

    `why` are the message and the smallest reason of the version that refuses; `before` and `after` are what the current rule
    and the candidate's would do, without what both do.
    """

    kind: Kind
    rule: str
    save: str
    at: datetime
    actor: str
    entity: str
    record: str
    title: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One version of a rule and what it says of a record."""

    asking: Asking
    view: View
    rule: Rule | None
    moved: Moved
    found: Living | None
    said: Said

    def does(self, kind: Kind) -> tuple[str, ...]:
        """What its block would do of a kind, statement by statement."""
        if self.rule is None or self.said.verdict != "fired":
            return ()
        doing = Doing(self.asking, self.rule, self._env(self.rule))
        return tuple(doing.effects(lambda effect: kind_of(effect) == kind))

    def refuses(self) -> tuple[str, ...]:
        """Its message, and the smallest reason for it."""
        if self.rule is None:
            return ()
        env = self._env(self.rule)
        if self.rule.require is None:
            return tuple(Doing(self.asking, self.rule, env).effects())
        if holds(self.rule.require.tree, env):
            raise NotKept
        language = self.asking.context.language
        message = self.rule.message.get(language) or next(iter(self.rule.message.values()), None)
        said = [told(self.asking.reader("", env), message.tree)] if message is not None else []
        return (*said, *reasons(self.asking.reader(self.rule.require.excerpt.text, env), self.rule.require.tree))

    def _env(self, rule: Rule) -> Env:
        return replace(env_of(self.view, rule, self.moved, self.found), show=self.asking.show)


def difference(kind: Kind, rule: str, save: str, at: datetime, actor: str, sides: tuple[Side, Side]) -> Difference:
    """One difference as it is told."""
    now, then = sides
    entity, id_ = now.moved.entity, now.moved.id
    about = (kind, rule, save, at, actor, entity, id_, now.asking.title(entity, id_))
    try:
        if kind == "newly_refused":
            return Difference(*about, why=then.refuses())
        if kind == "no_longer_refused":
            return Difference(*about, why=now.refuses())
        before, after = now.does(kind), then.does(kind)
        return Difference(*about, before=_without(before, after), after=_without(after, before))
    except (NotKept, DoesNotFit):
        return Difference(*about, why=(now.asking.say("not_kept"),))


def _without(lines: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line not in others)
