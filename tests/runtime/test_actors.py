"""Who acts, with the teams below his own: also where somebody has made a team its own ancestor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query
from kith.runtime.write.change import Change, Refused, Saved
from tests.runtime.write.shop_world import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    opened = Shop.open(database_url)
    yield opened
    opened.close()


def test_teams_that_are_above_each_other_are_below_each_other_and_nothing_loops(shop: Shop) -> None:
    north = shop.make("team", {"name": "North"})
    harbour = shop.make("team", {"name": "Harbour", "parent": north})
    quay = shop.make("team", {"name": "Quay", "parent": harbour})
    user = shop.make("user", {"name": "Ann", "email": "ann@example.com", "roles": ["administrator"], "team": harbour})
    below = {harbour, quay}
    for parent, expected in ((None, below), (quay, below | {north})):
        assert isinstance(shop.do(Change("update", "team", north, {"parent": parent})), Saved)
        with shop.workspace.database.read() as connection:
            actor = actor_of_user(connection, shop.release, user)
            assert actor is not None and actor.record["teams_below"] == expected
            query = Query("user", ("name",), filter="team in me.teams_below")
            assert len(list_records(connection, shop.context(actor), shop.release, query).rows) == 1


def test_a_team_is_not_part_of_itself(shop: Shop) -> None:
    north = shop.make("team", {"name": "North"})
    refused = shop.do(Change("update", "team", north, {"parent": north}))
    assert isinstance(refused, Refused) and [failure.field for failure in refused.failures] == ["parent"]
