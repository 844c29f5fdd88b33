"""Who tries out values of unique keys has to wait (see `kith.runtime.probing`)."""

from __future__ import annotations

from collections.abc import Iterable

from kith.api.calls import Call
from kith.api.problems import again
from kith.runtime import probing
from kith.runtime.write.change import Verdict


def check(call: Call) -> None:
    """Stop who has to wait."""
    wait = probing.wait(call.doors, call.context, call.caller.identity)
    if wait:
        raise again(429, "too_many_taken", wait)


def count(call: Call, verdicts: Iterable[Verdict]) -> None:
    """Count what was refused because a value is taken."""
    probing.count(call.doors, call.context, verdicts, call.caller.identity)
