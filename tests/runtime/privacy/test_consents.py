"""Who agreed to what is a log that nobody can change unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from kith.runtime.privacy import consents
from kith.runtime.schema import system
from tests.api.world import NOW
from tests.runtime.privacy.canary import Clinic


def test_what_was_said_last_counts_and_every_word_stays(one_house: Clinic) -> None:
    house = one_house
    client = house.desk.make("client", name="Ann")["id"]
    person = ("client", client)
    with house.database.write() as connection:
        about = (connection, house.context(), house.release, person, "newsletter")
        consents.note(*about, given=True, how="form")
        consents.note(*about, given=False, how="phone")
        consents.note(*about, given=True, how="paper", at=NOW - timedelta(days=9))
        (said,) = consents.said_by(connection, house.release, *person)
        assert (said.given, said.purpose.name, len(consents.log_of(connection, house.release, "client", [client]))) == (
            False, "newsletter", 3,
        )  # fmt: skip
        assert consents.is_sound(connection)
        connection.execute(sa.update(system.consent).where(system.consent.c.number == 2).values(given=True))
        assert not consents.is_sound(connection)


def test_of_a_text_that_is_no_longer_in_use_the_yes_is_outdated(one_house: Clinic) -> None:
    house = one_house
    person = ("client", house.desk.make("client", name="Ann")["id"])
    with house.database.write() as connection:
        consents.note(connection, house.context(), house.release, person, "newsletter", given=True, how="form")
        connection.execute(sa.update(system.consent).values(version="2025-01"))
        (said,) = consents.said_by(connection, house.release, *person)
    assert (said.given, said.outdated) == (True, True)


WRONG = (("mail", "form", 0), ("newsletter", "smoke", 0), ("newsletter", "form", 1))


def test_nothing_unknown_is_noted(one_house: Clinic) -> None:
    house = one_house
    person = ("client", house.desk.make("client", name="Ann")["id"])
    for purpose, how, days in WRONG:
        at = NOW + timedelta(days=days)
        with house.database.write() as connection, pytest.raises(ValueError, match=r"mail|smoke|2026"):
            consents.note(connection, house.context(), house.release, person, purpose, given=True, how=how, at=at)
