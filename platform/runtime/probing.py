"""Unique keys tell a writer one bit, that a value is taken: who asks for it again and again has to wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kith.runtime.accounts.throttling import Subject
from kith.runtime.calling import Doors
from kith.runtime.context import Context
from kith.runtime.write.change import Refused, Verdict


def wait(doors: Doors, context: Context, caller: str = "") -> timedelta:
    """How long somebody has to wait; asked before a save: otherwise being stopped would tell as much as being refused.

    `caller` names who is no user.
    """
    return doors.throttle.wait(_prober(context, caller), context.now)


def count(doors: Doors, context: Context, verdicts: Iterable[Verdict], caller: str = "") -> None:
    """Count what was refused because a value is taken."""
    refused = (failure for verdict in verdicts if isinstance(verdict, Refused) for failure in verdict.failures)
    times = sum(failure.code == "taken" for failure in refused)
    if times:
        doors.throttle.failed(doors.workspace.database, _prober(context, caller), context.now, times)


def _prober(context: Context, caller: str) -> Subject:
    """The person, whichever token is used."""
    return Subject("key", context.actor.id or caller)
