"""What a save did with the rules, and why: from what it noted, the history and that day's documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.rules.explaining import reasons
from kith.rules.program import Expression
from kith.rules.reference import holds
from kith.rules.sql.values import from_database
from kith.rules.types import DATETIME
from kith.rules.values import Env
from kith.runtime.context import Context
from kith.runtime.explaining.asking import Asking, release_then
from kith.runtime.explaining.deciding import Decider, deciders_of, inputs_of
from kith.runtime.explaining.doing import Doing
from kith.runtime.explaining.moves import MoveTold, in_words, moves_told
from kith.runtime.explaining.past import Memory, NotKept, Past, Version, state_at, versions_of
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.write.converting import rate_on


@dataclass(frozen=True, slots=True)
class RuleTold:
    """What became of one rule for one record: held, refused, fired, or when (its condition did not hold).

    `why` is the smallest reason, line by line, `did` what its block did; `sentence` tells the verdict in words.
    """

    rule: str
    label: str
    entity: str
    record: str
    title: str
    wave: int
    verdict: str
    sentence: str
    why: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    chain: str = ""
    """What led to its wave; nothing in the first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One save of a record: who, when, through which channel and under which release, and what its rules said."""

    save: str
    at: datetime
    when: str
    """The same as the reader is used to reading it."""
    release: int
    actor: str
    channel: str
    detail: str
    op: str
    rules: tuple[RuleTold, ...]
    moved: tuple[MoveTold, ...] = ()
    erased: bool = False
    """What the save noted has been erased."""
    together: bool = False
    """Other records were saved together with this one; told is what concerns this one."""


def explain_save(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, save: str = ""
) -> Explanation | None:
    """Explain a save of a record, the latest where none is named; None where the asker sees no such thing."""
    versions = versions_of(connection, release, entity, id_)
    mine = [one for one in versions if not save or one.save == save]
    if not mine or not Asking(connection, context, release, release).may_see(entity, id_):
        return None
    row = connection.execute(sa.select(system.save).where(system.save.c.id == mine[-1].save)).mappings().first()
    then = release_then(connection, release, int(row["release"])) if row is not None else None
    if row is None or then is None:
        return None
    asking = Asking(connection, context, release, then)
    noted = _json(row["read"])
    saved = Saved(asking, str(row["id"]), _instant(release, row["now"]), noted or {}, str(row["actor"] or ""))
    deciders = deciders_of(then.model, entity)
    considered, moved = _json(row["considered"]) or (), _json(row["moved"]) or ()
    of_this = partial(_concerns, id_, tops_of(id_, considered, moved))
    return Explanation(
        save=saved.id,
        at=_instant(release, row["at"]),
        when=asking.show(_instant(release, row["at"]), DATETIME),
        release=int(row["release"]),
        actor=_actor(asking, row),
        channel=row["channel"],
        detail=row["detail"],
        op=mine[-1].op,
        rules=tuple(_told(saved, entity, deciders, [one for one in considered if of_this(one)])),
        moved=tuple(moves_told(asking, deciders, filter(of_this, moved))),
        together=any("top" in one for one in considered),
        erased=mine[-1].values is None,
    )


def _actor(asking: Asking, row: Any) -> str:
    if row["actor"]:
        actor, behind = asking.title("user", row["actor"]), row["acted_by"]
        return asking.say("actor.acted", name=actor, by=asking.title("user", behind)) if behind else actor
    return asking.say("actor.system") if row["actor_kind"] == "system" else str(row["actor_name"])


def tops_of(id_: str, *noted: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Which of the changes that were saved together are about a record."""
    return frozenset(one["top"] for some in noted for one in some if one["record"] == id_ and "top" in one)


def _concerns(id_: str, tops: frozenset[int], entry: Mapping[str, Any]) -> bool:
    """Whether what was noted is about a record, or followed from its change."""
    return "top" not in entry or entry["record"] == id_ or entry["top"] in tops


