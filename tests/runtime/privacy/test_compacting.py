"""The file is rewritten once something was erased, and again and again until nobody stands in the way."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.erasing import Asked, erase
from kith.runtime.schema import system
from tests.api.world import NOW
from tests.runtime.privacy.canary import Canary, Clinic, found_in_bytes


def test_who_reads_for_too_long_only_puts_it_off(one_house: Clinic) -> None:
    house, one = one_house, Canary.hatched(51)
    assert not compact(house.database, NOW)
    id_ = house.live_through(one)
    asked = Asked("client", (id_,))
    with house.database.read() as reading:
        reading.execute(sa.select(system.save.c.id)).first()
        house.database.run(lambda connection: erase(connection, house.context(), house.release, asked))
        sa.event.listen(house.database.engine, "checkout", _impatient)
        assert not compact(house.database, NOW)
        sa.event.remove(house.database.engine, "checkout", _impatient)
    assert found_in_bytes(house.database, one.traces())
    assert compact(house.database, NOW)
    assert found_in_bytes(house.database, one.traces()) == {}
    assert not compact(house.database, NOW)


def _impatient(connection: sa.engine.interfaces.DBAPIConnection, *_: object) -> None:
    connection.cursor().execute("PRAGMA busy_timeout = 10")
