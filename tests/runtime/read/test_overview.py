from __future__ import annotations

import pytest

from kith.runtime.read.lists import list_records
from kith.runtime.read.overview import count_all, recent
from kith.runtime.read.query import Query
from tests.runtime.read.world import World


@pytest.mark.parametrize(("role", "user"), [("admin", 1), ("viewer", 1), ("rep", 2), ("nobody", 1)])
def test_an_overview_counts_what_the_reader_may_read(world: World, role: str, user: int) -> None:
    context = world.context(role, user=user)
    entities = tuple(world.release.model.entities)
    with world.database.read() as connection:
        counted = count_all(connection, context, world.release, entities)
        for entity, (number, more) in counted.items():
            page = list_records(connection, context, world.release, Query(entity, ("id",), count="exact"))
            assert (number, more) == (page.count, False)
    assert bool(counted) == (role != "nobody")


def test_somebody_who_never_wrote_has_no_last_records(world: World) -> None:
    with world.database.read() as connection:
        assert recent(connection, world.context("admin"), world.release) == []
