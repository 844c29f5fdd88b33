"""What forms send is saved here."""

from __future__ import annotations

from collections.abc import Sequence

from kith.runtime import probing
from kith.runtime.write.change import Cause, Change, Verdict
from kith.runtime.write.gate import save, save_all
from kith.web.requests import Stop, Visit

FORM = Cause("form")


def saved(visit: Visit, change: Change, cause: Cause = FORM) -> Verdict:
    """Save a change; who has tried out values of unique fields too often is stopped before."""
    doors, context = visit.web.doors, visit.context
    if probing.wait(doors, context):
        raise Stop(429)
    verdict = save(doors.workspace.database, context, visit.release, change, cause)
    probing.count(doors, context, [verdict])
    return verdict


def all_saved(visit: Visit, changes: Sequence[Change], cause: Cause) -> list[Verdict]:
    """The same for several, each that can be."""
    doors, context = visit.web.doors, visit.context
    if probing.wait(doors, context):
        raise Stop(429)
    verdicts = save_all(doors.workspace.database, context, visit.release, changes, cause, "each")
    probing.count(doors, context, verdicts)
    return verdicts