def _told(
    saved: Saved, entity: str, deciders: Mapping[str, Decider], considered: Sequence[Mapping[str, Any]]
) -> Iterator[RuleTold]:
    """What was asked of records which the asker may see, in the order in which it was."""
    inputs = inputs_of(saved.asking.then.model, entity, considered)
    for entry in considered:
        decider = deciders.get(entry["rule"])
        of = decider.of if decider is not None else entity
        if saved.asking.may_see(of, entry["record"]):
            told = saved.tell({**entry, "inputs": inputs.get(entry["record"])}, decider, of)
            yield replace(told, chain=in_words(saved.asking, deciders, entry.get("chain") or ()))


@dataclass(frozen=True)
class Saved:
    """A save that is being explained."""

    asking: Asking
    id: str
    now: datetime
    noted: Mapping[str, Mapping[str, Any]]
    actor: str

    def tell(self, entry: Mapping[str, Any], decider: Decider | None, of: str) -> RuleTold:
        """What became of a rule, with the reason."""
        verdict = entry["verdict"]
        why: tuple[str, ...] = ()
        did: tuple[str, ...] = ()
        if decider is not None:
            try:
                env = self.env(entry, self.asking.then.model.entities[of], before=decider.before)
                why = tuple(self.why(decider, verdict, env))
                if verdict == "fired" and decider.rule is not None:
                    did = tuple(Doing(self.asking, decider.rule, env).effects())
            except NotKept:
                why = (self.asking.say("not_kept"),)
        return RuleTold(
            rule=entry["rule"],
            label=decider.label.in_(self.asking.context.language) if decider is not None else entry["rule"],
            entity=of,
            record=entry["record"],
            title=self.asking.title(of, entry["record"]),
            wave=entry["wave"],
            verdict=verdict,
            sentence=self.asking.say(f"verdict.{verdict}"),
            why=why,
            did=did,
        )

    def why(self, decider: Decider, verdict: str, env: Env) -> Iterator[str]:
        """The reason for a verdict; where it no longer comes out, what it read is not kept."""
        asked = decider.asked(verdict)
        if asked is not None:
            yield from because(self.asking, asked, env, verdict in ("held", "fired"))

    def env(self, entry: Mapping[str, Any], entity: Entity, *, before: bool = False) -> Env:
        """What the expressions of a rule were given then."""
        id_, number = entry["record"], entry.get("version")
        versions = versions_of(self.asking.connection, self.asking.then, entity.name, id_)
        if number is None:
            number = min((one.number for one in versions if one.save == self.id), default=1) - 1
        memory = Memory(self.asking.then, self.noted, int(entry["wave"]))
        after, prior = memory.own(entity, id_)
        after = Past({**after, **memory.found(entity, id_, entry["rule"])})
        state = partial(state_at, self.asking.then, entity, id_, versions)
        old = state(number)
        context = self.asking.context
        return Env(
            this=Past(
                {**(old or {}), **prior} if before else {**(state(self._became(versions, number)) or {}), **after}
            ),
            now=self.now,
            zone=context.zone,
            old=Past({**old, **prior}) if old is not None else None,
            is_new=old is None,
            me=self.me(memory),
            load=memory.load,
            related=memory.related,
            show=self.asking.show,
            calendar=self.asking.then.model.calendar,
            rate=partial(rate_on, self.asking),
            let=dict(entry.get("inputs") or {}),
        )

    def _became(self, versions: Sequence[Version], number: int) -> int:
        """The version that a record had after the wave: the next one, where this save made it."""
        following = next((one for one in versions if one.number == number + 1), None)
        return number + 1 if following is not None and following.save == self.id else number

    def me(self, memory: Memory) -> Mapping[str, object]:
        """Who acted, as far as rules read it."""
        user = self.asking.then.model.entities.get("user")
        if not self.actor or user is None:
            return {}
        return Past({**memory.own(user, self.actor)[0], "id": self.actor})


def because(asking: Asking, expression: Expression, env: Env, expected: bool) -> list[str]:
    """The smallest reason for what a condition says; raises NotKept where it does not say that any more."""
    if holds(expression.tree, env) is not expected:
        raise NotKept
    return reasons(asking.reader(expression.excerpt.text, env), expression.tree)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _instant(release: Release, value: Any) -> datetime:
    found = from_database(value, DATETIME, release.tables.engine)
    assert isinstance(found, datetime)
    return found
