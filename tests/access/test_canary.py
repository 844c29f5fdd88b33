"""A share of what the curious ask, by another one and drawn anew each day; the whole runs by night."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.access.canary import READERS, on_sqlite, played

SHARE = 0.006


def test_no_answer_holds_or_tells_what_is_hidden() -> None:
    seed = datetime.now(UTC).toordinal()
    me = READERS[seed % len(READERS)]
    found = played(on_sqlite, seed, SHARE, (me,))
    assert found.answered[200] > 10
    assert (found.leaked, found.told_apart) == ([], []), f"{me.name}, seed {seed}"
