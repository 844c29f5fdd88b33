"""Erasing people: all that hangs on them goes or is emptied, everywhere, in one transaction, with a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime.accounts.actors import administering
from kith.runtime.context import Actor, Context
from kith.runtime.ids import new_id
from kith.runtime.privacy.certificates import certify
from kith.runtime.privacy.emptying import Emptying
from kith.runtime.privacy.fates import Fates, fates_of
from kith.runtime.privacy.holding import Hold, holds_on
from kith.runtime.privacy.mentions import Mention, mentions_of
from kith.runtime.privacy.needles import Needles, needles_of
from kith.runtime.privacy.sweeping import Sweep
from kith.runtime.release import Release

USER = "user"


class Held(Exception):
    """Nothing is erased: the law forbids it for some of the records."""

    def __init__(self, holds: Sequence[Hold]) -> None:
        super().__init__("; ".join(f"{one.entity}/{one.record}: {one.reason}" for one in holds))
        self.holds = holds


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be erased, and why: a person's request, or the retention of an entity, which says what to `do`."""

    entity: str
    ids: tuple[str, ...]
    do: str = ""
    all_mentions: bool = False
    """Also texts that may be about somebody else of the same name."""

    @property
    def cause(self) -> str:
        """As the certificate has it."""
        return "retention" if self.do else "request"


@dataclass(frozen=True)
class Erasure:
    """What an erasure does: told before, and the same carried out."""

    asked: Asked
    fates: Fates
    known: Needles
    """All by which the people are known: nothing of it stays in their own records."""
    needles: Needles
    """Those of them by which nobody else is known, which are looked for everywhere."""
    mentions: tuple[Mention, ...]
    doubtful: tuple[Mention, ...]
    """Mentions that may be of somebody else: another person's record holds the same."""
    holds: tuple[Hold, ...]

    def counts(self) -> dict[str, Any]:
        """How many records go or are emptied, by entity, and how many texts name the person."""
        return {
            "erased": {name: len(ids) for name, ids in sorted(self.fates.gone.items())},
            "anonymised": {name: len(ids) for name, ids in sorted(self.fates.emptied.items())},
            "needed_by_others": {name: len(ids) for name, ids in sorted(self.fates.needed.items())},
            "mentions": len(self.mentions),
            "doubtful_mentions": len(self.doubtful),
        }


def may_oversee(release: Release, actor: Actor) -> bool:
    """Whether somebody may tell and erase all that is known of people: who writes everything."""
    return actor.kind == "system" or bool(actor.roles & administering(release))


def look(connection: sa.Connection, release: Release, asked: Asked) -> Erasure:
    """What erasing would do; writes nothing."""
    fates = fates_of(connection, release, asked.entity, asked.ids, asked.do)
    records = fates.all
    needles = needles_of(connection, release, records) if _is_about_people(release, asked) else Needles(())
    found = tuple(mentions_of(connection, release, needles, records))
    doubtful = () if asked.all_mentions else _doubtful(found)
    left = needles.without(doubtful)
    certain = tuple(one for one in found if left.texts and left.pattern.search("\n".join(one.texts)))
    unsure = tuple(one for one in found if one not in certain)
    return Erasure(asked, fates, needles, left, certain, unsure, tuple(holds_on(connection, release, records)))


def _is_about_people(release: Release, asked: Asked) -> bool:
    """Lines or visits that are merely old are no reason to go through the texts of everything."""
    return release.model.entities[asked.entity].person


def _doubtful(found: Sequence[Mention]) -> tuple[str, ...]:
    """The needles by which somebody else is known too."""
    return tuple({text for one in found if one.field.personal for text in one.texts})


def erase(connection: sa.Connection, context: Context, release: Release, asked: Asked) -> dict[str, Any]:
    """Erase, within the caller's transaction; the certificate. Raises Held where one of the records is held."""
    erasure = look(connection, release, asked)
    if erasure.holds:
        raise Held(erasure.holds)
    id_ = new_id()
    emptying = Emptying(connection, context, release, id_)
    emptying.empty(erasure.fates.emptied, erasure.known)
    emptying.unmention(erasure.mentions, erasure.needles)
    emptying.remove(erasure.fates.gone)
    emptying.follow()
    counts = erasure.counts() | _swept(connection, release, erasure, context.now)
    return certify(connection, context, release, id_, asked, erasure.fates, counts)


def _swept(connection: sa.Connection, release: Release, erasure: Erasure, now: datetime) -> dict[str, Any]:
    """Only now: what the writes above noted of the values goes as well."""
    sweep = Sweep(connection, release, erasure.needles, now)
    fates = erasure.fates
    sweep.history(fates.gone, fates.emptied, erasure.known)
    sweep.mentions_in_history()
    sweep.read_elsewhere(fates.all)
    sweep.answers(fates.all)
    sweep.everywhere()
    sweep.files()
    if USER in (people := fates.all):
        sweep.users(people[USER])
    sweep.attempts()
    return {"rows": dict(sorted(sweep.counts.items()))}
