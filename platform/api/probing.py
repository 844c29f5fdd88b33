"""Who tries out values of unique keys has to wait (see `kith.runtime.probing`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kith.api.calls import Call
from kith.api.problems import again
from kith.runtime import probing
from kith.runtime.write.change import Verdict


def check(call: Call) -> None:
    """Stop who has to wait."""
    wait = probing.wait(call.doors, call.context, call.caller.identity)
    if wait:
        raise again(429, "too_many_taken", wait)


def tells_more(call: Call, verdicts: Sequence[Verdict]) -> bool:
    """Whether the answer would tell of more taken values than one may try out."""
    return probing.tells_more(call.context, call.release, call.entity.name, probing.taken(verdicts))


def count(call: Call, verdicts: Iterable[Verdict]) -> None:
    """Count what was refused because a value is taken."""
    probing.count(call.doors, call.context, verdicts, call.caller.identity)
