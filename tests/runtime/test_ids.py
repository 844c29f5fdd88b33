from __future__ import annotations

from uuid import UUID

from kith.runtime.ids import Ids


def test_an_id_is_a_uuid_of_version_7_with_the_time_in_front() -> None:
    made = UUID(Ids(lambda: 1_790_000_000_000)())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == 1_790_000_000_000


def test_ids_rise_within_a_millisecond_beyond_the_counter_and_when_the_clock_steps_back() -> None:
    times = iter([1_000, 1_000, 500, 1_001])
    ids = Ids(lambda: next(times))
    made = [*ids.many(5_000), ids(), ids(), ids()]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_are_canonical() -> None:
    made = Ids()()
    assert str(UUID(made)) == made
