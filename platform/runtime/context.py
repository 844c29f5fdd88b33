"""Who acts, when and in which language: what every gate is handed and nothing reads from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from kith.runtime.accounts.proving import Proof

ActorKind = Literal["user", "token", "form", "job", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: always with roles.

    `id` is the user's record id (None for public forms and the system); `record` is what `me` means in expressions;
    `language` and `time_zone` are the person's settings, "" where the workspace's hold.
    """

    id: str | None
    name: str
    roles: frozenset[str]
    kind: ActorKind = "user"
    language: str = ""
    time_zone: str = ""
    record: Mapping[str, object] = field(default_factory=dict)
    acted_by: tuple[str, str] | None = None
    """The id and name of an administrator who looks at the CRM as this user, where one does."""

    @property
    def behind(self) -> str | None:
        """The id of who acts as this user."""
        return self.acted_by[0] if self.acted_by else None


SYSTEM = Actor(None, "system", frozenset(), "system")
"""Schedules, jobs and the command line's own work."""


@dataclass(frozen=True, slots=True)
class Context:
    """One request, command or job.

    `now` is an aware instant in UTC, the same for everything that the request does; `zone` is the workspace's time
    zone (it says what a day is in declared expressions), `reader_zone` the one that instants are shown in.
    """

    actor: Actor
    now: datetime
    language: str
    zone: tzinfo
    reader_zone: tzinfo
    timer: Callable[[], float] = monotonic
    """Seconds that only rise, for budgets of time; asking costs nothing."""
    processor: Callable[[], float] = thread_time
    """Seconds of the processor, which a busy machine does not make longer; asking costs a system call."""
    proof: Proof | None = None
    """That the actor still is who he was, where that is still to be asked along with something else."""

    def as_(self, actor: Actor) -> Context:
        """The same moment, with somebody else acting."""
        return replace(self, actor=actor)


def context_of(
    actor: Actor, now: datetime, *, language: str, time_zone: str, spoken: str = "", proof: Proof | None = None
) -> Context:
    """The context of an actor; `language` and `time_zone` are the workspace's, used where the actor has none.

    `spoken` is the language that is spoken whatever the actor has.
    """
    zone = ZoneInfo(time_zone)
    reader_zone = ZoneInfo(actor.time_zone) if actor.time_zone else zone
    return Context(actor, now, spoken or actor.language or language, zone, reader_zone, proof=proof)
